--- Finds the language server on this machine. What lies in the workspace is started only on the user's word.
local M = {}

local windows = vim.fn.has("win32") == 1

---@class assist.Found
---@field cmd string[] The command.
---@field from string Where it was found, in words.

--- Return whether a file can be started.
---@param path string
---@return boolean
local function executable(path)
  return vim.fn.executable(path) == 1
end

--- Return a path without links and dots, as far as it exists.
---@param path string
---@return string
local function real(path)
  return vim.fs.normalize(vim.uv.fs_realpath(path) or path)
end

--- Return whether a path lies in a folder.
---@param path string
---@param folder string
---@return boolean
function M.inside(path, folder)
  path, folder = real(path), real(folder)
  return path == folder or vim.startswith(path, folder:gsub("/$", "") .. "/")
end

--- Return whether the user has said that a folder's own programs may be started.
---@param root string
---@param trusted string[]|fun(root: string): boolean
---@return boolean
function M.is_trusted(root, trusted)
  if type(trusted) == "function" then
    return trusted(root) == true
  end
  for _, folder in ipairs(trusted) do
    if real(vim.fn.expand(folder)) == real(root) then
      return true
    end
  end
  return false
end

--- Return the server in a folder's virtual environment, trusted or not.
---@param root string
---@return string|nil
function M.in_workspace(root)
  for _, venv in ipairs({ ".venv", "venv" }) do
    local path = root .. "/" .. venv .. (windows and "/Scripts/assist.exe" or "/bin/assist")
    if executable(path) then
      return path
    end
  end
end

--- Return the folders that `uv tool install` and `pipx install` put programs into.
---@param env table<string, string>
---@return { folder: string, from: string }[]
local function tool_folders(env)
  local home = env.HOME or env.USERPROFILE or vim.uv.os_homedir() or ""
  local folders = {
    { folder = env.UV_TOOL_BIN_DIR, from = "uv tool" },
    { folder = env.PIPX_BIN_DIR, from = "pipx" },
    { folder = env.XDG_BIN_HOME, from = "uv tool" },
    { folder = home .. "/.local/bin", from = "uv tool or pipx" },
  }
  return vim.tbl_filter(function(item)
    return item.folder ~= nil and item.folder ~= ""
  end, folders)
end

--- Find the server for a folder.
---@param root string
---@param options assist.Options
---@param env? table<string, string> the environment, if not this process's
---@return assist.Found|nil, string|nil problem what is wrong and what to do
function M.find(root, options, env)
  env = env or vim.fn.environ()
  if options.cmd then
    if not executable(options.cmd[1]) then
      return nil, ("the option `cmd` names %s, which cannot be started"):format(options.cmd[1])
    end
    return { cmd = options.cmd, from = "the option cmd" }
  end
  local own = M.in_workspace(root)
  if own and M.is_trusted(root, options.trusted) then
    return { cmd = { own, "lsp" }, from = "the workspace's virtual environment, which you trust" }
  end
  local on_path = vim.fn.exepath("assist")
  if on_path ~= "" and not M.inside(on_path, root) then
    return { cmd = { on_path, "lsp" }, from = "PATH" }
  end
  for _, item in ipairs(tool_folders(env)) do
    local path = item.folder .. "/assist" .. (windows and ".exe" or "")
    if executable(path) and not M.inside(path, root) then
      return { cmd = { path, "lsp" }, from = item.from }
    end
  end
  if own then
    local say = "%s belongs to the workspace and is not started: to trust it, name the folder in the option `trusted`"
    return nil, say:format(own)
  end
  return nil, "the program assist is not on this machine: `uv tool install repo-assist` or `pipx install repo-assist`"
end

return M
