import CLinux
import Foundation

/// System calls that a program without privileges could still get out of a sandbox by, or that only make the kernel easier
/// to attack: taken from the service and all it ever starts, by a program of classic BPF (seccomp(2)).
///
/// A container engine's own filter goes on holding beside it. Namespaces leave these open: virtual sockets lead to the hypervisor whatever network one is in, keys come with the login
/// octobotd was started in, and `TIOCSTI` types into the terminal one was given. io_uring opens sockets past any filter.
/// Programs of another architecture than the machine's, 32-bit ones too, find no system calls at all.
package enum SystemCallFilter {
    /// struct sock_filter.
    private struct Instruction {
        var code: UInt16
        var ifTrue: UInt8 = 0
        var ifFalse: UInt8 = 0
        var operand: UInt32

        var bytes: [UInt8] {
            withUnsafeBytes(of: code) { Array($0) } + [ifTrue, ifFalse] + withUnsafeBytes(of: operand) { Array($0) }
        }

        static func load(_ offset: UInt32) -> Instruction { Instruction(code: 0x20, operand: offset) }
        static func answer(_ verdict: UInt32) -> Instruction { Instruction(code: 0x06, operand: verdict) }
        static func skip(_ count: UInt8, ifEqual value: UInt32) -> Instruction {
            Instruction(code: 0x15, ifTrue: count, operand: value)
        }
        static func skip(_ count: UInt8, unlessEqual value: UInt32) -> Instruction {
            Instruction(code: 0x15, ifFalse: count, operand: value)
        }
        static func skip(_ count: UInt8, ifBelow value: UInt32) -> Instruction {
            Instruction(code: 0x35, ifFalse: count, operand: value)
        }
    }

    private static let allow = UInt32(0x7fff_0000)
    private static func fail(_ code: Int32) -> UInt32 { 0x0005_0000 | UInt32(code) }

    /// Offsets in struct seccomp_data; of an argument its low half.
    private static let number = UInt32(0)
    private static let architecture = UInt32(4)
    private static func argument(_ index: UInt32) -> UInt32 { 16 + 8 * index }

    #if arch(x86_64)
    private static let machine = UInt32(0xc000_003e)
    #elseif arch(arm64)
    private static let machine = UInt32(0xc000_00b7)
    #endif

    /// Refused with EPERM.
    private static let refused = [
        SYS_keyctl, SYS_add_key, SYS_request_key, SYS_bpf, SYS_perf_event_open, SYS_userfaultfd,
    ]
    /// As on a kernel without them: programs fall back on other means.
    private static let missing = [SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register]
    /// AF_VSOCK.
    private static let virtualSockets = UInt32(40)
    /// TIOCSTI and TIOCLINUX (ioctl_tty(2)).
    private static let typing: [UInt32] = [0x5412, 0x541c]

    /// Takes them away from this process for good, where it cannot gain privileges: in any sandbox with walls.
    ///
    /// To be called on the first thread, before there is another one.
    package static func install() {
        guard clinux_gains_no_privileges() else { return }
        let code = program.withUnsafeBytes { clinux_filter_system_calls($0.baseAddress, UInt16($0.count / 8)) }
        guard code < 0 else { return }
        let message = "octobot-agent: system calls are not filtered: \(String(cString: strerror(-code)))\n"
        FileHandle.standardError.write(Data(message.utf8))
    }

    /// In the machine's byte order.
    private static let program: [UInt8] = {
        var program: [Instruction] = [
            .load(architecture), .skip(1, ifEqual: machine), .answer(fail(ENOSYS)), .load(number),
            // The second table of x86-64.
            .skip(1, ifBelow: 0x4000_0000), .answer(fail(ENOSYS)),
        ]
        for call in refused { program += [.skip(1, unlessEqual: UInt32(call)), .answer(fail(EPERM))] }
        for call in missing { program += [.skip(1, unlessEqual: UInt32(call)), .answer(fail(ENOSYS))] }
        program += [
            .skip(4, unlessEqual: UInt32(SYS_socket)), .load(argument(0)), .skip(1, unlessEqual: virtualSockets),
            .answer(fail(EAFNOSUPPORT)), .answer(allow),
            .skip(5, unlessEqual: UInt32(SYS_ioctl)), .load(argument(1)), .skip(1, ifEqual: typing[0]),
            .skip(1, unlessEqual: typing[1]), .answer(fail(EPERM)), .answer(allow), .answer(allow),
        ]
        return program.flatMap(\.bytes)
    }()
}
