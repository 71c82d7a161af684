--- `:AssistInfo`, `:AssistLog`, `:AssistIndex`, `:AssistCopies`: the server, what it has said, indexed, found copied.
local client = require("assist.client")
local log = require("assist.log")
local status = require("assist.status")

local M = {}

--- Show lines in a scratch window.
---@param name string
---@param lines string[]
local function show(name, lines)
  local buffer = vim.fn.bufnr("^" .. name .. "$")
  if buffer == -1 then
    buffer = vim.api.nvim_create_buf(false, true)
    vim.api.nvim_buf_set_name(buffer, name)
  end
  vim.bo[buffer].modifiable = true
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, lines)
  vim.bo[buffer].modifiable = false
  vim.bo[buffer].modified = false
  if vim.fn.bufwinid(buffer) == -1 then
    vim.cmd("botright 12split")
    vim.api.nvim_win_set_buf(0, buffer)
  end
  vim.keymap.set("n", "q", "<Cmd>close<CR>", { buffer = buffer, nowait = true })
end

--- Say how a folder's index stands.
---@param folder assist.FolderIndex
---@return string
local function told(folder)
  local say = "%s: %s, %d files, %d chunks, %d%% of them by meaning%s"
  local message = folder.message ~= "" and ("; " .. folder.message) or ""
  local share = math.floor(100 * folder.vectors)
  return say:format(vim.uri_to_fname(folder.uri), folder.state, folder.files, folder.chunks, share, message)
end

--- Show what is known of the server of the folder.
function M.info()
  local root = client.folder()
  local item = client.servers()[root]
  local lines = { "folder:  " .. root }
  if not item or not item.client_id then
    local found, problem = require("assist.server").find(root, require("assist.config").get())
    lines[#lines + 1] = "server:  not running"
    lines[#lines + 1] = found and ("found:   %s (%s)"):format(table.concat(found.cmd, " "), found.from) or problem
    return show("assist://info", lines)
  end
  local now = status.of(item.client_id)
  vim.list_extend(lines, {
    ("server:  %s (%s)"):format(table.concat(item.found.cmd, " "), item.found.from),
    "version: " .. (item.version or "unknown"),
    "status:  " .. (now and now.text or "assist: starting"),
  })
  if now and now.message ~= "" then
    lines[#lines + 1] = "         " .. now.message:gsub("\n", " ")
  end
  client.request(root, "assist/index/status", {}, function(problem, result)
    if problem then
      lines[#lines + 1] = "index:   " .. problem
      return show("assist://info", lines)
    end
    for _, folder in ipairs(result.folders) do
      lines[#lines + 1] = "index:   " .. told(folder)
    end
    lines[#lines + 1] = "files are followed by: " .. result.watchedBy
    client.request(root, "assist/models", {}, function(failed, models)
      lines[#lines + 1] = "model:   " .. (failed or models.chat or "none: the index answers")
      lines[#lines + 1] = failed and "" or "configured in " .. models.configFile
      show("assist://info", lines)
    end)
  end)
end

--- Show what was said about the servers, and what the folder's wrote to its standard error.
function M.log()
  local lines = #log.lines > 0 and vim.list_slice(log.lines) or { "no server was started yet" }
  local item = client.servers()[client.folder()]
  local errors = item and item.found and log.errors(item.found.cmd[1]) or {}
  if #errors > 0 then
    table.insert(errors, 1, "its standard error, lately:")
  end
  show("assist://log", vim.list_extend(errors, lines))
  vim.cmd("normal! G")
end

--- List the copied code in the open files.
function M.copies()
  local items = {}
  for _, mark in ipairs(vim.diagnostic.get()) do
    if mark.source == "assist" then
      items[#items + 1] = mark
    end
  end
  if #items == 0 then
    return vim.notify("assist: no copied code is marked in the open files", vim.log.levels.INFO)
  end
  vim.fn.setqflist({}, " ", { title = "assist: copied code", items = vim.diagnostic.toqflist(items) })
  vim.cmd("botright copen")
end

--- Bring the index up to date now.
function M.index()
  local root = client.folder()
  client.request(root, "assist/index/refresh", {}, function(problem, result)
    if problem then
      return vim.notify("assist: " .. problem, vim.log.levels.ERROR)
    end
    vim.notify("assist: " .. table.concat(vim.tbl_map(told, result.folders), "; "), vim.log.levels.INFO)
  end)
end

return M
