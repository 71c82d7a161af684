--- The connection to the server: one for each workspace folder, started when needed, and requests to it.
--- What the protocol has a method for (diagnostics, code actions, symbols, progress) is left to `vim.lsp`.
local config = require("assist.config")
local log = require("assist.log")
local restart = require("assist.restart")
local server = require("assist.server")
local status = require("assist.status")

local M = {}

---@class assist.Server
---@field root string
---@field client_id? integer
---@field found? assist.Found
---@field version? string what the server says of its version
---@field buffers table<integer, true> those that it is to have
---@field waiting (fun(client: vim.lsp.Client|nil, problem: string|nil))[]
---@field ended string[] when and how it ended by itself
---@field wanted boolean

---@type table<string, assist.Server>
local servers = {}
---@type table<string|integer, fun(value: any)> by token of partial results
local listeners = {}
local tokens = 0
local request_failed = -32803

--- Return whether a buffer shows a file that a server may have.
---@param buffer integer
---@return boolean
local function is_file(buffer)
  return vim.api.nvim_buf_is_loaded(buffer)
    and vim.bo[buffer].buftype == ""
    and vim.api.nvim_buf_get_name(buffer) ~= ""
    and not vim.api.nvim_buf_get_name(buffer):match("^%a[%w+.-]+://")
end

--- Return the workspace folder of a buffer; nil for a file that is in none.
---@param buffer integer
---@return string|nil
function M.root(buffer)
  local of_answer = vim.b[buffer].assist_root
  if of_answer then
    return of_answer
  end
  if not is_file(buffer) then
    return nil
  end
  local root = vim.fs.root(buffer, config.get().root_markers)
  local here = vim.fs.normalize(vim.fn.getcwd())
  local name = vim.fs.normalize(vim.api.nvim_buf_get_name(buffer))
  if not root and server.inside(name, here) and here ~= vim.fs.normalize(vim.uv.os_homedir() or "") then
    root = servers[here] and here or nil
  end
  return root and vim.fs.normalize(root) or nil
end

--- Return the folder that a command is about: the current buffer's, else the current directory.
---@param buffer? integer
---@return string
function M.folder(buffer)
  local here = vim.fs.normalize(vim.fn.getcwd())
  return M.root(buffer or vim.api.nvim_get_current_buf()) or vim.fs.root(here, config.get().root_markers) or here
end

--- Return the client of a server, if it runs.
---@param item assist.Server|nil
---@return vim.lsp.Client|nil
local function running(item)
  local client = item and item.client_id and vim.lsp.get_client_by_id(item.client_id)
  if client and client.initialized and not client.is_stopped(client) then
    return client
  end
end

--- Return the client of a buffer, if it runs.
---@param buffer? integer
---@return vim.lsp.Client|nil
function M.of(buffer)
  local root = M.root(buffer or vim.api.nvim_get_current_buf())
  return root and running(servers[root]) or nil
end

--- Return what is known of the servers, by folder.
---@return table<string, assist.Server>
function M.servers()
  return servers
end

--- Return the server's settings as it is to be told.
---@return table
function M.settings()
  local settings = config.get().settings
  return { assist = next(settings) and settings or vim.empty_dict() }
end

--- Return the encoding of columns that was agreed on with the server of a folder.
---@param root string
---@return string
function M.encoding(root)
  local client = running(servers[root])
  return client and client.offset_encoding or "utf-16"
end

---@return table<string, function>
local function handlers()
  local progress = vim.lsp.handlers["$/progress"]
  local show = vim.lsp.handlers["window/showMessage"]
  local diagnostic = vim.lsp.handlers["textDocument/diagnostic"]
  return {
    -- While a file is read anew, Neovim asks about it although it is closed; the user need not know.
    ["textDocument/diagnostic"] = function(err, ...)
      if not err or err.code ~= request_failed then
        return diagnostic(err, ...)
      end
    end,
    ["$/progress"] = function(err, params, context)
      local listener = params and listeners[params.token]
      if listener then
        listener(params.value)
        return nil
      end
      return progress(err, params, context)
    end,
    ["assist/serverStatus"] = function(_, params, context)
      status.take(context.client_id, params)
    end,
    ["window/logMessage"] = function(_, params)
      log.add(params.message)
    end,
    ["window/showMessage"] = function(err, params, context)
      if not params or context == nil then
        return show(err, params, context)
      end
      local levels = { vim.log.levels.ERROR, vim.log.levels.WARN, vim.log.levels.INFO, vim.log.levels.DEBUG }
      vim.notify("assist: " .. params.message:gsub("^assist: ", ""), levels[params.type] or vim.log.levels.INFO)
    end,
  }
