import Foundation
import NIOCore
import Testing

@testable import OctobotSandbox

@Suite("Where the egress proxy goes", .timeLimit(.minutes(1)))
struct EgressRulesTests {
    @Test(
        "loopback, link-local and other places that are no way out are refused, however they are spelt",
        arguments: [
            "127.0.0.1", "127.1", "127.0.1", "127.255.255.254", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1",
            "017700000001", "0", "0.0.0.0", "00.0.0.0", "0.1.2.3", "localhost", "LOCALHOST", "localhost.", "::1", "::",
            "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:0.0.0.0", "::127.0.0.1",
            "::ffff:0:127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::",
            "2002:7f00:0001::1", "2001:0:1234::1", "fe80::5efe:127.0.0.1", "2001:db8::5efe:7f00:1",
            "2001:db8::200:5efe:127.0.0.1", "169.254.169.254", "::ffff:169.254.169.254", "2002:a9fe:a9fe::",
            "64:ff9b::a9fe:a9fe", "0xa9fea9fe", "2852039166", "fe80::1", "febf::1", "fec0::1", "ff02::1", "224.0.0.1",
            "239.255.255.250", "255.255.255.255", "240.0.0.1", "4294967295",
        ]
    )
    func refused(spelling: String) throws {
        let host = spelling.contains(":") ? "[\(spelling)]" : spelling
        let target = try #require(EgressRules.Target("\(host):3001"))
        switch try EgressRules().judge(target) {
        case .refuse: break
        case .dial(let addresses): Issue.record("would dial \(addresses.map(\.ip))")
        }
    }

    @Test("the host's own addresses are refused, in every spelling that leads there")
    func own() throws {
        let rules = try EgressRules()
        var spellings: [String] = []
        for address in HostAddresses.current() {
            switch address {
            case .v4(let value):
                let bytes = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> UInt32($0)) }
                let dotted = bytes.map(String.init).joined(separator: ".")
                let hex = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
                spellings += [
                    dotted, String(value), "0x" + hex.joined(), "0" + String(value, radix: 8), "[::ffff:\(dotted)]",
                    "[64:ff9b::\(dotted)]", "[2002:\(hex[0])\(hex[1]):\(hex[2])\(hex[3])::]", "[::\(dotted)]",
                ]
            case .v6(let high, let low):
                let words = [high, low].flatMap { half in
                    [48, 32, 16, 0].map { String(UInt16(truncatingIfNeeded: half >> UInt64($0)), radix: 16) }
                }
                spellings.append("[\(words.joined(separator: ":"))]")
            }
        }
        #expect(!spellings.isEmpty)
        for spelling in spellings {
            let target = try #require(EgressRules.Target("\(spelling):80"))
            do {
                if case .dial = try rules.judge(target) { Issue.record("would dial \(spelling)") }
            } catch {
                // This machine's resolver may know no IPv6 at all, which is a refusal, too.
                #expect(spelling.hasPrefix("["), "\(spelling): \(error.reason)")
            }
        }
    }

    @Test(
        "other addresses are dialled as they are",
        arguments: ["192.0.2.7", "10.9.8.7", "2001:db8::1", "64:ff9b::c000:207"]
    )
    func permitted(spelling: String) throws {
        let host = spelling.contains(":") ? "[\(spelling)]" : spelling
        let target = try #require(EgressRules.Target("\(host):443"))
        guard case .dial(let addresses) = try EgressRules().judge(target) else {
            Issue.record("refused")
            return
        }
        #expect(addresses.map(\.ip) == [IPAddress(spelling)])
        #expect(addresses.first?.socketAddress?.port == 443)
    }

    @Test("exceptions hold for one name and one port, as they are spelt")
    func exceptions() throws {
        let rules = try EgressRules(allowing: ["Localhost:8080", "[::1]:9090"])
        func dials(_ text: String) throws -> Bool {
            let target = try #require(EgressRules.Target(text))
            if case .dial = try rules.judge(target) { return true }
            return false
        }
        #expect(try dials("localhost:8080"))
        #expect(try dials("LOCALHOST.:8080"))
        #expect(try dials("[::1]:9090"))
        #expect(try !dials("localhost:8081"))
        #expect(try !dials("127.0.0.1:8080"))
    }

    @Test(
        "an exception that is no host:port is refused by name",
        arguments: [
            "host", "host:", "host:0", "host:65536", ":80", "a b:80", "::1:80", "[::1]", "host:+1", "http://h:80",
        ]
    )
    func invalid(item: String) {
        let error = #expect(throws: EgressRules.Invalid.self) { try EgressRules(allowing: ["fine:1", item]) }
        #expect(error?.description.hasPrefix("'\(item)'") == true)
    }
}

