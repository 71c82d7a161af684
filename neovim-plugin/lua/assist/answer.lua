--- Writes answers into Markdown buffers as they come: text, checked citations as links, untrue ones struck out.
local positions = require("assist.positions")

local M = {}

local namespace = vim.api.nvim_create_namespace("assist.answer")

---@class assist.Link
---@field uri string
---@field line integer from 0

---@type table<integer, table<integer, assist.Link|fun()>> by buffer and extmark
local links = {}

---@class assist.Writer
---@field buffer integer
---@field first integer the line that it began in
---@field passages assist.Hit[]
---@field context assist.ContextEvent|nil
local Writer = {}
Writer.__index = Writer

local function highlights()
  local groups = {
    AssistCitation = "Underlined",
    AssistUntrue = "DiagnosticError",
    AssistFlagged = "DiagnosticUnderlineWarn",
    AssistNote = "Comment",
  }
  for name, link in pairs(groups) do
    vim.api.nvim_set_hl(0, name, { link = link, default = true })
  end
end

--- Make a buffer for answers about a folder.
---@param name string
---@param root string
---@return integer buffer
function M.buffer(name, root)
  highlights()
  local buffer = vim.fn.bufnr("^" .. vim.fn.escape(name, "[]*?{}$^") .. "$")
  if buffer == -1 then
    buffer = vim.api.nvim_create_buf(false, true)
    vim.api.nvim_buf_set_name(buffer, name)
  end
  vim.b[buffer].assist_root = root
  vim.bo[buffer].bufhidden = "hide"
  vim.bo[buffer].swapfile = false
  vim.bo[buffer].filetype = "markdown"
  links[buffer] = links[buffer] or {}
  return buffer
end

--- Show a buffer in a window of its own, or go to the window that shows it.
---@param buffer integer
---@param command string
function M.show(buffer, command)
  local window = vim.fn.bufwinid(buffer)
  if window ~= -1 then
    vim.api.nvim_set_current_win(window)
    return
  end
  vim.cmd(command)
  vim.api.nvim_win_set_buf(0, buffer)
  vim.wo[0][0].wrap = true
  vim.wo[0][0].linebreak = true
  vim.wo[0][0].number = false
  vim.wo[0][0].relativenumber = false
  vim.wo[0][0].signcolumn = "no"
  vim.wo[0][0].spell = false
end

--- Begin to write at the end of a buffer.
---@param buffer integer
---@return assist.Writer
function M.writer(buffer)
  return setmetatable({ buffer = buffer, first = vim.api.nvim_buf_line_count(buffer), passages = {} }, Writer)
end

--- Put text at the end; windows whose cursor was there follow, until the answer's beginning is at their top.
---@param text string
---@param group? string
---@param link? assist.Link|fun()
---@param behind? string said behind it, not part of the text
function Writer:append(text, group, link, behind)
  if not vim.api.nvim_buf_is_valid(self.buffer) then
    return
  end
  local last = vim.api.nvim_buf_line_count(self.buffer)
  local following = vim.tbl_filter(function(window)
    return vim.api.nvim_win_get_cursor(window)[1] == last
  end, vim.fn.win_findbuf(self.buffer))
  local column = #(vim.api.nvim_buf_get_lines(self.buffer, last - 1, last, false)[1] or "")
  local lines = vim.split(text:gsub("\r\n", "\n"), "\n", { plain = true })
  local before = vim.bo[self.buffer].modifiable
  vim.bo[self.buffer].modifiable = true
  vim.api.nvim_buf_set_text(self.buffer, last - 1, column, last - 1, column, lines)
  vim.bo[self.buffer].modifiable = before
  vim.bo[self.buffer].modified = false
  if group then
    local end_row, end_col = last - 2 + #lines, (#lines == 1 and column or 0) + #lines[#lines]
    local id = vim.api.nvim_buf_set_extmark(self.buffer, namespace, last - 1, column, {
      end_row = end_row,
      end_col = end_col,
      hl_group = group,
      priority = 200,
      end_right_gravity = false,
    })
    if link then
      links[self.buffer][id] = link
    end
    if behind then
      vim.api.nvim_buf_set_extmark(self.buffer, namespace, end_row, end_col, {
        virt_text = { { behind, "AssistUntrue" } },
        virt_text_pos = "inline",
        right_gravity = false,
      })
    end
  end
  local count = vim.api.nvim_buf_line_count(self.buffer)
  for _, window in ipairs(following) do
    local rows = vim.api.nvim_win_text_height(window, { start_row = self.first - 1 }).all
    if rows < vim.api.nvim_win_get_height(window) then
      vim.api.nvim_win_set_cursor(window, { count, 0 })
    end
  end
