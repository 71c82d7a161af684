--- Converts between the columns of the protocol and Neovim's bytes, on all supported versions of Neovim.
local M = {}

--- Return the byte of a column.
---@param line string
---@param column integer in the client's encoding
---@param encoding string
---@return integer
function M.byte(line, column, encoding)
  if encoding == "utf-8" then
    return math.min(column, #line)
  end
  if vim.fn.has("nvim-0.11") == 1 then
    return vim.str_byteindex(line, encoding, column, false)
  end
  local ok, byte = pcall(vim.str_byteindex, line, column, encoding == "utf-16")
  return ok and byte or #line
end

--- Return the column of a byte.
---@param line string
---@param byte integer
---@param encoding string
---@return integer
function M.column(line, byte, encoding)
  if encoding == "utf-8" then
    return math.min(byte, #line)
  end
  byte = math.min(byte, #line)
  if vim.fn.has("nvim-0.11") == 1 then
    return vim.str_utfindex(line, encoding, byte, false)
  end
  local utf32, utf16 = vim.str_utfindex(line, byte)
  return encoding == "utf-16" and utf16 or utf32
end

--- Return the range of a buffer's lines, as the protocol has it.
---@param first integer first line, from 1
---@param last integer last line, from 1, inclusive
---@return assist.Range
function M.lines(first, last)
  return { start = { line = first - 1, character = 0 }, ["end"] = { line = last, character = 0 } }
end

--- Return an empty range at the cursor.
---@param window integer
---@param encoding string
---@return assist.Range
function M.cursor(window, encoding)
  local row, byte = unpack(vim.api.nvim_win_get_cursor(window))
  local line = vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), row - 1, row, false)[1] or ""
  local position = { line = row - 1, character = M.column(line, byte, encoding) }
  return { start = position, ["end"] = vim.deepcopy(position) }
end

--- Open a document at a line, in a window that shows files; the answer's own window stays as it is.
---@param uri string
---@param line integer from 0
---@param column? integer byte, from 0
function M.open(uri, line, column)
  local here = vim.api.nvim_get_current_win()
  if vim.bo[vim.api.nvim_win_get_buf(here)].buftype ~= "" then
    local previous = vim.fn.win_getid(vim.fn.winnr("#"))
    local windows = vim.list_extend({ previous }, vim.api.nvim_tabpage_list_wins(0))
    local other = vim.iter(windows):find(function(window)
      return window ~= 0
        and window ~= here
        and vim.api.nvim_win_get_config(window).relative == ""
        and vim.bo[vim.api.nvim_win_get_buf(window)].buftype == ""
    end)
    if other then
      vim.api.nvim_set_current_win(other)
    else
      vim.cmd("topleft vertical split")
    end
  end
  local buffer = vim.uri_to_bufnr(uri)
  vim.cmd("normal! m'")
  vim.bo[buffer].buflisted = true
  if vim.api.nvim_get_current_buf() ~= buffer then
    vim.cmd({ cmd = "buffer", args = { tostring(buffer) }, mods = { keepalt = false } })
  end
  local last = vim.api.nvim_buf_line_count(buffer)
  vim.api.nvim_win_set_cursor(0, { math.min(line + 1, last), column or 0 })
  vim.cmd("normal! zvzz")
end

return M
