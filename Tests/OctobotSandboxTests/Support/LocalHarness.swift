import Foundation
import Logging
import OctobotModel
import OctobotTestSupport
import Synchronization
import Testing

@testable import OctobotSandbox

/// A `local` provider over a folder of the test's own, with a small program of ours in the agent's place.
struct LocalHarness: Sendable {
    /// What a test wants to be different; the second argument is the test's own folder.
    struct Change {
        let apply: (inout LocalConfiguration, String) throws -> Void

        init(_ apply: @escaping (inout LocalConfiguration, String) throws -> Void) { self.apply = apply }
    }

    let root: String
    var configuration: LocalConfiguration

    var provider: LocalProvider {
        get throws { try LocalProvider(configuration, logger: Logger(label: "test")) }
    }

    static func spec(
        _ id: SessionID,
        mirror: String? = nil,
        command: [String]? = nil
    ) -> SandboxSpec {
        SandboxSpec(
            sessionID: id,
            workspaceID: "w",
            projectID: "local",
            mirrorPath: mirror,
            source: "/src",
            commit: nil,
            agentType: command == nil ? "demo" : "custom",
            agentCommand: command,
            permissionMode: "ask",
            secretHash: "00:11"
        )
    }

    /// Runs a shell command inside a sandbox and gives what it wrote.
    func run(_ command: String, in id: SessionID, of provider: LocalProvider) async throws -> String {
        let runtime = try #require(provider.entries.withLock { $0[id]?.record.runtime })
        return try await exchange(provider.places.socket(runtime), command + "\n")
    }

    /// Waits for a change that fits.
    static func wait(
        for changes: AsyncStream<SandboxChange>,
        _ fits: (SandboxChange) -> Bool
    ) async throws -> SandboxChange {
        for await change in changes where fits(change) { return change }
        throw CancellationError()
    }
}

/// Makes a harness; every sandbox in it is ended afterwards.
func withLocalHarness(
    _ change: LocalHarness.Change = .init { _, _ in },
    _ body: (LocalHarness) async throws -> Void
) async throws {
    try await withTemporaryDirectory { folder in
        let root = folder.path(percentEncoded: false).trimmingSuffix("/")
        let tools = root + "/agent"
        try FileManager.default.createDirectory(atPath: tools, withIntermediateDirectories: false)
        try Data(agentProgram.utf8).write(to: URL(filePath: tools + "/agent.pl"))
        var configuration = LocalConfiguration(
            dataFolder: root + "/data",
            stateFolder: root + "/state",
            agentBinary: nil,
            readablePaths: [tools],
            isolationIsOff: false,
            networkIsHost: false,
            searchPath: "/usr/bin:/bin",
            installation: "test"
        )
        configuration.command = ["/usr/bin/perl", tools + "/agent.pl"]
        configuration.startLimit = .seconds(30)
        try change.apply(&configuration, root)
        let harness = LocalHarness(root: root, configuration: configuration)
        let result: Result<Void, any Error>
        do { result = .success(try await body(harness)) } catch { result = .failure(error) }
        let last = try harness.provider
        for sandbox in await last.list() { try await last.remove(sandbox.sessionID, data: .delete) }
        try result.get()
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}

/// Answers each connection with what the shell makes of its first line.
private let agentProgram = #"""
    use strict;
    use IO::Socket::UNIX;
    $| = 1;
    print STDERR "begun\n";
    if (-e "$ENV{HOME}/refuse") { print STDERR "cannot frob the widget\n"; exit 7 }
    if (-e "$ENV{HOME}/deaf") { exec "sleep", "1000" }
    $SIG{TERM} = -e "$ENV{HOME}/stubborn" ? 'IGNORE' : sub { exit 0 };
    my $folder = $ENV{TEST_RUNTIME} // $ARGV[0] // "/run/octobot";
    unlink "$folder/agent.sock";
    my $server = IO::Socket::UNIX->new(Type => SOCK_STREAM, Local => "$folder/agent.sock", Listen => 16)
        or die "cannot listen in $folder: $!\n";
    while (1) {
        my $client = $server->accept or next;
        my $line = <$client>;
        next unless defined $line;
        chomp $line;
        if ($line =~ /^exit (\d+)/) { print STDERR "leaving with $1\n"; exit $1 }
        if ($line =~ m{^[A-Z]+ /\S* HTTP/}) {
            my $what = "401 Unauthorized";
            while (defined(my $head = <$client>)) {
                last if $head =~ /^\r?\n$/;
                $what = "404 Not Found" if $head =~ /^authorization: bearer right\r?$/i;
            }
            print $client "HTTP/1.1 $what\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}";
            close $client;
            next;
        }
        if ($line =~ /^shout (\d+)/) { print STDERR "x" x 79, "\n" for 1 .. $1 / 80; $line = "echo shouted" }
        print $client `($line) 2>&1`;
        close $client;
    }
    """#