end

--- Write an event of the protocol.
---@param event assist.AnswerEvent
function Writer:event(event)
  local kind = event.kind
  if kind == "text" then
    self:append(event.text)
  elseif kind == "citation" then
    self:append(event.text, "AssistCitation", { uri = event.uri, line = event.range.start.line })
  elseif kind == "untrueCitation" or kind == "flaggedName" then
    local hint = event.hint and event.hint ~= "" and ("; " .. event.hint) or ""
    local group = kind == "flaggedName" and "AssistFlagged" or "AssistUntrue"
    self:append(event.text, group, nil, (" ✗ %s%s"):format(event.reason, hint))
  elseif kind == "flaggedQuotation" then
    self:append(("\n> ✗ %s: %s (`%s`)\n"):format(event.path, event.reason, event.line))
  elseif kind == "copiedCode" then
    self:copies(event.copies)
  elseif kind == "passages" then
    self.passages = event.passages
  elseif kind == "context" then
    self.context = event
  end
end

--- Return the last block of code, and its language.
---@return string[] lines, string language
function Writer:block()
  local lines = vim.api.nvim_buf_get_lines(self.buffer, self.first - 1, -1, false)
  local first, last, language = nil, #lines, ""
  for index, line in ipairs(lines) do
    local fence = line:match("^%s*```%s*(.*)$")
    if fence and first and last < first then
      last = index - 1
    elseif fence then
      first, last, language = index + 1, index, fence
    end
  end
  return first and vim.list_slice(lines, first, math.max(last, first - 1)) or {}, language
end

