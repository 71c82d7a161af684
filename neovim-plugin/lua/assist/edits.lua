--- Proposed changes: shown beside the file as a diff, and taken or rejected, as a whole or by hunk.
--- The file is changed by the server's `workspace/applyEdit` alone, and never saved.
local ask = require("assist.ask")
local client = require("assist.client")

local M = {}

---@class assist.Review
---@field root string
---@field proposal assist.EditProposal
---@field left table<integer, true> hunks that are neither taken nor rejected
---@field taken table<integer, true>
---@field before string[] the file's lines as they were
---@field file integer buffer
---@field buffer integer of the proposal
---@field queue (fun())[]|nil what the user wants next, while the server is at work
---@field starts table<integer, { first: integer, last: integer }> lines of hunks in it, from 1

---@type assist.Review|nil
local review

--- Write the file as it would be with what is left and what is taken.
local function render()
  local at = review --[[@as assist.Review]]
  local changes, starts, shift = {}, {}, 0
  for _, hunk in ipairs(at.proposal.hunks) do
    if at.left[hunk.index] or at.taken[hunk.index] then
      changes[#changes + 1] = { range = hunk.range, newText = hunk.newText }
      local lines = select(2, hunk.newText:gsub("\n", ""))
      local first = hunk.range.start.line + 1 + shift
      starts[hunk.index] = { first = first, last = math.max(first, first + lines - 1) }
      shift = shift + lines - (hunk.range["end"].line - hunk.range.start.line)
    end
  end
  at.starts = starts
  vim.bo[at.buffer].modifiable = true
  vim.api.nvim_buf_set_lines(at.buffer, 0, -1, false, at.before)
  vim.lsp.util.apply_text_edits(changes, at.buffer, client.encoding(at.root))
  vim.bo[at.buffer].modifiable = false
  vim.bo[at.buffer].modified = false
  vim.cmd("diffupdate")
end

--- Leave the view.
local function close()
  local at = review
  review = nil
  if not at then
    return
  end
  for _, window in ipairs(vim.fn.win_findbuf(at.file)) do
    vim.api.nvim_win_call(window, function()
      vim.cmd("diffoff")
    end)
  end
  if vim.api.nvim_buf_is_valid(at.buffer) then
    vim.api.nvim_buf_delete(at.buffer, { force = true })
  end
end

--- Return the hunk under the cursor, or the nearest one.
---@return integer|nil
local function hunk_here()
  local at = review --[[@as assist.Review]]
  local line = vim.api.nvim_win_get_cursor(0)[1]
  local best, distance
  for index in pairs(at.left) do
    local place = at.starts[index]
    local away = line < place.first and place.first - line or math.max(0, line - place.last)
    if not distance or away < distance or (away == distance and index < best) then
      best, distance = index, away
    end
  end
  return best
end

---@param hunks integer[]
local function apply(hunks)
  local at = review --[[@as assist.Review]]
  local params = { id = at.proposal.id, hunks = hunks }
  at.queue = {}
  client.request(at.root, "assist/edit/apply", params, function(problem, result)
    local queue = at.queue or {}
    at.queue = nil
    if problem or not result.applied then
      local why = problem or result.reason
      vim.notify("assist: the change was not made: " .. why, vim.log.levels.ERROR)
    elseif review == at then
      local left = {}
      for _, index in ipairs(result.left) do
        left[index] = at.left[index]
      end
      for index in pairs(at.left) do
        at.taken[index] = not left[index] or nil
      end
      at.left = left
      if next(left) == nil then
        close()
        vim.notify("assist: the change is made; u takes it back, :write keeps it", vim.log.levels.INFO)
      else
        render()
      end
    end
    for _, action in ipairs(queue) do
      if review == at then
        action()
      end
    end
  end)
end

--- Do something with the proposal: now, or when the server has done what was wanted before.
---@param action fun()
local function with_review(action)
  if not review then
    vim.notify("assist: no change is proposed", vim.log.levels.WARN)
  elseif review.queue then
    table.insert(review.queue, function()
      with_review(action)
    end)
  else
    action()
  end
end

--- Take the proposed change, or what is left of it.
function M.accept()
  with_review(function()
    local left = vim.tbl_keys(review.left)
    table.sort(left)
    apply(left)
  end)
end

--- Take the hunk under the cursor of the proposal.
function M.accept_hunk()
  with_review(function()
    apply({ hunk_here() })
  end)
end

--- Reject what is left of the proposed change.
function M.reject()
  with_review(function()
    client.request(review.root, "assist/edit/reject", { id = review.proposal.id }, function() end)
    close()
    vim.notify("assist: the change is rejected", vim.log.levels.INFO)
  end)
end

--- Reject the hunk under the cursor of the proposal.
function M.reject_hunk()
  with_review(function()
    review.left[hunk_here()] = nil
    if next(review.left) == nil then
      M.reject()
    else
      render()
    end
  end)
end

---@param buffer integer
local function keys(buffer)
  local function map(key, action, text)
    vim.keymap.set("n", key, action, { buffer = buffer, desc = text, nowait = true })
  end
  map("<CR>", M.accept_hunk, "take this hunk")
  map("a", M.accept, "take all")
  map("x", M.reject_hunk, "reject this hunk")
  map("q", M.reject, "reject all")
end

--- Say what is to be known of a proposal.
---@param proposal assist.EditProposal
local function notes(proposal)
  local said = {}
  for _, copy in ipairs(proposal.copies or {}) do
    local say = "lines %d-%d are copied from %s, %s (%s); your policy: %s"
    said[#said + 1] = say:format(copy.startLine, copy.endLine, copy.source, copy.path, copy.licence, copy.verdict)
  end
  vim.list_extend(said, proposal.notes or {})
  if proposal.command and proposal.command ~= "" then
    said[#said + 1] = "run the tests with: " .. proposal.command
  end
  for _, text in ipairs(said) do
    vim.notify("assist: " .. text, vim.log.levels.WARN)
  end
end

--- Show a proposal beside its file.
---@param root string
---@param proposal assist.EditProposal
function M.show(root, proposal)
  close()
  local file = vim.uri_to_bufnr(proposal.uri)
  vim.fn.bufload(file)
  vim.bo[file].buflisted = true
  local window = vim.fn.bufwinid(file)
  if window ~= -1 then
    vim.api.nvim_set_current_win(window)
  else
    require("assist.positions").open(proposal.uri, proposal.hunks[1].range.start.line)
  end
  local buffer = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_name(buffer, "assist://edit/" .. proposal.id .. "/" .. proposal.path)
  vim.b[buffer].assist_root = root
  vim.bo[buffer].bufhidden = "wipe"
  vim.bo[buffer].filetype = vim.bo[file].filetype
  review = {
    root = root,
    proposal = proposal,
    left = {},
    taken = {},
    before = vim.api.nvim_buf_get_lines(file, 0, -1, false),
    file = file,
    buffer = buffer,
    starts = {},
  }
  for _, hunk in ipairs(proposal.hunks) do
    review.left[hunk.index] = true
  end
  vim.cmd("diffthis")
  vim.cmd("rightbelow vertical split")
  vim.api.nvim_win_set_buf(0, buffer)
  vim.wo[0][0].winbar = " proposed: <CR> take hunk, a all, x reject hunk, q all"
  render()
  vim.cmd("diffthis")
  local first = review.starts[proposal.hunks[1].index].first
  vim.api.nvim_win_set_cursor(0, { math.min(first, vim.api.nvim_buf_line_count(buffer)), 0 })
  keys(buffer)
  notes(proposal)
end

--- Have a model change lines as told.
---@param instruction? string
---@param range? { first: integer, last: integer }
---@param options? { model?: string, backend?: string }
function M.edit(instruction, range, options)
  local buffer, window = vim.api.nvim_get_current_buf(), vim.api.nvim_get_current_win()
  local root = client.folder(buffer)
  ask.with_text(instruction, "Change: ", function(text)
    local selection = require("assist.recipes").selection(buffer, window, range)
    vim.notify("assist: at work; :AssistStop ends it", vim.log.levels.INFO)
    local params = vim.tbl_extend("force", options or {}, { selection = selection, instruction = text })
    M.running = client.request(root, "assist/edit/propose", params, function(problem, result, code)
      M.running = nil
      if problem and code ~= -32800 then
        vim.notify("assist: " .. problem, vim.log.levels.ERROR)
      elseif result then
        M.show(root, result)
      end
    end, function() end)
  end)
end

--- End the change that is being made up.
---@return boolean
function M.stop()
  if M.running then
    M.running.cancel()
    M.running = nil
    return true
  end
  return false
end

return M
