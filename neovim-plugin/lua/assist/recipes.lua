--- `:AssistRun`: recipes on ranges, documents and changes. Answers are shown, findings listed, edits proposed.
local answer = require("assist.answer")
local ask = require("assist.ask")
local client = require("assist.client")
local config = require("assist.config")
local edits = require("assist.edits")

local M = {}

---@type table<string, assist.RecipeInfo[]> by folder
local known = {}

--- Completing a command line waits so long for the list of recipes.
local patience_ms = 2000

--- Call back with the recipes of a folder.
---@param root string
---@param continue fun(recipes: assist.RecipeInfo[])
---@param failed? fun(problem: string) without it the problem is told
function M.list(root, continue, failed)
  if known[root] then
    return continue(known[root])
  end
  client.request(root, "assist/recipes/list", { folder = vim.uri_from_fname(root) }, function(problem, result)
    if problem and failed then
      return failed(problem)
    elseif problem then
      return vim.notify("assist: " .. problem, vim.log.levels.ERROR)
    end
    known[root] = result.recipes
    if #(result.problems or {}) > 0 then
      vim.notify("assist: " .. table.concat(result.problems, "; "), vim.log.levels.WARN)
    end
    continue(result.recipes)
  end)
end

--- Return the recipes of a folder whose names begin so.
---@param lead string
---@param root string
---@return assist.RecipeInfo[]
function M.beginning(lead, root)
  known[root] = nil -- recipes are files that the user may just have written
  if client.servers()[root] and client.servers()[root].client_id then
    M.list(root, function() end)
    vim.wait(patience_ms, function()
      return known[root] ~= nil
    end, 10)
  end
  return vim.tbl_filter(function(recipe)
    return vim.startswith(recipe.name, lead)
  end, known[root] or {})
end

--- Return the names of the recipes that begin so.
---@param lead string
---@return string[]
function M.complete(lead)
  return vim.tbl_map(function(recipe)
    return recipe.name
  end, M.beginning(lead, client.folder()))
end

--- List what was found.
---@param name string
---@param findings assist.RecipeFinding[]
local function list(name, findings)
  local items = vim.tbl_map(function(finding)
    return {
      filename = vim.uri_to_fname(finding.uri),
      lnum = finding.range.start.line + 1,
      text = finding.text,
      type = "W",
    }
  end, findings)
  vim.fn.setqflist({}, " ", { title = "assist: " .. name, items = items })
  vim.cmd("botright copen")
end

--- Put a message for a commit into the buffer, if it is one for that.
---@param buffer integer
---@param text string
---@return boolean
local function into_commit(buffer, text)
  if not vim.api.nvim_buf_is_valid(buffer) or vim.bo[buffer].filetype ~= "gitcommit" then
    return false
  end
  vim.api.nvim_buf_set_lines(buffer, 0, 0, false, vim.split(vim.trim(text), "\n", { plain = true }))
  return true
end

---@param recipe assist.RecipeInfo
---@param params table
---@param from integer the buffer that it was called in
local function run(recipe, params, from)
  local root = client.folder(from)
  local writer
  local function begin()
    if writer then
      return
    end
    local buffer = answer.buffer("assist://answer", root)
    answer.show(buffer, config.get().chat.window)
    vim.bo[buffer].modifiable = true
    vim.api.nvim_buf_set_lines(buffer, 0, -1, false, { "## " .. recipe.name, "", "" })
    vim.bo[buffer].modifiable = false
    ask.keys(buffer)
    vim.cmd("normal! G")
    writer = answer.writer(buffer)
  end
  if recipe.mode == "answer" then
    begin()
  else
    vim.notify(("assist: %s is at work; :AssistStop ends it"):format(recipe.name), vim.log.levels.INFO)
  end
  local streamed = false
  local running = client.request(root, "assist/recipes/run", params, function(problem, result, code)
    M.running = nil
    if problem then
      if writer then
        writer:append(code == -32800 and "\n\n_stopped_" or "\n\n**" .. problem .. "**")
      elseif code ~= -32800 then
        vim.notify("assist: " .. problem, vim.log.levels.ERROR)
      end
      return
    end
    if result.edit then
      edits.show(root, result.edit)
    elseif result.outcome == "findings" and #(result.findings or {}) > 0 then
      list(recipe.name, result.findings)
    elseif not into_commit(from, result.text) then
      begin()
      if not streamed then
        writer:append(result.text)
      end
      writer:finish({ notes = result.notes, checked = result.citations, summary = result.sent })
      return
    end
    if #(result.notes or {}) > 0 then
      vim.notify("assist: " .. table.concat(result.notes, "; "), vim.log.levels.INFO)
    end
  end, function(event)
    if writer then
      streamed = streamed or event.text ~= nil
      writer:event(event)
    end
  end)
  M.running = running
end

--- End the recipe that is at work.
---@return boolean
function M.stop()
  if M.running then
    M.running.cancel()
    M.running = nil
    return true
  end
  return false
end

--- Call back with a recipe by its name, or one that the user chooses.
---@param root string
---@param name string|nil
---@param continue fun(recipe: assist.RecipeInfo)
local function chosen(root, name, continue)
  M.list(root, function(recipes)
    if name then
      local wanted = name:match("([^:]*)$")
      for _, recipe in ipairs(recipes) do
        if recipe.name == wanted then
          return continue(recipe)
        end
      end
      local say = 'assist: there is no recipe "%s"; :AssistRun <Tab> shows them'
      return vim.notify(say:format(name), vim.log.levels.ERROR)
    end
    vim.ui.select(recipes, {
      prompt = "Recipes",
      format_item = function(recipe)
        return ("%s: %s"):format(recipe.name, recipe.description)
      end,
    }, function(recipe)
      if recipe then
        continue(recipe)
      end
    end)
  end)
end

--- Run a recipe; without a name, choose one.
---@param name? string
---@param instruction? string
---@param range? { first: integer, last: integer } lines of the current buffer; the definition at the cursor without
---@param options? { model?: string, backend?: string }
function M.run(name, instruction, range, options)
  local buffer, window = vim.api.nvim_get_current_buf(), vim.api.nvim_get_current_win()
  chosen(client.folder(buffer), name, function(recipe)
    local params = vim.tbl_extend("force", options or {}, { recipe = name or recipe.name })
    local is_file = client.root(buffer) and vim.bo[buffer].buftype == ""
    if is_file and (recipe.needsTarget or range) then
      params.selection = M.selection(buffer, window, range)
    end
    params.instruction = instruction and instruction:match("%S") and instruction or nil
    run(recipe, params, buffer)
  end)
end

--- Run the recipe of a code action or lens.
---@param params assist.RecipeRunParams
---@param buffer integer
function M.run_action(params, buffer)
  chosen(client.folder(buffer), params.recipe, function(recipe)
    run(recipe, params, buffer)
  end)
end

--- Return what a recipe works on.
---@param buffer integer
---@param window integer
---@param range? { first: integer, last: integer }
---@return assist.Selection
function M.selection(buffer, window, range)
  if range then
    return ask.selection(range.first, range.last, buffer)
  end
  return {
    uri = vim.uri_from_bufnr(buffer),
    range = require("assist.positions").cursor(window, client.encoding(client.folder(buffer))),
  }
end

return M
