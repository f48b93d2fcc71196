import Foundation
import OctobotTestSupport
import Systemd
import Testing

/// These change the process's environment, so they run one after the other.
@Suite("the service manager", .serialized, .timeLimit(.minutes(1)))
struct ServiceManagerTests {
    @Test("readiness, status, stopping and life signs arrive as sd_notify(3) writes them")
    func notifications() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.appending(path: "notify").path(percentEncoded: false)
            let descriptor = try Self.datagramSocket(at: path)
            defer { close(descriptor) }
            setenv("NOTIFY_SOCKET", path, 1)
            defer { unsetenv("NOTIFY_SOCKET") }
            let notifier = ServiceNotifier()
            notifier.ready(status: "Serving\nhere")
            notifier.status("1 session")
            notifier.keepAlive()
            notifier.stopping()
            let told = (1...4).map { _ in Self.receive(from: descriptor) }
            #expect(told == ["READY=1\nSTATUS=Serving here", "STATUS=1 session", "WATCHDOG=1", "STOPPING=1"])
        }
    }

    @Test("without a service manager nothing happens")
    func nobody() throws {
        unsetenv("NOTIFY_SOCKET")
        ServiceNotifier().ready(status: "Serving")
        #expect(ServiceNotifier().watchdogInterval == nil)
        #expect(try ListenDescriptors.take().isEmpty)
        #expect(!JournalLogHandler.isJournalStandardError)
    }

    @Test("the watchdog's interval is the one of WATCHDOG_USEC, for this process only")
    func watchdog() {
        setenv("WATCHDOG_USEC", "2500000", 1)
        setenv("WATCHDOG_PID", "\(getpid())", 1)
        #expect(ServiceNotifier().watchdogInterval == .milliseconds(2500))
        setenv("WATCHDOG_PID", "1", 1)
        #expect(ServiceNotifier().watchdogInterval == nil)
        unsetenv("WATCHDOG_USEC")
        unsetenv("WATCHDOG_PID")
    }

    @Test("variables that make no sense stop the start", arguments: ["banana", "-1"])
    func malformed(count: String) {
        setenv("LISTEN_PID", "\(getpid())", 1)
        setenv("LISTEN_FDS", count, 1)
        #expect(throws: ActivationError.self) { try ListenDescriptors.take() }
        #expect(getenv("LISTEN_FDS") == nil)
        #expect(getenv("LISTEN_PID") == nil)
    }

    @Test("sockets meant for another process are left alone")
    func foreign() throws {
        setenv("LISTEN_PID", "1", 1)
        setenv("LISTEN_FDS", "1", 1)
        #expect(try ListenDescriptors.take().isEmpty)
    }

    private static func datagramSocket(at path: String) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(status == 0)
        return descriptor
    }

    private static func receive(from descriptor: Int32) -> String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self)
    }
}
