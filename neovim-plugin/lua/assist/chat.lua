--- `:AssistChat`: conversations in Markdown buffers. What stands below the last heading "You" is the next question.
local answer = require("assist.answer")
local ask = require("assist.ask")
local client = require("assist.client")
local config = require("assist.config")
local slash = require("assist.slash")

local M = {}

local you, assist = "## You", "## assist"
local hints = vim.api.nvim_create_namespace("assist.chat")
local hint = "  <CR> sends, gf opens a citation, <C-c> stops"

---@class assist.OpenChat
---@field root string
---@field id? string
---@field client_id? integer the server that knows it
---@field selection? assist.Selection
---@field answering? assist.Running
---@field model? string

---@type table<integer, assist.OpenChat> by buffer
local chats = {}
local count = 0

--- Return the chat's buffer to go on with for a folder.
---@param root string
---@return integer|nil
local function current(root)
  local here = vim.api.nvim_get_current_buf()
  if chats[here] then
    return here
  end
  local found
  for buffer, chat in pairs(chats) do
    if chat.root == root and vim.api.nvim_buf_is_valid(buffer) and (not found or buffer > found) then
      found = buffer
    end
  end
  return found
end

--- Let the user write the next question.
---@param buffer integer
local function prompt(buffer)
  if not vim.api.nvim_buf_is_valid(buffer) then
    return
  end
  local writer = answer.writer(buffer)
  local empty = vim.api.nvim_buf_line_count(buffer) == 1 and vim.fn.getbufoneline(buffer, 1) == ""
  writer:append((empty and "" or "\n\n") .. you .. "\n\n")
  if config.get().chat.keys then
    local heading = vim.api.nvim_buf_line_count(buffer) - 3
    vim.api.nvim_buf_set_extmark(buffer, hints, heading, 0, { virt_text = { { hint, "AssistNote" } } })
  end
  vim.bo[buffer].modifiable = true
  vim.bo[buffer].modified = false
end

---@param buffer integer
local function keys(buffer)
  if not config.get().chat.keys then
    return
  end
  answer.keys(buffer)
  vim.keymap.set("n", "<CR>", function()
    if not answer.follow() then
      M.send(buffer)
    end
  end, { buffer = buffer, desc = "open the cited lines, or send the question" })
  vim.keymap.set({ "n", "i" }, "<C-s>", function()
    vim.cmd.stopinsert()
    M.send(buffer)
  end, { buffer = buffer, desc = "send the question" })
  vim.keymap.set("n", "<C-c>", function()
    M.stop(buffer)
  end, { buffer = buffer, desc = "stop the answer" })
end

--- Open the buffer of a chat.
---@param root string
---@param chat? assist.OpenChat
---@return integer buffer
local function open(root, chat)
  count = count + 1
  local buffer = answer.buffer(("assist://chat/%d"):format(count), root)
  chats[buffer] = chat or { root = root }
  vim.bo[buffer].omnifunc = "v:lua.require'assist.mentions'.omnifunc"
  vim.api.nvim_create_autocmd("BufWipeout", {
    buffer = buffer,
    callback = function()
      chats[buffer] = nil
    end,
  })
  keys(buffer)
  return buffer
end

--- Return the question below the last heading.
---@param buffer integer
---@return string
local function question_in(buffer)
  local lines = vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
  for index = #lines, 1, -1 do
    if lines[index] == you then
      return vim.trim(table.concat(lines, "\n", index + 1))
    elseif lines[index] == assist then
      return ""
    end
  end
  return vim.trim(table.concat(lines, "\n"))
end

--- Call back once the server knows the chat; one that has started anew goes on with what is saved.
---@param chat assist.OpenChat
---@param continue fun(problem: string|nil)
local function created(chat, continue)
  client.with(chat.root, function(running, problem)
    if not running then
      return continue(problem)
    end
    if chat.id and chat.client_id == running.id then
      return continue()
    end
    local function take(failed, result)
      if failed and chat.id then -- nothing of it was saved
        chat.id = nil
        return client.request(chat.root, "assist/chat/create", { model = chat.model }, take)
      elseif failed then
        return continue(failed)
      end
      chat.id, chat.client_id = result.chatId, running.id
      continue()
    end
    client.request(chat.root, "assist/chat/create", { resume = chat.id, model = chat.model }, take)
  end)
end

--- Ask the next question of a chat.
---@param chat assist.OpenChat
---@param question string
---@param writer assist.Writer
---@param ended fun(problem: string|nil, result: any, code: integer|nil)
local function ask_next(chat, question, writer, ended)
  created(chat, function(problem)
    if problem then
      return ended(problem)
    end
    local params = { chatId = chat.id, question = question, selection = chat.selection }
    chat.selection = nil
    chat.answering = client.request(chat.root, "assist/chat/turn", params, ended, function(event)
      writer:event(event)
    end)
  end)
end

