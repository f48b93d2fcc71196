package import JSONText

/// A piece of a prompt or of a message (acp.md §8).
package enum ContentBlock: Sendable, Hashable {
    case text(String)
    case image(data: String, mimeType: String, uri: String? = nil)
    case audio(data: String, mimeType: String)
    case textResource(uri: String, text: String, mimeType: String?)
    case blobResource(uri: String, blob: String, mimeType: String?)
    case resourceLink(uri: String, name: String, mimeType: String? = nil, size: Int64? = nil)

    /// `nil` for kinds that are not known and for blocks without their content.
    package init?(_ json: JSONValue) {
        switch json["type"]?.stringValue {
        case "text":
            guard let text = json["text"]?.stringValue else { return nil }
            self = .text(text)
        case "image":
            guard let data = json["data"]?.stringValue else { return nil }
            self = .image(
                data: data,
                mimeType: json["mimeType"]?.stringValue ?? "image/png",
                uri: json["uri"]?.stringValue
            )
        case "audio":
            guard let data = json["data"]?.stringValue else { return nil }
            self = .audio(data: data, mimeType: json["mimeType"]?.stringValue ?? "audio/wav")
        case "resource":
            guard let resource = json["resource"], let uri = resource["uri"]?.stringValue else { return nil }
            let mimeType = resource["mimeType"]?.stringValue
            if let text = resource["text"]?.stringValue {
                self = .textResource(uri: uri, text: text, mimeType: mimeType)
            } else if let blob = resource["blob"]?.stringValue {
                self = .blobResource(uri: uri, blob: blob, mimeType: mimeType)
            } else {
                return nil
            }
        case "resource_link":
            guard let uri = json["uri"]?.stringValue else { return nil }
            self = .resourceLink(
                uri: uri,
                name: json["name"]?.stringValue ?? uri,
                mimeType: json["mimeType"]?.stringValue,
                size: json["size"]?.integerValue
            )
        default:
            return nil
        }
    }

    package var json: JSONValue {
        var members: [String: JSONValue]
        switch self {
        case .text(let text):
            members = ["type": "text", "text": .string(text)]
        case .image(let data, let mimeType, let uri):
            members = ["type": "image", "data": .string(data), "mimeType": .string(mimeType)]
            members["uri"] = uri.map(JSONValue.string)
        case .audio(let data, let mimeType):
            members = ["type": "audio", "data": .string(data), "mimeType": .string(mimeType)]
        case .textResource(let uri, let text, let mimeType):
            members = ["type": "resource", "resource": Self.resource(uri, "text", text, mimeType)]
        case .blobResource(let uri, let blob, let mimeType):
            members = ["type": "resource", "resource": Self.resource(uri, "blob", blob, mimeType)]
        case .resourceLink(let uri, let name, let mimeType, let size):
            members = ["type": "resource_link", "uri": .string(uri), "name": .string(name)]
            members["mimeType"] = mimeType.map(JSONValue.string)
            members["size"] = size.map(JSONValue.integer)
        }
        return .object(members)
    }

    private static func resource(_ uri: String, _ key: String, _ content: String, _ mimeType: String?) -> JSONValue {
        var members: [String: JSONValue] = ["uri": .string(uri), key: .string(content)]
        members["mimeType"] = mimeType.map(JSONValue.string)
        return .object(members)
    }
}
