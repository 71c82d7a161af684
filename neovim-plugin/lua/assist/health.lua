--- `:checkhealth assist`: Neovim, the options, the server and what it says of itself.
local M = {}

local health = vim.health

local function check_neovim()
  health.start("Neovim")
  local version = tostring(vim.version())
  if vim.fn.has("nvim-0.10") == 0 then
    health.error(("Neovim %s is too old"):format(version), { "use Neovim 0.10 or newer" })
  else
    health.ok("Neovim " .. version)
  end
  if vim.lsp.inline_completion then
    health.info("`vim.lsp.inline_completion` is there; where you enable it, it shows the suggestions")
  end
end

local function check_options()
  health.start("Options")
  local config = require("assist.config")
  config.get()
  local problems = config.mistakes
  if #problems == 0 then
    health.ok("they are all known")
  else
    health.warn(table.concat(problems, "; "), { "see :help assist-options" })
  end
end

---@param root string
local function check_server(root)
  health.start("Server")
  local server, options = require("assist.server"), require("assist.config").get()
  local found, problem = server.find(root, options)
  if not found then
    health.error(problem, { "see :help assist-server" })
    return
  end
  health.ok(("%s, from %s"):format(table.concat(found.cmd, " "), found.from))
  local done = vim.system({ found.cmd[1], "--version" }, { text = true, timeout = 10000 }):wait()
  if done.code == 0 then
    health.ok(vim.trim(done.stdout))
  elseif not options.cmd then
    local advice = { "run it in a terminal; install it again" }
    health.error(("`%s --version` ended with %d"):format(found.cmd[1], done.code), advice)
  end
  local own = server.in_workspace(root)
  if own and not server.is_trusted(root, options.trusted) then
    health.info(own .. " is not used: the folder is not in the option `trusted`")
  end
end

local function check_running()
  health.start("Running servers")
  local count = 0
  for root, item in pairs(require("assist.client").servers()) do
    local status = item.client_id and require("assist.status").of(item.client_id)
    if status then
      count = count + 1
      local say = ("%s: %s (version %s)"):format(root, status.text, item.version or "unknown")
      if status.health == "ok" then
        health.ok(say)
      else
        health.warn(("%s: %s"):format(say, status.message))
      end
    elseif #item.ended > 0 then
      health.error(("%s: it ended %d times"):format(root, #item.ended), { ":AssistLog tells why", ":AssistRestart" })
    end
  end
  if count == 0 then
    health.info("none; one starts with the first file of a repository, or the first command")
  end
end

--- Check everything.
function M.check()
  check_neovim()
  check_options()
  check_server(require("assist.client").folder())
  check_running()
end

return M
