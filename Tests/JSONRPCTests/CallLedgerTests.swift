import JSONRPC
import Testing

@Suite("open calls", .timeLimit(.minutes(1)))
struct CallLedgerTests {
    /// Admits a call and says in a word what became of it.
    private func admit(
        _ ledger: inout CallLedger<Int>,
        _ id: Int64,
        key: String? = nil,
        outlives: Bool = false
    ) -> String {
        switch ledger.admit(RPCID(id), Int(id), key: key, outlivesConnection: outlives) {
        case .start: "start"
        case .wait: "wait"
        case .refused(let error): "\(error.code)"
        }
    }

    private func finish(_ ledger: inout CallLedger<Int>, _ id: Int64) -> [RPCID] { ledger.finish(RPCID(id)) }

    @Test("calls beyond the running limit wait in order, beyond the open limit they are refused")
    func limits() {
        var ledger = CallLedger<Int>(openLimit: 4, runningLimit: 2)
        #expect((1...5).map { admit(&ledger, $0) } == ["start", "start", "wait", "wait", "1201"])
        #expect(finish(&ledger, 2) == [RPCID(3)])
        #expect(admit(&ledger, 5) == "wait")
        #expect(finish(&ledger, 1) == [RPCID(4)])
        #expect(finish(&ledger, 3) == [RPCID(5)])
        #expect(finish(&ledger, 4).isEmpty)
        #expect(finish(&ledger, 5).isEmpty)
        #expect(ledger.isEmpty)
        #expect(admit(&ledger, 1) == "start")
    }

    @Test("an id is open once")
    func ids() {
        var ledger = CallLedger<Int>()
        #expect(admit(&ledger, 1) == "start")
        #expect(admit(&ledger, 1) == "-32600")
        #expect(finish(&ledger, 1).isEmpty)
        #expect(admit(&ledger, 1) == "start")
    }

    @Test("calls with one key run one after the other, others beside them")
    func keys() {
        var ledger = CallLedger<Int>(openLimit: 10, runningLimit: 3)
        #expect(admit(&ledger, 1, key: "a") == "start")
        #expect(admit(&ledger, 2, key: "a") == "wait")
        #expect(admit(&ledger, 3, key: "b") == "start")
        #expect(admit(&ledger, 4) == "start")
        #expect(admit(&ledger, 5, key: "c") == "wait")
        #expect(finish(&ledger, 1) == [RPCID(5)])
        #expect(finish(&ledger, 4) == [RPCID(2)])
        #expect(finish(&ledger, 3).isEmpty)
    }

    @Test("cancelling withdraws what waits and leaves what runs to its task")
    func cancelling() {
        var ledger = CallLedger<Int>(openLimit: 10, runningLimit: 10)
        for id in 1...3 { _ = admit(&ledger, Int64(id), key: "k") }
        guard case .running(1) = ledger.cancel(RPCID(1)) else { return #expect(Bool(false)) }
        guard case .withdrawn(2, let startable) = ledger.cancel(RPCID(2)) else { return #expect(Bool(false)) }
        #expect(startable.isEmpty)
        guard case .unknown = ledger.cancel(RPCID(2)) else { return #expect(Bool(false)) }
        #expect(finish(&ledger, 1) == [RPCID(3)])
        #expect(finish(&ledger, 3).isEmpty)
        #expect(ledger.isEmpty)
    }

    @Test("the end of the connection leaves the calls that outlive it")
    func abandoning() {
        var ledger = CallLedger<Int>(openLimit: 10, runningLimit: 2)
        _ = admit(&ledger, 1)
        _ = admit(&ledger, 2, outlives: true)
        _ = admit(&ledger, 3, key: "k", outlives: true)
        let (running, withdrawn) = ledger.abandon()
        #expect(running == [1])
        #expect(withdrawn.map(\.1) == [3])
        #expect(finish(&ledger, 1).isEmpty)
        #expect(finish(&ledger, 2).isEmpty)
        #expect(ledger.isEmpty)
    }
}
