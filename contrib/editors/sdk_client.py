#!/usr/bin/env python3
"""An ACP client made with the Python SDK, driving `octoctl acp` and the demo agent.

Usage: sdk_client.py OCTOCTL REPOSITORY
Needs the package agent-client-protocol (pip install agent-client-protocol). While it works, `octoctl chat subscribe`
watches the same session. Ends with "ok", or with an exception that says what was not as it should be.
"""
import asyncio
import os
import sys

import acp
from acp.schema import AllowedOutcome, ClientCapabilities, RequestPermissionResponse


class Editor(acp.Client):
    def __init__(self):
        self.text = ""
        self.kinds = set()
        self.asked = 0
        self.arrived = asyncio.Event()

    def on_connect(self, conn):
        pass

    async def request_permission(self, session_id, tool_call, options, **kwargs):
        self.asked += 1
        chosen = next(option for option in options if option.kind == "allow_once")
        return RequestPermissionResponse(outcome=AllowedOutcome(outcome="selected", option_id=chosen.option_id))

    async def session_update(self, session_id, update, **kwargs):
        self.kinds.add(update.session_update)
        if update.session_update == "agent_message_chunk" and update.content.type == "text":
            self.text += update.content.text
        self.arrived.set()

    async def until(self, part):
        while part not in self.text:
            self.arrived.clear()
            await asyncio.wait_for(self.arrived.wait(), 60)


def expect(fact, text):
    if not fact:
        raise AssertionError(text)


async def watch(octoctl, session):
    return await asyncio.create_subprocess_exec(
        octoctl, "chat", "subscribe", session, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )


async def main(octoctl, repository):
    editor = Editor()
    async with acp.spawn_agent_process(editor, octoctl, "acp", "--agent", "demo", env=dict(os.environ)) as (agent, _):
        hello = await agent.initialize(acp.PROTOCOL_VERSION, client_capabilities=ClientCapabilities())
        expect(hello.agent_capabilities.load_session, "load is not offered")
        session = (await agent.new_session(cwd=repository, mcp_servers=[])).session_id

        first = await agent.prompt(session, [acp.text_block("Hello\n/permission echo allowed\n/plan")])
        expect(first.stop_reason == "end_turn", first)
        expect(editor.asked == 1, "the permission was not asked")
        expect("Hello" in editor.text, editor.text)
        expect({"tool_call", "plan"} <= editor.kinds, editor.kinds)

        slow = asyncio.ensure_future(agent.prompt(session, [acp.text_block("/slow 600 100")]))
        await editor.until("slow 2 of 600")
        await agent.cancel(session)
        expect((await slow).stop_reason == "cancelled", "the prompt was not cancelled")

        watcher = await watch(octoctl, session)
        seen, _ = await asyncio.wait_for(watcher.communicate(), 60)
        expect(b"Hello" in seen and b"slow 2 of 600" in seen, seen)

    again = Editor()
    async with acp.spawn_agent_process(again, octoctl, "acp", env=dict(os.environ)) as (agent, _):
        await agent.initialize(acp.PROTOCOL_VERSION, client_capabilities=ClientCapabilities())
        await agent.load_session(cwd=repository, session_id=session, mcp_servers=[])
        await again.until("slow 2 of 600")
        expect("user_message_chunk" in again.kinds, again.kinds)
        listed = await agent.list_sessions(cwd=repository)
        expect(session in [entry.session_id for entry in listed.sessions], listed)
    print("ok")


asyncio.run(main(*sys.argv[1:3]))