end

---@return table
local function capabilities()
  local can = vim.lsp.protocol.make_client_capabilities()
  can.textDocument.inlineCompletion = { dynamicRegistration = false }
  can.experimental = vim.tbl_extend("force", can.experimental or {}, { serverStatusNotification = true })
  return can
end

---@param item assist.Server
---@param client vim.lsp.Client|nil
---@param problem? string
local function answer_waiting(item, client, problem)
  local waiting = item.waiting
  item.waiting = {}
  for _, callback in ipairs(waiting) do
    callback(client, problem)
  end
end

---@param item assist.Server
---@param client vim.lsp.Client
---@param result table
local function begun(item, client, result)
  item.version = (result.serverInfo or {}).version
  status.line(item.root, nil)
  for buffer in pairs(item.buffers) do
    if is_file(buffer) then
      vim.lsp.buf_attach_client(buffer, client.id)
    else
      item.buffers[buffer] = nil
    end
  end
  if restart.came_back(item) then
    vim.notify("assist: the server is back", vim.log.levels.INFO)
  end
  answer_waiting(item, client)
end

--- Start the server of a folder.
---@param item assist.Server
---@return string|nil problem
local function start(item)
  local options = config.get()
  local found, problem = server.find(item.root, options)
  item.found, item.wanted = found, found ~= nil
  if not found then
    status.line(item.root, "assist: not started")
    return problem
  end
  local client_id
  local settings = {
    name = "assist",
    cmd = found.cmd,
    cmd_env = options.cmd_env,
    cmd_cwd = item.root,
    root_dir = item.root,
    workspace_folders = { { uri = vim.uri_from_fname(item.root), name = vim.fs.basename(item.root) } },
    settings = M.settings(),
    capabilities = capabilities(),
    handlers = handlers(),
    commands = {
      ["assist.recipe.run"] = function(command, context)
        require("assist.recipes").run_action(command.arguments[1], context.bufnr)
      end,
    },
    on_init = function(client, result)
      vim.schedule(function()
        begun(item, client, result)
      end)
    end,
    on_exit = vim.schedule_wrap(function(code, signal)
      log.add(("the server of %s ended: %s"):format(item.root, restart.how(code, signal)))
      status.take(client_id, nil)
      if item.client_id ~= client_id then
        return -- another one has taken its place
      end
      item.client_id = nil
      if item.wanted and vim.v.exiting == vim.NIL then
        restart.ended(item, code, signal, start)
      end
      if not item.wanted then
        answer_waiting(item, nil, "the server ended; :AssistLog tells why")
      end
    end),
  }
  status.line(item.root, "assist: starting")
  log.add(("starting %s for %s"):format(table.concat(found.cmd, " "), item.root))
  if vim.fn.has("nvim-0.11") == 1 then
    client_id = vim.lsp.start(settings, { attach = false })
  else
    client_id = vim.lsp.start_client(settings)
  end
  item.client_id = client_id
  if client_id == nil then
    status.line(item.root, "assist: not started")
    return ("%s cannot be started"):format(table.concat(found.cmd, " "))
  end
end

---@param root string
---@return assist.Server
local function server_of(root)
  servers[root] = servers[root]
    or { root = root, buffers = {}, waiting = {}, ended = {}, wanted = false }
  return servers[root]
end

--- Give a buffer to the server of its folder, and start that where needed.
---@param buffer integer
function M.attach(buffer)
  if not is_file(buffer) then
    return
  end
  local root = M.root(buffer)
  if not root then
    return
  end
  local item = server_of(root)
  item.buffers[buffer] = true
  local client = running(item)
  if client then
    vim.lsp.buf_attach_client(buffer, client.id)
  elseif not item.client_id and not item.wanted and #item.ended == 0 and not item.problem_told then
    local problem = start(item)
    if problem then
      item.problem_told = true
      vim.notify("assist: " .. problem, vim.log.levels.WARN)
    end
  end
