--- Completes mentions such as `@src/pool.py` in the chat's buffer, as its omnifunc.
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

--- See `:help complete-functions`.
---@param findstart integer
---@param base string
function M.omnifunc(findstart, base)
  if findstart == 1 then
    local column = vim.api.nvim_win_get_cursor(0)[2]
    local start = vim.api.nvim_get_current_line():sub(1, column):find("@[%w_%-./:+]*$")
    return start and start - 1 or -3
  end
  return M.matching(vim.b.assist_root or vim.fn.getcwd(), base)
end

return M
