-- Octobot in Neovim, without a plug-in: `octoctl acp` as a job, one JSON text a line.
--
--   :luafile octobot.lua             (or copy it to lua/octobot.lua and require("octobot"))
--   :Octobot Make the tests pass     sends a prompt; the answer goes to a buffer
--   :OctobotCancel                   ends the running turn
--   :OctobotCommit                   brings the work back as commits of your repository
--
-- g:octobot_command names another command line, such as {"octoctl", "acp", "--agent", "demo"}.
local M = { calls = {}, next = 1, queue = {} }
-- An empty Lua table would become an object.
M.none = vim.json.decode("[]")

local function append(text)
  if not (M.buffer and vim.api.nvim_buf_is_valid(M.buffer)) then
    M.buffer = vim.api.nvim_create_buf(true, true)
    vim.api.nvim_buf_set_name(M.buffer, "octobot://" .. M.buffer)
    vim.api.nvim_buf_set_option(M.buffer, "filetype", "markdown")
    vim.cmd("botright sbuffer " .. M.buffer)
  end
  local last = vim.api.nvim_buf_line_count(M.buffer)
  local line = vim.api.nvim_buf_get_lines(M.buffer, last - 1, last, false)[1]
  vim.api.nvim_buf_set_lines(M.buffer, last - 1, last, false, vim.split(line .. text, "\n", { plain = true }))
end

local function send(message)
  message.jsonrpc = "2.0"
  vim.fn.chansend(M.job, vim.json.encode(message) .. "\n")
end

local function call(method, params, done)
  local id = M.next
  M.next = id + 1
  M.calls[id] = done or function() end
  send({ id = id, method = method, params = params })
end

local function permission(message)
  local options = message.params.options
  M.choosing = message.id
  vim.ui.select(options, {
    prompt = message.params.toolCall.title or "Allow?",
    format_item = function(option) return option.name end,
  }, function(choice)
    if M.choosing ~= message.id then return end
    M.choosing = nil
    local outcome = choice and { outcome = "selected", optionId = choice.optionId } or { outcome = "cancelled" }
    send({ id = message.id, result = { outcome = outcome } })
  end)
end

local function update(news)
  local kind = news.sessionUpdate
  if kind == "agent_message_chunk" and news.content.type == "text" then
    append(news.content.text)
  elseif kind == "user_message_chunk" and news.content.type == "text" then
    append("\n> " .. news.content.text .. "\n\n")
  elseif kind == "tool_call" then
    append("\n- " .. (news.title or "tool"):gsub("\n", " ") .. "\n")
  end
end

local function take(line)
  local ok, message = pcall(vim.json.decode, line, { luanil = { object = true, array = true } })
  if not ok or type(message) ~= "table" then return end
  if message.method == nil then
    local done = M.calls[message.id]
    M.calls[message.id] = nil
    if message.error then append("\n" .. message.error.message .. "\n") end
    if done then done(message.result, message.error) end
  elseif message.method == "session/update" then
    update(message.params.update)
  elseif message.method == "session/request_permission" then
    permission(message)
  elseif message.method == "$/cancel_request" then
    if M.choosing == message.params.requestId then M.choosing = nil end
    append("\n(answered elsewhere)\n")
  elseif message.id ~= nil then
    send({ id = message.id, error = { code = -32601, message = "not here" } })
  end
end

local function start(ready)
  if M.session then return ready() end
  table.insert(M.queue, ready)
  if M.job then return end
  local rest = ""
  M.job = vim.fn.jobstart(vim.g.octobot_command or { "octoctl", "acp" }, {
    on_stdout = function(_, lines)
      lines[1] = rest .. lines[1]
      rest = table.remove(lines)
      for _, line in ipairs(lines) do
        if line ~= "" then take(line) end
      end
    end,
    on_exit = function() M.job, M.session, M.queue = nil, nil, {} end,
  })
  call("initialize", { protocolVersion = 1, clientCapabilities = { terminal = false } }, function()
    call("session/new", { cwd = vim.fn.getcwd(), mcpServers = M.none }, function(result)
      M.session = result and result.sessionId
      local queue = M.queue
      M.queue = {}
      for _, item in ipairs(M.session and queue or {}) do item() end
    end)
  end)
end

--- Sends a prompt; `done` gets the stop reason.
function M.prompt(text, done)
  start(function()
    append("\n> " .. text .. "\n\n")
    local prompt = { { type = "text", text = text } }
    call("session/prompt", { sessionId = M.session, prompt = prompt }, function(result)
      if done then done(result and result.stopReason) end
    end)
  end)
end

function M.cancel()
  if M.session then send({ method = "session/cancel", params = { sessionId = M.session } }) end
end

--- Brings the work back, with the program itself.
function M.commit()
  if M.session then vim.cmd("!octoctl commit --session " .. M.session) end
end

vim.api.nvim_create_user_command("Octobot", function(o) M.prompt(o.args) end, { nargs = "+" })
vim.api.nvim_create_user_command("OctobotCancel", M.cancel, {})
vim.api.nvim_create_user_command("OctobotCommit", M.commit, {})
return M
