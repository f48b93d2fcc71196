/// Where the providers are and who we are to them.
package struct LoginConfiguration: Sendable {
    /// Our name at each provider; public, as those of all programs without a server are (RFC 8252 §8.5).
    package struct ClientIDs: Sendable {
        package var anthropic = "9d1c250a-e61b-44d9-88ed-5944d1962f5e"
        package var copilot = "Iv1.b507a08c87ecfe98"
        package var codex = "app_EMoamEEZ73f0CkXaXp7hrann"

        package init() {}
    }

    package var clientIDs = ClientIDs()
    /// Hosts of GitHub Enterprise that may be asked for device codes besides `github.com`, lower case.
    package var enterpriseHosts: [String] = []
    /// How long one exchange with a provider may take.
    package var limit = Duration.seconds(30)
    /// How long to wait before a refresh is tried again, doubled each time.
    package var pause = Duration.milliseconds(500)

    /// In place of every provider, such as `http://127.0.0.1:40123`; `nil` outside tests.
    let standIn: String?

    package init() { standIn = nil }

    /// The configuration of a test, in which a program on this machine is all the providers.
    ///
    /// Returns `nil` for anything but `http://127.0.0.1:PORT`: what is sent to providers is secret.
    package init?(standIn: String) {
        guard let match = standIn.wholeMatch(of: /http:\/\/127\.0\.0\.1:([0-9]{1,5})/), let port = Int(match.1),
            (1...65535).contains(port)
        else { return nil }
        self.standIn = standIn
    }

    /// An address at a provider; TLS unless a test stands in.
    func url(_ host: String, _ path: String) -> String { (standIn ?? "https://" + host) + path }
}
