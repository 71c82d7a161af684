--- Whether a hand rests, by how it types: longer than it usually takes from key to key.
--- The server waits by the same rule before it asks a model. Times are milliseconds of a clock that the caller reads.
local M = {}

local FACTOR = 1.5
local MOST_MS = 400
--- Between the keys of a practised typist; used until the user's own are known.
local FIRST_INTERVAL_MS = 150
--- A longer interval is thinking, not typing.
local PAUSE_MS = 2000
--- One key may be reported as several changes.
local SAME_KEY_MS = 15
local KEPT = 20
--- At the beginning of a line the user more often waits for a suggestion than types on.
local LINE_START_SHARE = 0.5

local intervals = {} ---@type number[]
local last = -math.huge

--- A key was pressed.
---@param now number
function M.typed(now)
  local interval = now - last
  if interval < SAME_KEY_MS then
    return
  end
  last = now
  if interval < PAUSE_MS then
    table.insert(intervals, interval)
    if #intervals > KEPT then
      table.remove(intervals, 1)
    end
  end
end

--- Return the milliseconds after a key until the hand rests.
---@param least number
---@param at_line_start boolean
---@return integer
function M.rest(least, at_line_start)
  local sorted = vim.deepcopy(intervals)
  table.sort(sorted)
  local usual = sorted[math.floor(#sorted / 2) + 1] or FIRST_INTERVAL_MS
  local wanted = usual * FACTOR * (at_line_start and LINE_START_SHARE or 1)
  return math.floor(math.max(least, math.min(MOST_MS, wanted)))
end

return M
