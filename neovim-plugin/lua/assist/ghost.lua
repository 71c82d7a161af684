--- Ghost text: what the server suggests, shown behind the cursor, and taken whole, by word or by line.
---
--- Keys are the user's: see the functions below and the `<Plug>` mappings. Where the user has switched on
--- `vim.lsp.inline_completion` for this server, that shows the suggestions, and the functions here work on them.
local client = require("assist.client")
local config = require("assist.config")
local positions = require("assist.positions")
local rhythm = require("assist.rhythm")

local M = {}

local namespace = vim.api.nvim_create_namespace("assist.ghost")

---@class assist.Ghost
---@field buffer integer
---@field row integer from 0
---@field column integer byte of the cursor
---@field items assist.GhostItem[]
---@field index integer
---@field all boolean whether all candidates were asked for

---@class assist.GhostItem
---@field id string
---@field text string what is still to come
---@field taken string what is in the document already
---@field replaces integer bytes behind the cursor that it takes the place of
---@field copies assist.CopyNote[]

---@type assist.Ghost|nil
local shown
---@type assist.Running|nil
local asked
---@type uv.uv_timer_t|nil
local timer
local snoozed_until = 0

--- Return whether Neovim itself shows the suggestions in a buffer.
---@param buffer integer
---@return boolean
local function native(buffer)
  local inline = vim.lsp.inline_completion
  return inline ~= nil and client.of(buffer) ~= nil and inline.is_enabled({ bufnr = buffer })
end

--- Return whether suggestions may come up by themselves in a buffer.
---@param buffer integer
---@return boolean
local function wanted(buffer)
  local options = config.get().ghost
  return options.enabled
    and options.auto
    and options.filetypes[vim.bo[buffer].filetype] ~= false
    and vim.uv.now() >= snoozed_until
end

local function tell(method, params)
  local running = shown and client.of(shown.buffer)
  if running then
    client.notify(running, "assist/completion/" .. method, params)
  end
end

local function stop_timer()
  if timer and not timer:is_closing() then
    timer:stop()
    timer:close()
  end
  timer = nil
end

--- Take the suggestion off the screen, and end what is asked.
function M.clear()
  stop_timer()
  local running = asked
  asked = nil
  if running then
    running.cancel()
  end
  if shown then
    if vim.api.nvim_buf_is_valid(shown.buffer) then
      vim.api.nvim_buf_clear_namespace(shown.buffer, namespace, 0, -1)
    end
    shown = nil
  end
end

--- Return the suggestion on the screen.
---@return assist.GhostItem|nil
local function item()
  return shown and shown.items[shown.index]
end

--- Say what a suggestion is copied from.
---@param copies assist.CopyNote[]
---@return string
local function origin(copies)
  local copy = copies[1]
  return copy and ("  copied from %s (%s)"):format(copy.source, copy.licence) or ""
end

