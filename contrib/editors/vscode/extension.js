// Octobot: Prompt asks for a prompt, shows the turn in an output channel and asks what the agent asks.
'use strict';
const vscode = require('vscode');
const { prompt } = require('./client.js');

function activate(context) {
  const channel = vscode.window.createOutputChannel('Octobot');
  context.subscriptions.push(channel, vscode.commands.registerCommand('octobot.prompt', async () => {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
    const text = folder && await vscode.window.showInputBox({ prompt: 'What should the agent do?' });
    if (!text) return;
    channel.show(true);
    try {
      const { session, state } = await prompt(folder, text, {
        text: (delta) => channel.append(delta),
        ask: async (question) => (question.options.length
          ? await vscode.window.showQuickPick(question.options.map((o) => o.label), { title: question.question })
          : await vscode.window.showInputBox({ prompt: question.question })) ?? '',
      });
      channel.appendLine(`\n[${state}] octoctl commit --session ${session}`);
    } catch (error) {
      vscode.window.showErrorMessage(`Octobot: ${error.message}`);
    }
  }));
}

module.exports = { activate, deactivate() {} };
