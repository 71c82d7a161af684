--- The plugin's face: `setup(opts)`, which is optional, and what a user maps to keys.
local M = {}

local started = false

--- Begin to follow buffers: files of repositories are given to their server.
function M.start()
  if started then
    return
  end
  started = true
  local client, config = require("assist.client"), require("assist.config")
  local group = vim.api.nvim_create_augroup("assist", { clear = true })
  vim.api.nvim_create_autocmd({ "FileType", "BufReadPost", "BufFilePost", "BufWritePost" }, {
    group = group,
    callback = function(event)
      if config.get().autostart or next(client.servers()) then
        client.attach(event.buf)
      end
    end,
  })
  require("assist.ghost").setup()
  for name, key in pairs(config.get().keys) do
    vim.keymap.set("i", key, M.key(name, key), { expr = true, silent = true, desc = "assist: " .. name })
  end
  if config.get().autostart then
    client.attach_all()
  end
end

--- Set options; see `:help assist-options`.
---@param opts? table
function M.setup(opts)
  require("assist.config").set(vim.tbl_deep_extend("force", vim.g.assist or {}, opts or {}))
  started = false
  if vim.v.vim_did_enter == 1 then
    M.start()
  else
    vim.api.nvim_create_autocmd("VimEnter", {
      once = true,
      callback = function()
        M.start()
      end,
    })
  end
end

local actions = {
  accept = "accept",
  word = "accept_word",
  line = "accept_line",
  next = "next",
  previous = "previous",
  dismiss = "dismiss",
  trigger = "trigger",
}

--- Return a function for an `<expr>` mapping: what it does, or else what the key does otherwise.
---@param name string `accept`, `word`, `line`, `next`, `previous`, `dismiss` or `trigger`
---@param key? string
---@return fun(): string
function M.key(name, key)
  local action = actions[name]
  if not action then
    vim.notify(("assist: there is no action `%s` for a key; see :help assist-keys"):format(name), vim.log.levels.WARN)
    return function()
      return key or ""
    end
  end
  return function()
    local done = require("assist.ghost")[action]()
    return done == false and key or ""
  end
end

--- Take the suggestion; false if there is none.
---@return boolean
function M.accept()
  return require("assist.ghost").accept()
end

--- A few words for a statusline.
---@return string
function M.statusline()
  return require("assist.status").text()
end

return M
