--- `:AssistAsk`: a question that stands by itself; its answer in a window of its own. And what would be sent for it.
local answer = require("assist.answer")
local client = require("assist.client")
local config = require("assist.config")
local positions = require("assist.positions")

local M = {}

---@type assist.Running|nil
local running

--- Return a selection of the current buffer for the protocol.
---@param first integer first line, from 1
---@param last integer
---@param buffer? integer
---@return assist.Selection
function M.selection(first, last, buffer)
  buffer = buffer or vim.api.nvim_get_current_buf()
  return { uri = vim.uri_from_bufnr(buffer), range = positions.lines(first, last) }
end

--- Ask for a text if there is none.
---@param text string|nil
---@param prompt string
---@param continue fun(text: string)
function M.with_text(text, prompt, continue)
  if text and text:match("%S") then
    return continue(text)
  end
  vim.ui.input({ prompt = prompt }, function(given)
    if given and given:match("%S") then
      continue(given)
    end
  end)
end

--- Ask, and show the answer as it comes.
---@param question string|nil
---@param selection? assist.Selection what `@selection` means
---@param options? { model?: string, backend?: string }
function M.ask(question, selection, options)
  local root = client.folder()
  M.with_text(question, "Ask: ", function(text)
    if selection and not text:find("@selection", 1, true) then
      text = text .. " @selection"
    end
    M.stop()
    local buffer = answer.buffer("assist://answer", root)
    answer.show(buffer, config.get().chat.window)
    vim.bo[buffer].modifiable = true
    vim.api.nvim_buf_set_lines(buffer, 0, -1, false, { "## " .. text:gsub("\n", " "), "", "" })
    vim.bo[buffer].modifiable = false
    if config.get().chat.keys then
      M.keys(buffer)
    end
    vim.cmd("normal! G")
    local writer = answer.writer(buffer)
    local params = vim.tbl_extend("force", options or {}, { question = text, selection = selection })
    local this
    this = client.request(root, "assist/ask", params, function(problem, result, code)
      running = running ~= this and running or nil
      if problem then
        writer:append(code == -32800 and "\n\n_stopped_" or "\n\n**" .. problem .. "**")
      else
        writer:finish(result)
      end
    end, function(event)
      writer:event(event)
    end)
    running = this
  end)
end

--- End the answer that is on its way.
---@return boolean stopped
function M.stop()
  local this = running
  running = nil
  if this then
    this.cancel()
  end
  return this ~= nil
end

--- Show what would be sent to a model for a question; nothing is sent.
---@param question string|nil
---@param selection? assist.Selection
function M.context(question, selection)
  local root = client.folder()
  M.with_text(question, "Question: ", function(text)
    local params = { question = text, selection = selection }
    client.request(root, "assist/context", params, function(problem, result)
      if problem then
        return vim.notify("assist: " .. problem, vim.log.levels.ERROR)
      end
      answer.sent(result, root)
    end)
  end)
end

--- Map the keys of the answer's buffer.
---@param buffer integer
function M.keys(buffer)
  answer.keys(buffer)
  vim.keymap.set("n", "<CR>", answer.follow, { buffer = buffer, desc = "open the cited lines" })
  vim.keymap.set("n", "<C-c>", M.stop, { buffer = buffer, desc = "stop the answer" })
  vim.keymap.set("n", "q", "<Cmd>close<CR>", { buffer = buffer, desc = "close the answer", nowait = true })
end

return M
