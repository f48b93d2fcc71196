import Foundation
import JSONText

/// An engine that is not used: it is on another machine, or what names it is no engine's address.
package enum DockerHostRefused: Error, Equatable {
    /// An address, as it was written.
    case address(String)
    /// A context of Docker's, by its name, that names no engine here.
    case context(String)
}

/// Where the engine listens that this user's `docker` command would use.
package enum DockerHost {
    /// The path of the engine's unix socket: `DOCKER_HOST`, else the context of `DOCKER_CONTEXT` or of the Docker
    /// configuration, else the first usual place where there is one, else `/var/run/docker.sock`.
    ///
    /// - Throws: ``DockerHostRefused`` when it is said to be anywhere but on this machine.
    package static func socket(environment: [String: String]) throws(DockerHostRefused) -> String {
        if let host = environment["DOCKER_HOST"], !host.isEmpty { return try path(host) }
        let folder = environment["DOCKER_CONFIG"] ?? environment["HOME"].map { $0 + "/.docker" }
        if let context = environment["DOCKER_CONTEXT"] ?? folder.flatMap(currentContext), !context.isEmpty,
            context != "default"
        {
            guard let host = folder.flatMap({ endpoint(of: context, in: $0) }) else {
                throw .context(context)
            }
            return try path(host)
        }
        var places = ["/var/run/docker.sock"]
        if let runtime = environment["XDG_RUNTIME_DIR"] { places.append(runtime + "/docker.sock") }
        if let home = environment["HOME"] { places.append(home + "/.docker/run/docker.sock") }
        return places.first { access($0, F_OK) == 0 } ?? places[0]
    }

    /// The path in a `unix://` address.
    static func path(_ host: String) throws(DockerHostRefused) -> String {
        let scheme = "unix://"
        guard host.hasPrefix(scheme + "/") else { throw .address(host) }
        return String(host.dropFirst(scheme.count))
    }

    private struct ClientConfiguration: Decodable {
        var currentContext: String?
    }

    private struct Context: Decodable {
        struct Endpoint: Decodable {
            var Host: String?
        }

        var Name: String
        var Endpoints: [String: Endpoint]
    }

    private static func currentContext(_ folder: String) -> String? {
        decode(ClientConfiguration.self, at: folder + "/config.json")?.currentContext
    }

    /// Contexts lie in folders named by a digest; there are few, so they are looked through.
    private static func endpoint(of name: String, in folder: String) -> String? {
        let contexts = folder + "/contexts/meta"
        // No folder, no contexts.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: contexts)) ?? []
        for entry in names {
            guard let context = decode(Context.self, at: "\(contexts)/\(entry)/meta.json"), context.Name == name else {
                continue
            }
            return context.Endpoints["docker"]?.Host
        }
        return nil
    }

    /// A file of the user's that the `docker` command wrote; what cannot be read says nothing.
    package static func decode<Value: Decodable>(_ type: Value.Type, at path: String) -> Value? {
        guard let data = FileManager.default.contents(atPath: path), (try? JSONScanner.check(data)) != nil else {
            return nil
        }
        return try? JSONCoding.decode(type, from: data)
    }
}
