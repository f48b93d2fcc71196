import JSONText
import OctobotAPI
import OctobotModel
import OctobotServer
import OctobotServices
import Testing

/// Deadlines, cancellation and the end of the daemon.
@Suite("The lifetime of calls", .timeLimit(.minutes(1)))
struct LifetimeTests {
    private let clock = ManualClock()

    /// A table whose `preference.get` (not durable) and `preference.set` (durable) wait for `door`.
    private func table(_ door: Door, _ entered: Door, _ notes: Notes) -> OperationTable {
        let table = OperationTable.forTests(clock: clock)
        table.register(GetPreference.self) { _, _ in
            entered.open()
            try await withTaskCancellationHandler {
                await door.pass()
                try Task.checkCancellation()
            } onCancel: {
                notes.add("cancelled")
                door.open()
            }
            notes.add("read")
            return .example
        }
        table.register(SetPreference.self) { _, _ in
            entered.open()
            await door.pass()
            if Task.isCancelled { notes.add("cancelled") }
            notes.add("written")
            return .example
        }
        return table
    }

    @Test("a call without effect is given up at its deadline")
    func deadline() async {
        let (door, entered, notes) = (Door(), Door(), Notes())
        let table = table(door, entered, notes)
        async let answer = table.call("preference.get", #"{"key":"a","_meta":{"timeoutMs":50}}"#)
        await entered.pass()
        await clock.hasSleeper()
        clock.advance(by: .milliseconds(49))
        #expect(notes.all.isEmpty)
        clock.advance(by: .milliseconds(1))
        let fault = await answer.fault
        #expect(fault?.kind == .deadlineExceeded)
        #expect(fault?.details["mayTakeEffect"] == false)
        await table.drain()
        #expect(notes.all == ["cancelled"])
    }

    @Test("a durable call is answered at its deadline and goes on")
    func durableDeadline() async {
        let (door, entered, notes) = (Door(), Door(), Notes())
        let table = table(door, entered, notes)
        async let answer = table.call("preference.set", #"{"key":"a","value":"b","_meta":{"timeoutMs":50}}"#)
        await entered.pass()
        await clock.hasSleeper()
        clock.advance(by: .milliseconds(50))
        let fault = await answer.fault
        #expect(fault?.kind == .deadlineExceeded)
        #expect(fault?.details["mayTakeEffect"] == true)
        #expect(notes.all.isEmpty)
        door.open()
        await table.drain()
        #expect(notes.all == ["written"])
    }

    @Test("a call answered in time does not meet its deadline")
    func inTime() async {
        let (door, entered, notes) = (Door(), Door(), Notes())
        let table = table(door, entered, notes)
        door.open()
        let answer = await table.call("preference.get", #"{"key":"a","_meta":{"timeoutMs":50}}"#)
        clock.advance(by: .seconds(10))
        #expect(answer.fault == nil && notes.all == ["read"])
    }

    @Test("cancelling the caller cancels a call without effect")
    func cancelled() async {
        let (door, entered, notes) = (Door(), Door(), Notes())
        let table = table(door, entered, notes)
        let task = Task { await table.call("preference.get", #"{"key":"a"}"#) }
        await entered.pass()
        task.cancel()
        #expect(await task.value.fault?.kind == .cancelled)
        #expect(notes.all == ["cancelled"])
    }

    @Test("a durable call ends whatever happens to its caller, and gives its result")
    func durable() async {
        let (door, entered, notes) = (Door(), Door(), Notes())
        let table = table(door, entered, notes)
        let task = Task { await table.call("preference.set", #"{"key":"a","value":"b"}"#) }
        await entered.pass()
        task.cancel()
        door.open()
        #expect(await task.value.text?.contains("chat.defaultModel") == true)
        #expect(notes.all == ["written"])
    }

    @Test("after shutdown began new calls are refused and running ones end")
    func shutdown() async {
        let (door, entered, notes) = (Door(), Door(), Notes())
        let table = table(door, entered, notes)
        async let running = table.call("preference.set", #"{"key":"a","value":"b"}"#)
        await entered.pass()
        table.beginShutdown()
        let refused = await table.call("preference.get", #"{"key":"a"}"#).fault
        #expect(refused?.kind == .shuttingDown)
        #expect(refused?.retryAfterMilliseconds != nil)
        async let drained: Void = table.drain(for: .seconds(10))
        door.open()
        await drained
        #expect(await running.fault == nil)
        #expect(notes.all == ["written"])
    }

    @Test("draining ends at its limit even when a call does not")
    func drainLimit() async {
        let (door, entered, notes) = (Door(), Door(), Notes())
        let table = table(door, entered, notes)
        async let running = table.call("preference.set", #"{"key":"a","value":"b"}"#)
        await entered.pass()
        table.beginShutdown()
        async let drained: Void = table.drain(for: .seconds(10))
        await clock.hasSleeper()
        clock.advance(by: .seconds(10))
        await drained
        door.open()
        _ = await running
        #expect(notes.all == ["cancelled", "written"])
    }

    @Test("an idle table drains at once")
    func idle() async {
        let table = OperationTable.forTests(clock: clock)
        table.beginShutdown()
        await table.drain(for: .seconds(10))
    }
}