local function show()
  local current = item()
  if not shown or not current then
    return
  end
  vim.api.nvim_buf_clear_namespace(shown.buffer, namespace, 0, -1)
  if vim.fn.pumvisible() == 1 then
    return
  end
  local line = vim.api.nvim_buf_get_lines(shown.buffer, shown.row, shown.row + 1, false)[1] or ""
  local replaced = line:sub(shown.column + 1, shown.column + current.replaces)
  local lines = vim.split(current.text, "\n", { plain = true })
  local overlaid = replaced ~= ""
  if #lines == 1 and overlaid and vim.endswith(lines[1], replaced) then
    lines[1], overlaid = lines[1]:sub(1, #lines[1] - #replaced), false
  end
  local below = {}
  for index = 2, #lines do
    below[#below + 1] = { { lines[index], "AssistGhost" } }
  end
  local first = { { lines[1], "AssistGhost" } }
  local note = origin(current.copies)
  if #shown.items > 1 then
    note = ("  %d/%d"):format(shown.index, #shown.items) .. note
  end
  if note ~= "" then
    table.insert(#below > 0 and below[#below] or first, { note, "AssistGhostNote" })
  end
  vim.api.nvim_buf_set_extmark(shown.buffer, namespace, shown.row, shown.column, {
    virt_text = first,
    virt_text_pos = overlaid and "overlay" or "inline",
    virt_lines = #below > 0 and below or nil,
    hl_mode = "combine",
  })
end

--- Make of an item of the protocol what is shown here.
---@param raw table
---@param line string
---@param row integer
---@param column integer
---@param encoding string
---@return assist.GhostItem|nil
local function of_protocol(raw, line, row, column, encoding)
  local note = raw.command and raw.command.arguments and raw.command.arguments[1] or {}
  local text = type(raw.insertText) == "table" and raw.insertText.value or raw.insertText
  local first, last = column, column
  if raw.range then
    if raw.range.start.line ~= row or raw.range["end"].line ~= row then
      return nil
    end
    first = positions.byte(line, raw.range.start.character, encoding)
    last = positions.byte(line, raw.range["end"].character, encoding)
  end
  local typed = line:sub(first + 1, column)
  text = text:gsub("\r\n", "\n")
  if last < column or not vim.startswith(text, typed) or #text == #typed then
    return nil
  end
  return {
    id = note.id or "",
    text = text:sub(#typed + 1),
    taken = typed,
    replaces = last - column,
    copies = note.copies or {},
  }
end

--- Return whether somebody is typing, not a macro.
---@return boolean
local function is_typing()
  local macro = vim.fn.reg_recording() .. vim.fn.reg_executing()
  return macro == "" and vim.startswith(vim.api.nvim_get_mode().mode, "i")
end

---@param by_hand boolean
---@param index integer
local function ask(by_hand, index)
  local buffer = vim.api.nvim_get_current_buf()
  local running = client.of(buffer)
  if not running or not is_typing() then
    return
  end
  local before = asked
  asked = nil
  if before then
    before.cancel()
  end
  local encoding = running.offset_encoding
  local row, column = unpack(vim.api.nvim_win_get_cursor(0))
  row = row - 1
  local line = vim.api.nvim_get_current_line()
  local tick = vim.api.nvim_buf_get_changedtick(buffer)
  local params = {
    textDocument = { uri = vim.uri_from_bufnr(buffer) },
    position = { line = row, character = positions.column(line, column, encoding) },
    context = { triggerKind = by_hand and 1 or 2 },
  }
  local handle
  handle = client.request(running.config.root_dir, "textDocument/inlineCompletion", params, function(err, result)
    if asked ~= handle then
      return
    end
    asked = nil
    local at = vim.api.nvim_win_get_cursor(0)
    if
      err
      or not result
      or vim.api.nvim_get_current_buf() ~= buffer
      or vim.api.nvim_buf_get_changedtick(buffer) ~= tick
      or at[1] - 1 ~= row
      or at[2] ~= column
      or not vim.startswith(vim.api.nvim_get_mode().mode, "i")
    then
      return
    end
    local items = {}
    for _, raw in ipairs(result.items or result) do
      items[#items + 1] = of_protocol(raw, line, row, column, encoding)
    end
    if #items > 0 then
      local all = by_hand
      shown = { buffer = buffer, row = row, column = column, items = items, all = all, index = 1 }
      shown.index = (index - 1) % #items + 1
      show()
      tell("shown", { id = item().id })
    elseif by_hand and not shown then
      vim.notify("assist: nothing to suggest here", vim.log.levels.INFO)
    end
  end)
  asked = handle
end

local function ask_later()
  stop_timer()
  local before = vim.api.nvim_get_current_line():sub(1, vim.api.nvim_win_get_cursor(0)[2])
  timer = vim.defer_fn(function()
    timer = nil
    ask(false, 1)
  end, rhythm.rest(config.get().ghost.debounce_ms, before:match("%S") == nil))
end

--- Keep the suggestion if what was typed is its beginning.
---@return boolean kept
local function typed_along()
  local row, column = unpack(vim.api.nvim_win_get_cursor(0))
  if not shown or shown.buffer ~= vim.api.nvim_get_current_buf() or row - 1 ~= shown.row then
    return false
  end
  if column == shown.column then
    return true
  end
  local typed = vim.api.nvim_get_current_line():sub(shown.column + 1, column)
  if column < shown.column or not vim.startswith(item().text, typed) or #item().text == #typed then
    return false
  end
  shown.items = vim.tbl_filter(function(other)
    return vim.startswith(other.text, typed) and #other.text > #typed
  end, { item() })
  shown.index = 1
  local kept = item()
  kept.text, kept.taken = kept.text:sub(#typed + 1), kept.taken .. typed
  shown.column = column
  show()
  return true
end

--- The text or the cursor has changed in insert mode.
---@param buffer integer
---@param changed boolean whether the text has
function M.moved(buffer, changed)
  if native(buffer) or not client.of(buffer) then
    return
  end
  if changed then
    rhythm.typed(vim.uv.now())
  end
  if typed_along() then
    return
  end
  M.clear()
  if changed and wanted(buffer) then
    ask_later()
  end
end

--- Put text at the cursor.
---@param text string
---@param replaces integer
local function insert(text, replaces)
  local at = shown --[[@as assist.Ghost]]
  local lines = vim.split(text, "\n", { plain = true })
  vim.bo[at.buffer].undolevels = vim.bo[at.buffer].undolevels -- what is taken is undone by itself
  vim.api.nvim_buf_set_text(at.buffer, at.row, at.column, at.row, at.column + replaces, lines)
  at.column = (#lines == 1 and at.column or 0) + #lines[#lines]
  at.row = at.row + #lines - 1
  vim.api.nvim_win_set_cursor(0, { at.row + 1, at.column })
end

--- Take the beginning of the suggestion.
---@param part string
local function take(part)
  local current = item() --[[@as assist.GhostItem]]
  if #part >= #current.text then
    local id = current.id
    insert(current.text, current.replaces)
    tell("accepted", { id = id })
    M.clear()
    return
  end
  insert(part, 0)
  current.text, current.taken = current.text:sub(#part + 1), current.taken .. part
  shown.items, shown.index = { current }, 1
  show()
  tell("partiallyAccepted", { id = current.id, text = current.taken })
end

--- Return the first word of a text, with the blanks and line ends before it.
---@param text string
---@return string
function M.first_word(text)
  return text:match("^%s*[%w_\128-\255]+") or text:match("^%s*[^%w%s_\128-\255]+") or text
end

--- Return the first line of a text, with the line end before it.
---@param text string
---@return string
function M.first_line(text)
  return text:match("^\n*[^\n]*")
end

---@param part fun(text: string): string
---@return boolean
local function accept(part)
  local buffer = vim.api.nvim_get_current_buf()
  if native(buffer) then
    return vim.lsp.inline_completion.get({
      on_accept = function(given)
        if type(given.insert_text) == "string" then
          given.insert_text = part(given.insert_text)
        end
        return given
      end,
    })
  end
  if not item() or shown.buffer ~= buffer or vim.fn.pumvisible() == 1 then
    return false
  end
  local text = part(item().text)
  local ok, problem = pcall(take, text)
  if not ok and tostring(problem):match("E565") then -- in an <expr> mapping the text is locked
    vim.schedule(function()
      if item() then
        take(text)
      end
    end)
  elseif not ok then
    M.clear()
    error(problem)
  end
  return true
end

--- Take the suggestion.
---@return boolean taken false if there was none, so that the key can do what it does otherwise
function M.accept()
  return accept(function(text)
    return text
  end)
end

--- Take its next word.
---@return boolean taken
function M.accept_word()
  return accept(M.first_word)
end

--- Take its next line.
---@return boolean taken
function M.accept_line()
  return accept(M.first_line)
end

--- Show another suggestion.
---@param step integer
---@return boolean
local function other(step)
  if native(vim.api.nvim_get_current_buf()) then
    vim.lsp.inline_completion.select({ count = step })
    return true
  end
  if not shown or not item() then
    return false
  end
  if not shown.all then
    ask(true, shown.index + step)
    return true
  end
  shown.index = (shown.index - 1 + step) % #shown.items + 1
  show()
  tell("shown", { id = item().id })
  return true
end

--- Show the next suggestion; the server is asked for more the first time.
---@return boolean
function M.next()
  return other(1)
end

--- Show the suggestion before.
---@return boolean
function M.previous()
  return other(-1)
end

--- Say that the suggestion is not wanted; it does not come up at this place again.
---@return boolean
function M.dismiss()
  local current = item()
  if not current then
    return false
  end
  tell("rejected", { id = current.id })
  M.clear()
  return true
end

--- Ask now.
function M.trigger()
  ask(true, 1)
end

--- Return the suggestion on the screen, as far as it is not in the document; nil if there is none.
---@return string|nil
function M.text()
  local current = item()
  return current and current.text
end

--- No suggestions for some minutes; 0: again at once.
---@param minutes integer
function M.snooze(minutes)
  snoozed_until = vim.uv.now() + minutes * 60 * 1000
  M.clear()
end

--- Switch suggestions off for a filetype, or on again.
---@param filetype string
---@return boolean on
function M.toggle(filetype)
  local filetypes = config.get().ghost.filetypes
  filetypes[filetype] = filetypes[filetype] == false
  if not filetypes[filetype] then
    M.clear()
  end
  return filetypes[filetype]
end

--- Follow the cursor in insert mode.
function M.setup()
  vim.api.nvim_set_hl(0, "AssistGhost", { link = "Comment", default = true })
  vim.api.nvim_set_hl(0, "AssistGhostNote", { link = "DiagnosticWarn", default = true })
  local group = vim.api.nvim_create_augroup("assist.ghost", { clear = true })
  vim.api.nvim_create_autocmd({ "TextChangedI", "TextChangedP" }, {
    group = group,
    callback = function(event)
      M.moved(event.buf, true)
    end,
  })
  vim.api.nvim_create_autocmd("CursorMovedI", {
    group = group,
    callback = function(event)
      M.moved(event.buf, false)
    end,
  })
  vim.api.nvim_create_autocmd("CompleteDone", { group = group, callback = show })
  vim.api.nvim_create_autocmd({ "InsertLeave", "BufLeave" }, { group = group, callback = M.clear })
end

return M
