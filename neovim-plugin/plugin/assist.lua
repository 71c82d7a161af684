-- Creates the commands and the <Plug> mappings; everything else is loaded when it is needed.
if vim.g.loaded_assist then
  return
end
vim.g.loaded_assist = true

if vim.fn.has("nvim-0.10") == 0 then
  vim.notify("assist: this plugin needs Neovim 0.10 or newer", vim.log.levels.WARN)
  return
end

---@type table<string, vim.api.keyset.user_command>
local commands = {
  AssistAsk = { nargs = "*", range = true, desc = "Ask a question about this repository" },
  AssistContext = { nargs = "*", range = true, desc = "Show what would be sent to a model for a question" },
  AssistChat = { nargs = "*", range = true, bang = true, desc = "Chat about this repository; with ! a new chat" },
  AssistChatHistory = { bang = true, desc = "Go on with a saved chat; with ! delete one" },
  AssistStop = { desc = "Stop the answer that is on its way" },
  AssistSearch = { nargs = "*", bang = true, desc = "Search this repository; with ! in a picker" },
  AssistRun = { nargs = "*", range = true, desc = "Run a recipe on a range, a definition or a change" },
  AssistEdit = { nargs = "*", range = true, desc = "Have a model change lines as told" },
  AssistAccept = { nargs = "?", desc = "Take the proposed change, or its hunk under the cursor" },
  AssistReject = { nargs = "?", desc = "Reject the proposed change, or its hunk under the cursor" },
  AssistModel = { desc = "Choose the model that answers" },
  AssistSnooze = { nargs = "?", desc = "No suggestions for some minutes" },
  AssistToggle = { nargs = "?", complete = "filetype", desc = "Suggestions on or off for a filetype" },
  AssistCopies = { desc = "List the copied code in the open files" },
  AssistCompare = { desc = "Show the copied code under the cursor beside its source" },
  AssistIndex = { desc = "Bring the index up to date now" },
  AssistInfo = { desc = "Show the server, the index and the model" },
  AssistRestart = { desc = "Start the server anew" },
  AssistLog = { desc = "Show what the server has said" },
}

for name, options in pairs(commands) do
  if name == "AssistRun" then
    options.complete = function(...)
      return require("assist.commands").complete_recipe(...)
    end
  elseif name == "AssistAccept" or name == "AssistReject" then
    options.complete = function()
      return { "hunk" }
    end
  end
  vim.api.nvim_create_user_command(name, function(args)
    require("assist.commands").run(name, args)
  end, options)
end

for _, name in ipairs({ "accept", "word", "line", "next", "previous", "dismiss", "trigger" }) do
  vim.keymap.set("i", ("<Plug>(assist-%s)"):format(name), function()
    return require("assist").key(name)()
  end, { expr = true, silent = true, desc = "assist: " .. name })
end

vim.api.nvim_create_autocmd({ "BufReadPost", "BufNewFile" }, {
  group = vim.api.nvim_create_augroup("assist.start", { clear = true }),
  callback = function()
    vim.api.nvim_del_augroup_by_name("assist.start")
    require("assist").start()
  end,
})
