--- `:AssistSearch`: ranked places in the quickfix list, in `vim.ui.select`, or in telescope or fzf-lua.
local ask = require("assist.ask")
local client = require("assist.client")
local config = require("assist.config")
local positions = require("assist.positions")

local M = {}

--- Make an entry of the quickfix list.
---@param hit assist.Hit
---@param encoding string
---@return table
function M.item(hit, encoding)
  local target, column = hit.target.start.line, 0
  local text = hit.name ~= "" and (hit.kind .. " " .. hit.name) or ""
  for _, line in ipairs(hit.lines) do
    if line.line == target then
      text = vim.trim(line.text)
      column = positions.byte(line.text, hit.target.start.character, encoding)
    end
  end
  return {
    filename = vim.uri_to_fname(hit.uri),
    lnum = target + 1,
    col = column + 1,
    text = text .. (hit.reason ~= "" and ("  [" .. hit.reason .. "]") or ""),
    user_data = { path = hit.path, reason = hit.reason },
  }
end

---@param query string
---@param items table[]
local function quickfix(query, items)
  vim.fn.setqflist({}, " ", { title = "assist: " .. query, items = items })
  vim.cmd("botright copen")
end

---@param item table
local function go(item)
  positions.open(vim.uri_from_fname(item.filename), item.lnum - 1, item.col - 1)
end

---@param item table
local function label(item)
  return ("%s:%d  %s"):format(item.user_data.path, item.lnum, item.text)
end

---@param query string
---@param items table[]
local function select(query, items)
  vim.ui.select(items, { prompt = "assist: " .. query, format_item = label, kind = "assist" }, function(chosen)
    if chosen then
      go(chosen)
    end
  end)
end

---@param query string
---@param items table[]
local function telescope(query, items)
  local values = require("telescope.config").values
  local finder = require("telescope.finders").new_table({
    results = items,
    entry_maker = function(item)
      return {
        value = item,
        display = label(item),
        ordinal = label(item),
        filename = item.filename,
        lnum = item.lnum,
        col = item.col,
      }
    end,
  })
  require("telescope.pickers")
    .new({}, {
      prompt_title = "assist: " .. query,
      finder = finder,
      previewer = values.grep_previewer({}),
      sorter = values.generic_sorter({}),
    })
    :find()
end

---@param query string
---@param items table[]
local function fzf_lua(query, items)
  local lines = vim.tbl_map(function(item)
    return ("%s:%d:%d: %s"):format(item.user_data.path, item.lnum, item.col, item.text)
  end, items)
  require("fzf-lua").fzf_exec(lines, {
    prompt = "assist: " .. query .. "> ",
    cwd = client.folder(),
    previewer = "builtin",
    actions = require("fzf-lua").defaults.actions.files,
  })
end

local ways = { quickfix = quickfix, select = select, telescope = telescope, ["fzf-lua"] = fzf_lua }

--- Return how results are shown: as asked, or with the best picker that there is.
---@param pick boolean
---@return string
function M.way(pick)
  local wanted = config.get().search.show
  if not pick then
    return ways[wanted] and wanted or "quickfix"
  end
  if wanted ~= "quickfix" and ways[wanted] then
    return wanted
  end
  for _, name in ipairs({ "telescope", "fzf-lua" }) do
    if pcall(require, name) then
      return name
    end
  end
  return "select"
end

--- Search, and show what is found.
---@param query? string
---@param options? { pick?: boolean, limit?: integer }
function M.search(query, options)
  options = options or {}
  local root = client.folder()
  ask.with_text(query, "Search: ", function(text)
    local params = { query = text, limit = options.limit }
    client.request(root, "assist/search", params, function(problem, result)
      if problem then
        return vim.notify("assist: " .. problem, vim.log.levels.ERROR)
      end
      if #result.results == 0 then
        return vim.notify("assist: " .. (result.notes[1] or "nothing found"), vim.log.levels.WARN)
      end
      local encoding = client.encoding(root)
      local items = vim.tbl_map(function(hit)
        return M.item(hit, encoding)
      end, result.results)
      ways[M.way(options.pick == true)](text, items)
      if #result.notes > 0 then
        vim.notify("assist: " .. table.concat(result.notes, "; "), vim.log.levels.INFO)
      end
    end)
  end)
end

return M
