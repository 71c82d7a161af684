--- A server that ends by itself is started again, later each time, and not for ever; the user is told.
local config = require("assist.config")
local status = require("assist.status")

local M = {}

local window_ms = 3 * 60 * 1000
local first_ms, longest_ms = 500, 30 * 1000

---@type table<string, uv.uv_timer_t> by folder
local timers = {}

--- Return how long to wait before the next start.
---@param count integer how often it has ended lately
---@return integer milliseconds
function M.delay(count)
  return math.min(longest_ms, first_ms * 2 ^ (count - 1))
end

--- Say why a process ended.
---@param code integer
---@param signal integer
---@return string
function M.how(code, signal)
  return signal ~= 0 and ("signal %d"):format(signal) or ("exit status %d"):format(code)
end

--- Take in that a server has ended by itself.
---@param item assist.Server
---@param code integer
---@param signal integer
---@param start fun(item: assist.Server): string|nil
function M.ended(item, code, signal, start)
  local now = vim.uv.now()
  item.ended = vim.tbl_filter(function(at)
    return now - at < window_ms
  end, item.ended)
  table.insert(item.ended, now)
  local count = #item.ended
  if count > config.get().restarts then
    item.wanted = false
    status.line(item.root, "assist: stopped")
    local say = "assist: the server ended %d times (%s) and is left alone; "
    local act = ":AssistLog tells why, :AssistRestart starts it"
    vim.notify(say:format(count, M.how(code, signal)) .. act, vim.log.levels.ERROR)
    return
  end
  local delay = M.delay(count)
  status.line(item.root, "assist: restarting")
  local say = "assist: the server ended (%s); it starts again%s"
  local later = delay < 1000 and "" or (" in %d s"):format(delay / 1000)
  vim.notify(say:format(M.how(code, signal), later), vim.log.levels.WARN)
  timers[item.root] = vim.defer_fn(function()
    timers[item.root] = nil
    local problem = start(item)
    if problem then
      vim.notify("assist: " .. problem, vim.log.levels.ERROR)
    end
  end, delay)
end

--- Return whether a start is on its way.
---@param item assist.Server
---@return boolean
function M.is_pending(item)
  return timers[item.root] ~= nil
end

--- Do not start it again by itself.
---@param item assist.Server
function M.forget(item)
  local timer = timers[item.root]
  timers[item.root] = nil
  if timer and not timer:is_closing() then
    timer:stop()
    timer:close()
  end
end

--- Return whether a server that has begun is one that had ended before.
---@param item assist.Server
---@return boolean
function M.came_back(item)
  return #item.ended > 0
end

return M
