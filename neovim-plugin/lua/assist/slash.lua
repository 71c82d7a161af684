--- Recipes in the chat: a question such as `/explain`, `/fix the last line is lost` or `/test @src/pool.py`.
local client = require("assist.client")
local edits = require("assist.edits")
local recipes = require("assist.recipes")

local M = {}

--- Take a question apart that begins with a slash.
---@param question string
---@return { name: string, target?: string, instruction?: string }|nil
function M.parse(question)
  local name, rest = question:match("^/([%w_-]+)%s*(.*)$")
  if not name then
    return nil
  end
  local target, left = rest:match("^@(%S+)%s*(.*)$")
  if target and target ~= "selection" then
    rest = left
  else
    target, rest = nil, rest:gsub("^@selection%s*", "")
  end
  return { name = name, target = target, instruction = rest ~= "" and rest or nil }
end

--- Return what a recipe works on where nothing is selected: the definition at the cursor of the file beside the chat.
---@param root string
---@return assist.Selection|nil
local function beside(root)
  local windows = vim.api.nvim_tabpage_list_wins(0)
  table.insert(windows, 1, vim.fn.win_getid(vim.fn.winnr("#")))
  for _, window in ipairs(windows) do
    local buffer = window ~= 0 and vim.api.nvim_win_get_buf(window)
    if buffer and vim.bo[buffer].buftype == "" and client.root(buffer) == root then
      return recipes.selection(buffer, window)
    end
  end
end

--- Call back with what is to be run for a question; with nothing if it names no recipe.
---@param root string
---@param question string
---@param selection assist.Selection|nil
---@param continue fun(params: assist.RecipeRunParams|nil)
function M.find(root, question, selection, continue)
  local parsed = M.parse(question)
  if not parsed then
    return continue(nil)
  end
  recipes.list(root, function(known)
    for _, recipe in ipairs(known) do
      if recipe.name == parsed.name then
        local params = { recipe = recipe.name, instruction = parsed.instruction, target = parsed.target }
        params.folder = vim.uri_from_fname(root)
        if recipe.needsTarget and not parsed.target then
          params.selection = selection or beside(root)
        end
        return continue(params)
      end
    end
    continue(nil)
  end, function()
    continue(nil) -- as a question it tells the problem in the chat
  end)
end

--- Write what a recipe brought, as far as it was not written while it came.
---@param writer assist.Writer
---@param root string
---@param result assist.RecipeResult
---@param is_written boolean
local function told(writer, root, result, is_written)
  if result.edit then
    writer:append(("A change of `%s` is proposed; `:AssistAccept` takes it."):format(result.edit.path))
    edits.show(root, result.edit)
  elseif not is_written then
    writer:append(result.text)
  end
  for _, finding in ipairs(result.findings or {}) do
    local line = finding.range.start.line
    writer:append("\n- ")
    writer:append(("[%s:%d]"):format(finding.path, line + 1), "AssistCitation", { uri = finding.uri, line = line })
    writer:append(" " .. finding.text)
  end
  writer:finish({ notes = result.notes, checked = result.citations, summary = result.sent })
end

--- Run a recipe as a turn of a chat.
---@param writer assist.Writer
---@param root string
---@param params assist.RecipeRunParams
---@param ended fun(problem: string|nil, code: integer|nil)
---@return assist.Running
function M.run(writer, root, params, ended)
  local is_written = false
  return client.request(root, "assist/recipes/run", params, function(problem, result, code)
    if not problem then
      told(writer, root, result, is_written)
    end
    ended(problem, code)
  end, function(event)
    is_written = is_written or event.text ~= nil
    writer:event(event)
  end)
end

return M
