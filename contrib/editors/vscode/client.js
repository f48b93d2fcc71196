// octobotd over its unix socket with Content-Length framing, as vscode-jsonrpc writes it; needs nothing but Node.
'use strict';
const { execFileSync } = require('node:child_process');
const net = require('node:net');

class Client {
  /** @param onNotification called with method and params of what streams bring */
  constructor(onNotification) {
    this.calls = new Map();
    this.next = 1;
    this.buffer = Buffer.alloc(0);
    this.onNotification = onNotification;
    this.socket = net.connect(execFileSync('octoctl', ['socket'], { encoding: 'utf8' }).trim());
    this.socket.on('data', (data) => this.take(data));
    this.socket.on('close', () => this.end(new Error('octobotd closed the connection')));
    this.socket.on('error', (error) => this.end(error));
  }

  call(method, params = {}) {
    const id = this.next++;
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    this.socket.write(`Content-Length: ${body.length}\r\n\r\n`);
    this.socket.write(body);
    return new Promise((resolve, reject) => this.calls.set(id, { resolve, reject }));
  }

  take(data) {
    this.buffer = Buffer.concat([this.buffer, data]);
    for (;;) {
      const end = this.buffer.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/content-length: *(\d+)/i.exec(this.buffer.subarray(0, end).toString('latin1'))[1]);
      if (this.buffer.length < end + 4 + length) return;
      const message = JSON.parse(this.buffer.subarray(end + 4, end + 4 + length).toString('utf8'));
      this.buffer = this.buffer.subarray(end + 4 + length);
      if (message.method) { this.onNotification(message.method, message.params); continue; }
      const call = this.calls.get(message.id);
      this.calls.delete(message.id);
      if (message.error) call?.reject(new Error(message.error.message));
      else call?.resolve(message.result);
    }
  }

  end(error) {
    for (const call of this.calls.values()) call.reject(error);
    this.calls.clear();
  }

  close() { this.socket.end(); }
}

/**
 * Sends a prompt to a new session of the repository at `folder` and follows its turn.
 * @param on { text(string), ask(question) → Promise<string label> }
 * @returns the session and the state the turn ended in
 */
async function prompt(folder, text, on) {
  let ended;
  const end = new Promise((resolve) => { ended = resolve; });
  const client = new Client(async (method, params) => {
    const item = method === 'chat' && params.type === 'event' ? params.data : {};
    if (item.kind === 'chunk' && item.chunk.type === 'text-delta') on.text(item.chunk.delta);
    if (item.kind === 'turn' && ['completed', 'failed', 'cancelled', 'unknown'].includes(item.state)) ended(item.state);
    if (item.kind !== 'approval' || item.approval.state !== 'pending') return;
    const answers = {};
    for (const question of item.approval.questions) answers[question.question] = await on.ask(question);
    // Whoever answers first has answered; the other is told so.
    client.call('approval.answer', { approvalId: item.approval.id, answers }).catch((error) => on.text(`\n${error.message}\n`));
  });
  try {
    const known = (await client.call('workspace.list', { limit: 500 })).items.find((w) => w.path === folder);
    const workspace = known ?? await client.call('workspace.create', { path: folder });
    const agent = (await client.call('agent.list')).items[0];
    const session = await client.call('session.create', { workspaceId: workspace.id, agentId: agent?.id });
    await client.call('chat.subscribe', { sessionId: session.id, from: { type: 'start' } });
    await client.call('chat.send', { sessionId: session.id, text });
    return { session: session.id, state: await end };
  } finally {
    client.close();
  }
}

module.exports = { Client, prompt };

// node client.js FOLDER PROMPT: the same without VS Code; takes the first choice of every question.
if (require.main === module) {
  const [folder, text] = process.argv.slice(2);
  prompt(folder, text, {
    text: (delta) => process.stdout.write(delta),
    ask: async (question) => question.options.find((o) => o.description === 'Allow this time')?.label ?? question.options[0]?.label ?? '',
  }).then(({ state }) => { process.exitCode = state === 'completed' ? 0 : 1; }, (error) => { console.error(error.message); process.exitCode = 69; });
}
