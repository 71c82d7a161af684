--- What is said about the servers, for `:AssistLog`: their messages, their starts and ends, their last errors.
local M = {}

local most_lines = 2000
local tail_bytes = 64 * 1024

--- The newest last.
---@type string[]
M.lines = {}

--- Keep what is said.
---@param text string
function M.add(text)
  for _, line in ipairs(vim.split(text, "\n", { plain = true })) do
    M.lines[#M.lines + 1] = os.date("%H:%M:%S ") .. line
  end
  while #M.lines > most_lines do
    table.remove(M.lines, 1)
  end
end

--- Return the end of Neovim's own log of language servers.
---@return string
local function tail()
  local path = vim.lsp.log.get_filename()
  local file = io.open(path, "r")
  if not file then
    return ""
  end
  local size = file:seek("end")
  file:seek("set", math.max(0, size - tail_bytes))
  local text = file:read("*a")
  file:close()
  return text
end

--- Return what a program has written to its standard error lately: Neovim puts that into a log of its own.
---@param program string
---@return string[]
function M.errors(program)
  local found = {}
  for _, line in ipairs(vim.split(tail(), "\n", { plain = true })) do
    local about, written = line:match('^(%[ERROR%].-)%s+"stderr"%s+"(.*)"$')
    written = about and vim.endswith(about, vim.inspect(program)) and written or nil
    if written then
      local text = written:gsub("\\n", "\n"):gsub("\\t", "\t"):gsub('\\"', '"'):gsub("\\\\", "\\")
      vim.list_extend(found, vim.split(vim.trim(text), "\n", { plain = true }))
    end
  end
  return found
end

return M
