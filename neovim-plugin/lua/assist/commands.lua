--- What the commands do: one function for each, called by `plugin/assist.lua`.
local M = {}

---@param args vim.api.keyset.create_user_command.command_args
---@return { first: integer, last: integer }|nil
local function range_of(args)
  return args.range > 0 and { first = args.line1, last = args.line2 } or nil
end

---@param args vim.api.keyset.create_user_command.command_args
---@return assist.Selection|nil
local function selection_of(args)
  local range = range_of(args)
  return range and require("assist.ask").selection(range.first, range.last) or nil
end

function M.AssistAsk(args)
  require("assist.ask").ask(args.args, selection_of(args))
end

function M.AssistContext(args)
  require("assist.ask").context(args.args, selection_of(args))
end

function M.AssistChat(args)
  require("assist.chat").open(args.args, { new = args.bang, selection = selection_of(args) })
end

function M.AssistChatHistory(args)
  if args.bang then
    require("assist.chat").delete()
  else
    require("assist.chat").history()
  end
end

function M.AssistStop()
  local stopped = require("assist.recipes").stop()
  stopped = require("assist.edits").stop() or stopped
  if not stopped then
    require("assist.chat").stop_any()
  end
end

function M.AssistSearch(args)
  require("assist.search").search(args.args, { pick = args.bang })
end

function M.AssistRun(args)
  local name, instruction = args.args:match("^(%S+)%s*(.*)$")
  require("assist.recipes").run(name, instruction, range_of(args))
end

function M.AssistEdit(args)
  require("assist.edits").edit(args.args, range_of(args))
end

function M.AssistAccept(args)
  local edits = require("assist.edits")
  if args.args == "hunk" then
    edits.accept_hunk()
  else
    edits.accept()
  end
end

function M.AssistReject(args)
  local edits = require("assist.edits")
  if args.args == "hunk" then
    edits.reject_hunk()
  else
    edits.reject()
  end
end

function M.AssistModel()
  require("assist.chat").model()
end

function M.AssistSnooze(args)
  local minutes = tonumber(args.args) or 10
  require("assist.ghost").snooze(minutes)
  local say = minutes > 0 and ("no suggestions for %d minutes"):format(minutes) or "suggestions again"
  vim.notify("assist: " .. say, vim.log.levels.INFO)
end

function M.AssistToggle(args)
  local filetype = args.args ~= "" and args.args or vim.bo.filetype
  local on = require("assist.ghost").toggle(filetype)
  vim.notify(("assist: suggestions in %s are %s"):format(filetype, on and "on" or "off"), vim.log.levels.INFO)
end

function M.AssistCopies()
  require("assist.info").copies()
end

function M.AssistCompare()
  require("assist.copies").compare()
end

function M.AssistInfo()
  require("assist.info").info()
end

function M.AssistLog()
  require("assist.info").log()
end

function M.AssistIndex()
  require("assist.info").index()
end

function M.AssistRestart()
  local client = require("assist.client")
  client.restart(client.folder())
end

--- Return the recipes for the command line; the words behind the name are the user's.
---@param lead string
---@param line string
---@return string[]
function M.complete_recipe(lead, line)
  local words = vim.split(vim.trim(line:gsub("^.-AssistRun", "")), "%s+")
  return #words <= 1 and require("assist.recipes").complete(lead) or {}
end

--- Run a command.
---@param name string
---@param args vim.api.keyset.create_user_command.command_args
function M.run(name, args)
  require("assist").start()
  M[name](args)
end

return M
