--- What the servers say about themselves, for statuslines: `require("assist.status").text()`.
local M = {}

---@type table<integer, assist.ServerStatus> by client
local statuses = {}
---@type table<string, string> by folder, for folders whose server does not run
local lines = {}

local function changed()
  vim.api.nvim_exec_autocmds("User", { pattern = "AssistStatus", modeline = false })
  vim.cmd.redrawstatus({ bang = true })
end

--- Take in what a server says.
---@param client_id integer
---@param status assist.ServerStatus|nil nil if the server has ended
function M.take(client_id, status)
  local before = statuses[client_id]
  statuses[client_id] = status
  changed()
  if status and status.health ~= "ok" and status.message ~= "" and status.message ~= (before or {}).message then
    local level = status.health == "error" and vim.log.levels.ERROR or vim.log.levels.WARN
    vim.notify("assist: " .. status.message, level)
  end
end

--- Say how it is about a folder whose server does not run.
---@param root string
---@param text string|nil
function M.line(root, text)
  lines[root] = text
  changed()
end

--- Return the status of a client.
---@param client_id integer
---@return assist.ServerStatus|nil
function M.of(client_id)
  return statuses[client_id]
end

--- Return a few words about the server of a buffer, such as `assist: indexing 43%`; empty where there is none.
---@param buffer? integer the current one without
---@return string
function M.text(buffer)
  local client = require("assist.client")
  buffer = (buffer == nil or buffer == 0) and vim.api.nvim_get_current_buf() or buffer
  local running = client.of(buffer)
  if running then
    local status = statuses[running.id]
    return status and status.text or "assist: starting"
  end
  local root = client.root(buffer)
  return root and lines[root] or ""
end

return M
