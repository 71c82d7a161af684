--- Copied code: how it is told, and both passages side by side.
local M = {}

--- Say whose code a passage is, under which licence, and what the policy says.
---@param copy assist.CopyNote
---@return string
function M.told(copy)
  local alike = copy.level == "hint" and "like" or "copied from"
  local place = ("%s, %s:%d-%d"):format(copy.source, copy.path, copy.sourceStartLine, copy.sourceEndLine)
  return ("%s %s (%s); your policy: %s, %s"):format(alike, place, copy.licence, copy.verdict, copy.reason)
end

--- Return the lines of the passage that was copied; nil if they are not known.
---@param copy assist.CopyNote
---@return string[]|nil
local function source_lines(copy)
  if copy.text and copy.text ~= "" then
    return vim.split(copy.text:gsub("\n$", ""), "\n", { plain = true })
  elseif not copy.uri or copy.uri == "" then
    return nil
  end
  local file = vim.uri_to_fname(copy.uri)
  return vim.uv.fs_stat(file)
    and vim.list_slice(vim.fn.readfile(file, "", copy.sourceEndLine), copy.sourceStartLine)
end

--- Show a passage in the current window, to be compared.
---@param lines string[]
---@param title string
---@param filetype string
local function passage(lines, title, filetype)
  local buffer = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, lines)
  vim.bo[buffer].bufhidden = "wipe"
  vim.bo[buffer].modifiable = false
  vim.bo[buffer].filetype = filetype
  vim.api.nvim_win_set_buf(0, buffer)
  vim.wo[0][0].winbar = " " .. title:gsub("%%", "%%%%")
  vim.keymap.set("n", "q", "<Cmd>tabclose<CR>", { buffer = buffer, nowait = true, desc = "close both passages" })
  vim.cmd("diffthis")
end

--- Show both passages side by side, in a tab page of their own.
---@param copy assist.CopyNote
---@param own string[]
---@param title string where they stand
---@param filetype string
function M.beside(copy, own, title, filetype)
  local lines = source_lines(copy)
  if not lines then
    local say = "assist: the text of %s is not here; only its lines %d-%d are known"
    return vim.notify(say:format(copy.path, copy.sourceStartLine, copy.sourceEndLine), vim.log.levels.WARN)
  end
  vim.cmd("tab split")
  local place = ("%s, %s:%d-%d"):format(copy.source, copy.path, copy.sourceStartLine, copy.sourceEndLine)
  passage(lines, ("%s (%s)"):format(place, copy.licence), filetype)
  vim.cmd("rightbelow vertical split")
  passage(own, title, filetype)
end

--- Show both passages of the mark under the cursor.
function M.compare()
  local row = vim.api.nvim_win_get_cursor(0)[1] - 1
  for _, mark in ipairs(vim.diagnostic.get(0)) do
    local copy = mark.source == "assist" and vim.tbl_get(mark, "user_data", "lsp", "data") or nil
    if copy and mark.lnum <= row and row <= (mark.end_lnum or mark.lnum) then
      local own = vim.api.nvim_buf_get_lines(0, mark.lnum, (mark.end_lnum or mark.lnum) + 1, false)
      local name = vim.fn.fnamemodify(vim.api.nvim_buf_get_name(0), ":~:.")
      local title = ("%s:%d-%d"):format(name, mark.lnum + 1, mark.lnum + #own)
      return M.beside(copy, own, title, vim.bo.filetype)
    end
  end
  vim.notify("assist: no copied code is marked here; :AssistCopies lists the marks", vim.log.levels.INFO)
end

return M
