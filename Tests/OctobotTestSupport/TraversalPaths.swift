/// Paths that try to leave a folder, in every spelling that ever worked somewhere.
package enum TraversalPaths {
    /// What the canary outside is called, by where it lies: `<parent of the root>/outside/canary`.
    package static let canary = "outside/canary"

    /// Ways to write "one folder up" as the text of a path.
    private static let ups = [
        "..", "./..", "../.", "..//", "..././", "....//", ".../...//", "%2e%2e", "%2E%2E", "%2e.", ".%2e", "%252e%252e",
        "%25252e%25252e", "%c0%ae%c0%ae", "%e0%80%ae%e0%80%ae", "%f0%80%80%ae", "%uff0e%uff0e", "%u002e%u002e",
        "\u{FF0E}\u{FF0E}",
        "\u{2024}\u{2024}", "\u{2025}", "\u{FE52}\u{FE52}", "..\u{200B}", "\u{202E}..", "..\u{301}", "..;", "..%00",
        "..\0", "\0..",
        "..\r", "..\n", "..\t", ".. ", " ..", "..%20", "..%0d%0a", "..\\", "..%5c", "..%255c", "%2e%2e%5c",
        "&#46;&#46;", "\\x2e\\x2e",
        "\\u002e\\u002e", "..::$DATA",
    ]

    /// Ways to write the slash.
    private static let slashes = [
        "/", "//", "/./", "\\", "%2f", "%2F", "%252f", "%c0%af", "%e0%80%af", "\u{2215}", "\u{2044}", "/\u{301}",
        "/\u{338}",
    ]

    /// Absolute, or what some system takes for absolute.
    private static let absolutes = [
        "/etc/passwd", "//etc/passwd", "///etc/passwd", "/./etc/passwd", "/../etc/passwd", "\\etc\\passwd",
        "\\\\host\\share",
        "C:\\Windows\\win.ini", "C:/Windows/win.ini", "file:///etc/passwd", "file:/etc/passwd", "/\u{301}etc/passwd",
        "~/.ssh/id_rsa",
        "~root/.bashrc", "$HOME/.bashrc", "${HOME}/.bashrc", "`id`", "$(id)", "|id", "/dev/stdin", "/dev/fd/0",
        "/proc/self/environ",
        "/proc/self/root/etc/passwd", "/proc/self/cwd", "/proc/self/fd/0", "/proc/1/root/etc/passwd",
        "/proc/thread-self/fd/3",
        "/proc/self/mem", "/proc/self/exe", "/run/octobot", "/var/run/docker.sock", "/.dockerenv", "/sys/kernel",
        "/dev/null", "/dev/full",
    ]

    /// Text paths: what a JSON member or a decoded query may say.
    package static let texts: [String] = {
        var paths = absolutes
        for up in ups {
            for slash in slashes {
                paths.append(up + slash + canary)
            }
        }
        for depth in [1, 2, 3, 8, 64] {
            let climb = String(repeating: "../", count: depth)
            paths += [climb, climb + canary, "a/" + climb + canary, "sub/./" + climb + "../" + canary]
            paths.append(String(repeating: "x/", count: depth) + climb + "../" + canary)
        }
        paths += [String(repeating: "../", count: 1300) + canary, String(repeating: "a", count: 4096)]
        return paths
    }()

    /// Links made by ``LinkGames``, and what lies behind them.
    package static let links: [String] = [
        "up", "up/canary", "up/../outside/canary", "outside", "outside/canary", "canary", "chain0", "chain0/canary",
        "absolute",
        "absolute/canary", "proc", "proc/self/environ", "proc/self/root/etc/passwd", "self", "self/environ", "root",
        "root/etc/passwd",
        "fd", "fd/0", "fd/1", "cwd", "cwd/canary", "exe", "loop", "loop/x", "sub/up", "sub/up/outside/canary",
        "sub/deep/up/canary", "dangling",
        "dangling/x", "etc/passwd", "null", "sub/../up/canary", "./up/./canary", "up//canary", "tty",
    ]

    /// All of them.
    package static let all = texts + links

    /// Query values as they stand in a URL, each decoded once by the server: the texts, percent-encoded, and bytes no text has.
    package static let queries: [String] = {
        let raw = [
            "..%2F" + canary, "%2e%2e%2f" + canary, "%2E%2E/" + canary, "%252e%252e%252f" + canary, "..%c0%af" + canary,
            "%c0%ae%c0%ae/" + canary,
            "..%e0%80%af" + canary, "%f0%80%80%ae%f0%80%80%ae/" + canary, "..%ff/" + canary, "%00", "a%00b",
            "..%00/" + canary,
            canary + "%00.txt", "%2Fetc%2Fpasswd", "%5c..%5c" + canary, "..%5C" + canary, "%ed%a0%80", "%fe%ff",
            "up%2Fcanary",
            "proc%2Fself%2Fenviron", "%", "%2", "%zz", "..%2f..%2f..%2fetc%2fpasswd", "+..%2f",
            "a%2F..%2F..%2F" + canary,
        ]
        return raw + all.map(encoded)
    }()

    /// Percent-encodes everything but letters and digits.
    package static func encoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            let isPlain = (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            let digits = String(byte, radix: 16, uppercase: true)
            result += isPlain ? String(Unicode.Scalar(byte)) : "%" + (byte < 16 ? "0" : "") + digits
        }
        return result
    }
}