@Suite("Heads of proxy requests")
struct EgressRequestTests {
    @Test("CONNECT opens a tunnel")
    func connect() throws {
        let request = try EgressRequest(
            head: Array("CONNECT Example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n".utf8)
        )
        #expect(request.target == EgressRules.Target("example.org:443"))
        #expect(request.forwardedHead == nil)
    }

    @Test("the absolute form becomes the origin form; what concerns the proxy stays behind")
    func absolute() throws {
        let head = """
            POST http://example.org:8080/a?b=c#d HTTP/1.1\r
            Host: elsewhere\r
            Proxy-Connection: keep-alive\r
            Proxy-Authorization: Basic x\r
            Connection: keep-alive\r
            X-Field: a: b\r
            Content-Length: 3\r
            \r

            """
        let request = try EgressRequest(head: Array(head.utf8))
        #expect(request.target == EgressRules.Target("example.org:8080"))
        #expect(
            request.forwardedHead.map { String(decoding: $0, as: UTF8.self) }
                == "POST /a?b=c HTTP/1.1\r\nHost: example.org:8080\r\nX-Field: a: b\r\nContent-Length: 3\r\nConnection: close\r\n\r\n"
        )
        let short = try EgressRequest(head: Array("GET http://h?q HTTP/1.0\r\n\r\n".utf8))
        #expect(short.target == EgressRules.Target("h:80"))
        #expect(
            short.forwardedHead.map { String(decoding: $0, as: UTF8.self) }?.hasPrefix(
                "GET /?q HTTP/1.1\r\nHost: h\r\n"
            ) == true
        )
    }

    @Test(
        "anything else is refused",
        arguments: [
            "GET / HTTP/1.1\r\n\r\n", "GET https://h/ HTTP/1.1\r\n\r\n", "GET http://u@h/ HTTP/1.1\r\n\r\n",
            "GET http:// HTTP/1.1\r\n\r\n", "CONNECT h HTTP/1.1\r\n\r\n", "CONNECT h:1:2 HTTP/1.1\r\n\r\n",
            "CONNECT h:1\r\n\r\n", "CONNECT  h:1 HTTP/1.1\r\n\r\n", "CONNECT h:1 HTTP/2\r\n\r\n", "\r\n\r\n",
            "GET http://h/ HTTP/1.1\r\nno colon\r\n\r\n", "GET http://h/ HTTP/1.1\r\n : x\r\n\r\n",
            "GET http://h/ HTTP/1.1\r\nA: b\rHost: c\r\n\r\n", "CONNECT h\u{0}:1 HTTP/1.1\r\n\r\n",
        ]
    )
    func malformed(head: String) {
        #expect(throws: EgressRequest.Malformed.self) { try EgressRequest(head: Array(head.utf8)) }
    }

    @Test("the end of a head is found however it is cut")
    func scanner() {
        let head = Array("GET http://h/ HTTP/1.1\r\nA: b\r\n\r\nrest".utf8)
        for cut in 0...head.count {
            var scanner = HeadScanner()
            let first = scanner.consume(head[..<cut])
            #expect((first ?? scanner.consume(head[cut...])) == head.count - 4)
        }
        var garbage = HeadScanner()
        #expect(garbage.consume(Array(repeating: 0x41, count: 1000)) == nil)
    }
}