--- Send the question of a chat's buffer, or run the recipe that it names.
---@param buffer? integer
function M.send(buffer)
  buffer = buffer or vim.api.nvim_get_current_buf()
  local chat = chats[buffer]
  if not chat then
    return vim.notify("assist: this is no chat; :AssistChat opens one", vim.log.levels.WARN)
  end
  local question = question_in(buffer)
  if chat.answering then
    return vim.notify("assist: this chat is answering; :AssistStop ends that", vim.log.levels.WARN)
  elseif question == "" then
    return vim.notify("assist: write the question below the last heading", vim.log.levels.INFO)
  end
  vim.api.nvim_buf_clear_namespace(buffer, hints, 0, -1)
  local writer = answer.writer(buffer)
  writer:append("\n\n" .. assist .. "\n\n")
  vim.bo[buffer].modifiable = false
  chat.answering = { cancel = function() end }
  local function ended(problem, result, code)
    chat.answering = nil
    if problem then
      writer:append(code == -32800 and "\n\n_stopped_" or "\n\n**" .. problem .. "**")
    elseif result then
      writer:finish(result)
    end
    prompt(buffer)
  end
  slash.find(chat.root, question, chat.selection, function(recipe)
    if not recipe then
      return ask_next(chat, question, writer, ended)
    end
    chat.selection, recipe.model = nil, chat.model
    chat.answering = slash.run(writer, chat.root, recipe, function(problem, code)
      ended(problem, nil, code)
    end)
  end)
end

--- Open the chat of the folder, and ask if there is a question.
---@param question? string
---@param options? { new?: boolean, selection?: assist.Selection, model?: string }
function M.open(question, options)
  options = options or {}
  local root = client.folder()
  local buffer = not options.new and current(root) or nil
  if not buffer then
    buffer = open(root, { root = root, model = options.model })
    prompt(buffer)
  end
  local chat = chats[buffer]
  chat.selection = options.selection or chat.selection
  answer.show(buffer, config.get().chat.window)
  vim.cmd("normal! G")
  if question and question:match("%S") then
    if options.selection and not question:find("@selection", 1, true) then
      question = question .. " @selection"
    end
    if chat.answering then
      return vim.notify("assist: this chat is answering; :AssistStop ends that", vim.log.levels.WARN)
    end
    answer.writer(buffer):append(question)
    M.send(buffer)
  end
end

--- End the answer that is on its way; what was said is kept.
---@param buffer? integer
---@return boolean
function M.stop(buffer)
  local chat = chats[buffer or current(client.folder()) or -1]
  if chat and chat.answering then
    chat.answering.cancel()
    return true
  end
  return false
end

--- Go on with a saved chat.
---@param root string
---@param saved assist.SavedChat
local function resume(root, saved)
  client.request(root, "assist/chat/create", { resume = saved.chatId }, function(problem, result)
    if problem then
      return vim.notify("assist: " .. problem, vim.log.levels.ERROR)
    end
    local running = client.servers()[root]
    local buffer = open(root, { root = root, id = result.chatId, client_id = running.client_id })
    local writer = answer.writer(buffer)
    for index, turn in ipairs(result.turns) do
      local before = index == 1 and "" or "\n\n"
      local stopped = turn.complete == false and "\n\n_stopped_" or ""
      writer:append(("%s%s\n\n%s\n\n%s\n\n%s%s"):format(before, you, turn.question, assist, turn.answer, stopped))
    end
    prompt(buffer)
    answer.show(buffer, config.get().chat.window)
    vim.cmd("normal! G")
  end)
end

--- Choose one of the saved chats about the folder.
---@param act? fun(root: string, saved: assist.SavedChat) what to do with it; without, it is gone on with
function M.history(act)
  local root = client.folder()
  client.request(root, "assist/chat/history", {}, function(problem, result)
    if problem then
      return vim.notify("assist: " .. problem, vim.log.levels.ERROR)
    elseif #result.chats == 0 then
      return vim.notify("assist: no chat about this folder is saved", vim.log.levels.INFO)
    end
    vim.ui.select(result.chats, {
      prompt = "Chats",
      format_item = function(saved)
        local turns = saved.turns == 1 and "1 turn" or saved.turns .. " turns"
        local changed = saved.changed:sub(1, 16):gsub("T", " ")
        return ("%s  (%s, %s)"):format(saved.title, turns, changed)
      end,
    }, function(chosen)
      if chosen then
        (act or resume)(root, chosen)
      end
    end)
  end)
end

--- Remove a saved chat.
function M.delete()
  M.history(function(root, saved)
    client.request(root, "assist/chat/delete", { chatId = saved.chatId }, function(problem)
      local level = problem and vim.log.levels.ERROR or vim.log.levels.INFO
      vim.notify("assist: " .. (problem or "the chat is deleted"), level)
    end)
  end)
end

--- Choose the model that answers from now on.
function M.model()
  local root = client.folder()
  client.request(root, "assist/models", {}, function(problem, result)
    if problem then
      return vim.notify("assist: " .. problem, vim.log.levels.ERROR)
    end
    local choices = { { name = "none", model = "the index alone, no model", url = "" } }
    vim.list_extend(choices, result.backends)
    vim.ui.select(choices, {
      prompt = "Who answers",
      format_item = function(backend)
        local mark = backend.name == (result.chat or "none") and "* " or "  "
        return ("%s%s: %s %s"):format(mark, backend.name, backend.model, backend.url)
      end,
    }, function(chosen)
      if chosen then
        client.set("chat.backend", chosen.name)
        vim.notify(("assist: %s answers from now on; :AssistChat! begins a new chat"):format(chosen.name))
      end
    end)
  end)
end

--- Stop whatever is being answered.
function M.stop_any()
  local stopped = ask.stop()
  for buffer in pairs(chats) do
    stopped = M.stop(buffer) or stopped
  end
  if not stopped then
    vim.notify("assist: nothing is being answered", vim.log.levels.INFO)
  end
end

return M