end

--- Attach all buffers that are loaded.
function M.attach_all()
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    M.attach(buffer)
  end
end

--- Call back with the client of a folder, started if needed; with nil and what is wrong if there is none.
---@param root string
---@param callback fun(client: vim.lsp.Client|nil, problem: string|nil)
function M.with(root, callback)
  local item = server_of(root)
  local client = running(item)
  if client then
    return callback(client)
  end
  item.waiting[#item.waiting + 1] = callback
  if not item.client_id and not restart.is_pending(item) then
    local problem = start(item)
    if problem then
      answer_waiting(item, nil, problem)
    end
  end
end

---@class assist.Running
---@field cancel fun() ends it; the connection to the model closes

---@param client vim.lsp.Client
---@param id integer
local function cancel_request(client, id)
  if vim.fn.has("nvim-0.11") == 1 then
    client:cancel_request(id)
  else
    client.cancel_request(id)
  end
end

--- Send a request to the server of a folder.
---@param root string
---@param method string
---@param params table
---@param done fun(err: string|nil, result: any, code: integer|nil) called once, with code -32800 after `cancel`
---@param each? fun(value: any) called with partial results as they come
---@return assist.Running
function M.request(root, method, params, done, each)
  local handle, token, sent_to, id, over = {}, nil, nil, nil, false
  local function finish(...)
    if not over then
      over = true
      if token then
        listeners[token] = nil
      end
      done(...)
    end
  end
  function handle.cancel() -- Neovim leaves out the answer to a request that was cancelled
    if sent_to and not over then
      cancel_request(sent_to, id)
    end
    finish("cancelled", nil, -32800)
  end
  M.with(root, function(client, problem)
    if over then
      return
    elseif not client then
      return finish(problem or "there is no server")
    end
    if each then
      tokens = tokens + 1
      token = "assist-nvim-" .. tokens
      listeners[token] = each
      params = vim.tbl_extend("force", params, { partialResultToken = token })
    end
    local sent
    sent, id = M.send(client, method, params, function(err, result)
      finish(err and (err.message or tostring(err)), result, err and err.code)
    end)
    sent_to = client
    if not sent then
      finish("the server does not run; :AssistRestart starts it")
    end
  end)
  return handle
end

--- Send a request on a connection, on any version of Neovim.
---@param client vim.lsp.Client
---@param method string
---@param params table
---@param handler function
---@param buffer? integer
---@return boolean sent, integer|nil id
function M.send(client, method, params, handler, buffer)
  if next(params) == nil then
    params = vim.empty_dict()
  end
  if vim.fn.has("nvim-0.11") == 1 then
    return client:request(method, params, handler, buffer)
  end
  return client.request(method, params, handler, buffer)
end

--- Send a notification.
---@param client vim.lsp.Client
---@param method string
---@param params table
function M.notify(client, method, params)
  if vim.fn.has("nvim-0.11") == 1 then
    client:notify(method, params)
  else
    client.notify(method, params)
  end
end

--- Change a setting of the server until Neovim ends.
---@param path string such as `chat.model`
---@param value any
function M.set(path, value)
  local settings = config.get().settings
  local at, keys = settings, vim.split(path, ".", { plain = true })
  for index = 1, #keys - 1 do
    at[keys[index]] = at[keys[index]] or {}
    at = at[keys[index]]
  end
  at[keys[#keys]] = value
  for _, item in pairs(servers) do
    local client = running(item)
    if client then
      client.settings = M.settings()
      M.notify(client, "workspace/didChangeConfiguration", { settings = client.settings })
    end
  end
end

--- Start the server of a folder anew, or begin to.
---@param root string
function M.restart(root)
  local item = server_of(root)
  local client = item.client_id and vim.lsp.get_client_by_id(item.client_id)
  item.ended, item.problem_told = {}, nil
  restart.forget(item)
  item.client_id = nil
  if client then
    status.take(client.id, nil)
    if vim.fn.has("nvim-0.11") == 1 then
      client:stop()
    else
      client.stop()
    end
  end
  local problem = start(item)
  local level = problem and vim.log.levels.WARN or vim.log.levels.INFO
  vim.notify("assist: " .. (problem or "starting the server anew"), level)
end

return M