--- Write whose the block of code is that the text ended with; a link shows both passages.
---@param found assist.CopyNote[]
function Writer:copies(found)
  local copies, groups = require("assist.copies"), { deny = "AssistUntrue", review = "AssistFlagged" }
  local lines, language = self:block()
  for _, copy in ipairs(found) do
    local own = vim.list_slice(lines, copy.startLine, copy.endLine)
    self:append("\n> ")
    self:append(copies.told(copy), groups[copy.verdict] or "AssistNote", function()
      copies.beside(copy, own, "the answer", language)
    end)
  end
  self:append(#found > 0 and "\n" or "")
end

--- Write a place, with its lines.
---@param hit assist.Hit
function Writer:place(hit)
  self:append("\n")
  local shown = ("%s:%d-%d"):format(hit.path, hit.range.start.line + 1, hit.range["end"].line)
  self:append(shown, "AssistCitation", { uri = hit.uri, line = hit.target.start.line })
  local about = vim.tbl_filter(function(text)
    return text ~= nil and text ~= ""
  end, { hit.kind ~= "" and hit.kind .. " " .. hit.name or hit.name, hit.reason })
  self:append(#about > 0 and "  " .. table.concat(about, " · ") .. "\n" or "\n")
  if #hit.lines > 0 then
    local lines, before = {}, nil
    for _, line in ipairs(hit.lines) do
      if before and line.line > before + 1 then
        lines[#lines + 1] = "..."
      end
      lines[#lines + 1], before = line.text, line.line
    end
    self:append(("```%s\n%s\n```\n"):format(hit.language, table.concat(lines, "\n")))
  end
end

--- Show what was sent for an answer, in the quickfix list.
---@param context assist.ContextEvent
---@param root string
function M.sent(context, root)
  local items = {}
  for _, passage in ipairs(context.passages) do
    items[#items + 1] = {
      filename = passage.uri and vim.uri_to_fname(passage.uri) or root .. "/" .. passage.path,
      lnum = math.max(1, passage.startLine),
      end_lnum = math.max(1, passage.endLine),
      text = ("%s (%d tokens)"):format(passage.origin, passage.tokens),
    }
  end
  for _, text in ipairs(context.leftOut) do
    items[#items + 1] = { text = "not sent: " .. text }
  end
  local title = ("assist: sent to %s (%s)"):format(context.endpoint or "nobody", context.model or "no model")
  vim.fn.setqflist({}, " ", { title = title, items = items })
  vim.cmd("botright copen")
end

--- Write what is to be said at the end.
---@param answer assist.Answer
function Writer:finish(answer)
  if #self.passages > 0 then
    self:append("\n")
  end
  for _, hit in ipairs(self.passages) do
    self:place(hit)
  end
  local said = {}
  if answer.checked and answer.checked.checked > 0 then
    said[#said + 1] = ("%d citations checked, %d true"):format(answer.checked.checked, answer.checked["true"])
  end
  if answer.summary then
    said[#said + 1] = answer.summary
  end
  if answer.finishReason == "length" then
    said[#said + 1] = "the model's answer was cut off"
  end
  for _, note in ipairs(answer.notes or {}) do
    said[#said + 1] = note
  end
  if #said > 0 then
    self:append("\n\n")
    local context, root = self.context, vim.b[self.buffer].assist_root
    local link = context and function()
      M.sent(context, root)
    end or nil
    self:append("_" .. table.concat(said, " · "):gsub("\n", " ") .. "_", "AssistNote", link)
  end
end

--- Return the link under the cursor.
---@return assist.Link|(fun())|nil
local function link_here()
  local buffer = vim.api.nvim_get_current_buf()
  local row, column = unpack(vim.api.nvim_win_get_cursor(0))
  local marks = vim.api.nvim_buf_get_extmarks(
    buffer,
    namespace,
    { row - 1, column },
    { row - 1, column },
    { overlap = true }
  )
  for _, mark in ipairs(marks) do
    local link = (links[buffer] or {})[mark[1]]
    if link then
      return link
    end
  end
  -- Answers of saved chats are text alone: path:line is looked up in the folder.
  local line, root = vim.api.nvim_get_current_line(), vim.b[buffer].assist_root
  local from = 1
  while root do
    local first, last, path, number = line:find("([%w_%-./+@]+):(%d+)", from)
    if not first then
      return nil
    end
    if first <= column + 2 and column <= last + 8 and vim.uv.fs_stat(root .. "/" .. path) then
      return { uri = vim.uri_from_fname(root .. "/" .. path), line = tonumber(number) - 1 }
    end
    from = last + 1
  end
end

--- Follow the citation under the cursor.
---@return boolean followed
function M.follow()
  local link = link_here()
  if type(link) == "function" then
    link()
  elseif link then
    positions.open(link.uri, link.line)
  end
  return link ~= nil
end

--- Go to the next citation, or the one before.
---@param step integer
function M.jump(step)
  local buffer = vim.api.nvim_get_current_buf()
  local row, column = unpack(vim.api.nvim_win_get_cursor(0))
  local here = { row - 1, column }
  local found
  for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(buffer, namespace, 0, -1, {})) do
    if (links[buffer] or {})[mark[1]] then
      local after = mark[2] > here[1] or (mark[2] == here[1] and mark[3] > here[2])
      local before = mark[2] < here[1] or (mark[2] == here[1] and mark[3] < here[2])
      if step > 0 and after then
        found = mark
        break
      elseif step < 0 and before then
        found = mark
      end
    end
  end
  if found then
    vim.api.nvim_win_set_cursor(0, { found[2] + 1, found[3] })
  end
end

--- Map the keys of a buffer of the plugin's own.
---@param buffer integer
function M.keys(buffer)
  local function map(keys, action, text)
    vim.keymap.set("n", keys, action, { buffer = buffer, desc = text, silent = true, nowait = true })
  end
  map("gf", function()
    if not M.follow() then
      vim.cmd("normal! gf")
    end
  end, "open the cited lines")
  map("]]", function()
    M.jump(1)
  end, "next citation")
  map("[[", function()
    M.jump(-1)
  end, "citation before")
end

vim.api.nvim_create_autocmd("BufWipeout", {
  group = vim.api.nvim_create_augroup("assist.answer", { clear = true }),
  callback = function(event)
    links[event.buf] = nil
  end,
})

return M
