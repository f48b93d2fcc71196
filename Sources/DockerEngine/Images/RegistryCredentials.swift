import DockerAddress
import Foundation

/// What the `docker` command has stored for a registry, as the value of `X-Registry-Auth`.
///
/// Only what lies in the configuration itself is found; helpers that keep it elsewhere are not run.
package enum RegistryCredentials {
    private struct Configuration: Decodable {
        struct Entry: Decodable {
            var auth: String?
            var identitytoken: String?
        }

        var auths: [String: Entry]?
    }

    private struct Header: Encodable {
        var username: String?
        var password: String?
        var identitytoken: String?
        var serveraddress: String
    }

    package static func header(for image: ImageReference, environment: [String: String]) -> String? {
        guard let folder = environment["DOCKER_CONFIG"] ?? environment["HOME"].map({ $0 + "/.docker" }),
            let entries = DockerHost.decode(Configuration.self, at: folder + "/config.json")?.auths
        else { return nil }
        let keys =
            image.registry == "docker.io"
            ? ["https://index.docker.io/v1/", "docker.io"] : [image.registry, "https://\(image.registry)"]
        guard let (address, entry) = keys.lazy.compactMap({ key in entries[key].map { (key, $0) } }).first else {
            return nil
        }
        var header = Header(identitytoken: entry.identitytoken, serveraddress: address)
        if let text = entry.auth, let data = Data(base64Encoded: text) {
            let parts = String(decoding: data, as: UTF8.self).split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            header.username = String(parts[0])
            header.password = String(parts[1])
        }
        guard header.username != nil || header.identitytoken != nil,
            let json = try? JSONEncoder().encode(header)  // Strings only: it cannot fail.
        else { return nil }
        return json.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
    }
}
