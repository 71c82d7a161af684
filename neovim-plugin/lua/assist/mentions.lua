--- Completes mentions such as `@src/pool.py`, and `/explain` at a line's beginning, in the chat's buffer.
local M = {}

local fixed = {
  { word = "@selection", menu = "the selected lines" },
  { word = "@diff", menu = "what is changed and not committed" },
  { word = "@commit:", menu = "what a commit changed" },
}

--- Return the mentions that begin so.
---@param root string
---@param base string with the `@`
---@return table[]
function M.matching(root, base)
  local found = vim.tbl_filter(function(item)
    return vim.startswith(item.word, base)
  end, fixed)
  local prefix = vim.fs.normalize(root) .. "/"
  for _, path in ipairs(vim.fn.getcompletion(vim.fn.fnameescape(prefix .. base:sub(2)), "file")) do
    local folder = path:match("/$")
    local word = "@" .. vim.fs.normalize(path):sub(#prefix + 1) .. (folder and "/" or "")
    found[#found + 1] = { word = word, menu = folder and "folder" or "file" }
  end
  return found
end

--- Return the recipes that begin so.
---@param root string
---@param base string with the `/`
---@return table[]
local function recipes(root, base)
  return vim.tbl_map(function(recipe)
    return { word = "/" .. recipe.name, menu = recipe.description }
  end, require("assist.recipes").beginning(base:sub(2), root))
end

--- See `:help complete-functions`.
---@param findstart integer
---@param base string
function M.omnifunc(findstart, base)
  if findstart == 1 then
    local column = vim.api.nvim_win_get_cursor(0)[2]
    local before = vim.api.nvim_get_current_line():sub(1, column)
    local start = before:find("^/[%w_-]*$") or before:find("@[%w_%-./:+]*$")
    return start and start - 1 or -3
  end
  local root = vim.b.assist_root or vim.fn.getcwd()
  return vim.startswith(base, "/") and recipes(root, base) or M.matching(root, base)
end

return M
