/// An agent that speaks ACP and does what the steps of a scenario say.
///
/// It reads `steps.json`, `[[step, …] for each prompt]`, from the folder it is given and writes to `ledger` there: a line
/// `start`, `new`, `resume`, `load` or `prompt TEXT` for each of these it was asked for.
enum ACPFake {
    static let program = #"""
        import json, os, queue, signal, subprocess, sys, threading, time

        folder = os.environ["AGENT_FOLDER"]
        plan = json.load(open(folder + "/steps.json"))
        abilities = plan["abilities"]
        inbox = queue.Queue()
        count = 0
        held = None

        class Cancelled(Exception):
            pass

        def note(line):
            with open(folder + "/ledger", "a") as file:
                file.write(line + "\n")

        def prompts():
            with open(folder + "/ledger") as file:
                return sum(line.startswith("prompt ") for line in file)

        def raw(data):
            view = memoryview(data)
            while view:
                view = view[os.write(1, view):]

        def send(message):
            global held
            text = json.dumps(dict(message, jsonrpc="2.0"))
            if held is not None:
                held.append(text)
            else:
                raw(text.encode() + b"\n")

        def update(variant, **members):
            send({"method": "session/update",
                  "params": {"sessionId": "s", "update": dict(members, sessionUpdate=variant)}})

        def say(text, kind="agent_message_chunk"):
            update(kind, content={"type": "text", "text": text})

        def read():
            for line in sys.stdin.buffer:
                inbox.put(json.loads(line))
            inbox.put(None)

        def take():
            message = inbox.get()
            if message is None:
                sys.exit(0)
            return message

        def ask(method, params):
            global count
            count += 1
            send({"id": 1000 + count, "method": method, "params": params})
            return 1000 + count

        def answers(ids):
            got = {}
            while len(got) < len(ids):
                message = take()
                if "method" not in message and message.get("id") in ids:
                    got[message["id"]] = message
            return [got[id] for id in ids]

        def permission(call, title):
            return ask("session/request_permission", {
                "sessionId": "s", "toolCall": {"toolCallId": call, "title": title, "kind": "execute"},
                "options": [{"optionId": "always", "name": "Always", "kind": "allow_always"},
                            {"optionId": "once", "name": "Allow", "kind": "allow_once"},
                            {"optionId": "no", "name": "Reject", "kind": "reject_once"}]})

        def decided(message):
            outcome = message["result"]["outcome"]
            if outcome["outcome"] == "cancelled":
                raise Cancelled()
            say("[" + outcome["optionId"] + "]")

        def form(properties):
            reply = answers([ask("elicitation/create", {
                "sessionId": "s", "mode": "form", "message": "Say.",
                "requestedSchema": {"type": "object", "properties": properties, "required": []}})])[0]["result"]
            if reply["action"] == "cancel":
                raise Cancelled()
            say("[" + reply["action"] + " " + json.dumps(reply.get("content"), sort_keys=True) + "]")

