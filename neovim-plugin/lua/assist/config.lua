--- The options: their defaults, and what the user has set with `setup()` or `vim.g.assist`.
--- Nothing here comes from the workspace: a repository cannot change what the plugin does.
local M = {}

---@class assist.Options
M.defaults = {
  --- The command of the server, as a list; without it, it is looked for (see `:help assist-server`).
  cmd = nil, ---@type string[]|nil
  --- Environment variables of the server.
  cmd_env = nil, ---@type table<string, string>|nil
  --- Folders whose own `.venv/bin/assist` may be started: a list of them, or a function that is given the folder.
  trusted = {}, ---@type string[]|fun(root: string): boolean
  --- Start the server when a file of a repository is opened; without it, with the first command.
  autostart = true,
  --- A folder with one of these is a workspace.
  root_markers = { "assist.toml", ".git", ".hg", ".jj" },
  --- The server's settings as in docs/protocol.md, without `assist.`: `{ completion = { enabled = false } }`.
  settings = {},
  ghost = {
    enabled = true,
    --- Show suggestions by themselves; without it, only when asked with `ghost.trigger()`.
    auto = true,
    --- Milliseconds without a key before the server is asked, at least; longer for who types slowly.
    debounce_ms = 100,
    --- Filetypes with `false` get none: `{ markdown = false }`.
    filetypes = {},
  },
  chat = {
    --- The command that opens the window.
    window = "botright vertical 80split",
    --- Map `<CR>`, `gf`, `<C-c>` in the chat's own buffer (in no other).
    keys = true,
  },
  search = {
    --- `quickfix`, `select` (vim.ui.select), `telescope` or `fzf-lua`.
    show = "quickfix",
  },
  --- Keys for suggestions, none by default: `{ accept = "<Tab>", word = "<M-Right>", ... }`.
  keys = {}, ---@type table<string, string>
  --- How often the server is started again within three minutes when it ends by itself.
  restarts = 5,
}

---@type assist.Options|nil
local current

--- What is wrong with the options that were set last.
---@type string[]
M.mistakes = {}

--- Complain about options that do not exist and about values of the wrong type.
---@param given table
---@param known table
---@param prefix string
---@return string[]
local function problems(given, known, prefix)
  local found = {}
  local open = { ["settings"] = true, ["keys"] = true, ["ghost.filetypes"] = true, ["trusted"] = true }
  local optional = { cmd = "table", cmd_env = "table" }
  for name, value in pairs(given) do
    local full = prefix .. name
    local default = known[name]
    local wanted = default ~= nil and type(default) or (prefix == "" and optional[name]) or nil
    if wanted == nil then
      found[#found + 1] = ("there is no option `%s`"):format(full)
    elseif type(value) ~= wanted and not (full == "trusted" and type(value) == "function") then
      found[#found + 1] = ("option `%s` is a %s, not a %s"):format(full, wanted, type(value))
    elseif wanted == "table" and not open[full] and not vim.islist(value) then
      vim.list_extend(found, problems(value, default, full .. "."))
    end
  end
  table.sort(found)
  return found
end

--- Take the user's options.
---@param opts table|nil
---@return string[] problems what is wrong with them; defaults are used instead
function M.set(opts)
  opts = opts or {}
  local found = problems(opts, M.defaults, "")
  M.mistakes = found
  if #found > 0 then
    vim.notify("assist: " .. table.concat(found, "; ") .. ". See :help assist-options", vim.log.levels.WARN)
    opts = M.without_mistakes(opts)
  end
  current = vim.tbl_deep_extend("force", vim.deepcopy(M.defaults), opts)
  return found
end

--- Return the options that are right.
---@param opts table
---@return table
function M.without_mistakes(opts)
  local kept = {}
  for name, value in pairs(opts) do
    if #problems({ [name] = value }, M.defaults, "") == 0 then
      kept[name] = value
    end
  end
  return kept
end

--- Return the options.
---@return assist.Options
function M.get()
  if current == nil then
    M.set(vim.g.assist)
  end
  return current --[[@as assist.Options]]
end

return M
