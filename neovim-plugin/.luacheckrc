-- Neovim runs LuaJIT; `vim` is its own.
std = "luajit"
globals = { "vim" }
max_line_length = 120
ignore = {
  "212/_.*", -- arguments that are not used, by name
}
files["lua/assist/protocol.lua"] = { max_line_length = false } -- generated