        def spawn():
            hard = 'trap "" TERM HUP; echo $$ >> "%s/children"; while :; do sleep 100; done' % folder
            quiet = dict(stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            subprocess.Popen(["sh", "-c", hard], **quiet)
            subprocess.Popen(["setsid", "sh", "-c", hard], **quiet)
            subprocess.Popen(["sh", "-c", "setsid sh -c '" + hard + "' & exit 0"], **quiet)
            while not os.path.exists(folder + "/children") or len(open(folder + "/children").readlines()) < 3:
                time.sleep(0.01)

        def run(step, prompt):
            global held
            name, *rest = step
            if name == "say": say(rest[0])
            elif name == "think": say(rest[0], "agent_thought_chunk")
            elif name == "huge": say("x" * rest[0])
            elif name == "update": update(rest[0], **rest[1])
            elif name == "tool": update("tool_call", toolCallId=rest[0], title=rest[1], kind="execute",
                                        status="in_progress", rawInput={"command": rest[1]})
            elif name == "output": update("tool_call_update", toolCallId=rest[0], status="completed", rawOutput=rest[1])
            elif name == "output-huge": update("tool_call_update", toolCallId=rest[0], status="completed",
                                               rawOutput="y" * rest[1])
            elif name == "failure": update("tool_call_update", toolCallId=rest[0], status="failed", rawOutput=rest[1])
            elif name == "permission": decided(answers([permission(*rest)])[0])
            elif name == "permissions":
                for message in answers([permission(call, call) for call in rest]): decided(message)
            elif name == "choice": form({"q": {"type": "string", "title": rest[0],
                                               "oneOf": [{"const": label.lower(), "title": label} for label in rest[1:]]}})
            elif name == "text": form({"q": {"type": "string", "title": rest[0]}})
            elif name == "form": form({"a": {"type": "string", "title": "A", "enum": ["x", "y"]},
                                       "b": {"type": "boolean", "title": "B"}})
            elif name == "line": raw(rest[0].encode("utf-8", "surrogateescape") + b"\n")
            elif name == "bytes": raw(bytes(rest[0]) + b"\n")
            elif name == "garbage": raw(b"g" * rest[0] + b"\n")
            elif name == "pair":
                held = []
                ends = [run(inner, prompt) for inner in rest]
                texts, held = held, None
                raw("".join(texts).encode() + b"\n")
                return any(ends)
            elif name == "pieces":
                held = []
                say(rest[0])
                data, held = (held[0] + "\n").encode(), None
                for byte in range(0, len(data), 7): raw(data[byte:byte + 7])
            elif name == "unknown-request":
                reply = answers([ask("session/do_magic", {})])[0]
                say("[" + str(reply["error"]["code"]) + "]")
            elif name == "error": sys.stderr.write(rest[0] + "\n"); sys.stderr.flush()
            elif name == "error-flood":
                for _ in range(rest[0]): sys.stderr.write("e" * 1023 + "\n")
                sys.stderr.flush()
            elif name == "permission-and-exit":
                permission(*rest)
                while not os.path.exists(folder + "/asked"): time.sleep(0.01)
                os._exit(4)
            elif name == "children": spawn()
            elif name == "exit": os._exit(rest[0])
            elif name == "signal": os.kill(os.getpid(), rest[0]); time.sleep(100)
            elif name == "close": os.close(1); time.sleep(1000)
            elif name == "hang": time.sleep(1000)
            elif name == "wait":
                while take().get("method") != "session/cancel": pass
                raise Cancelled()
            elif name == "wait-refuse":
                while take().get("method") != "session/cancel": pass
                send({"id": prompt, "error": {"code": -32603, "message": "aborted"}})
                return True
            elif name == "refuse": send({"id": prompt, "error": {"code": rest[0], "message": rest[1]}}); return True
            elif name == "stop": send({"id": prompt, "result": {"stopReason": rest[0]}}); return True
            else: raise SystemExit("no step " + name)

        def turn(message):
            index = prompts()
            note("prompt " + message["params"]["prompt"][-1].get("text", ""))
            ended = False
            try:
                for step in plan["prompts"][index]:
                    ended = run(step, message["id"]) or ended
            except Cancelled:
                send({"id": message["id"], "result": {"stopReason": "cancelled"}})
                return
            if not ended: send({"id": message["id"], "result": {"stopReason": "end_turn"}})

        note("start")
        for step in plan["start"]: run(step, None)
        threading.Thread(target=read, daemon=True).start()
        while True:
            message = take()
            method, id = message.get("method"), message.get("id")
            if method == "initialize":
                sessions = {"resume": {}} if "resume" in abilities or "resume-refused" in abilities else {}
                send({"id": id, "result": {"protocolVersion": 1, "agentCapabilities": {
                    "loadSession": "load" in abilities, "sessionCapabilities": sessions}}})
            elif method == "session/new":
                note("new")
                send({"id": id, "result": {"sessionId": "s"}})
            elif method == "session/resume":
                note("resume")
                if "resume-refused" in abilities: send({"id": id, "error": {"code": -32002, "message": "no such session"}})
                else: send({"id": id, "result": {}})
            elif method == "session/load":
                note("load")
                say("replayed")
                send({"id": id, "result": None})
            elif method == "session/prompt": turn(message)
            elif id is not None and method: send({"id": id, "result": {}})
        """#
}
