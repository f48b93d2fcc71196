import HTTPTypes

/// The CORS fields of answers; only origins of `CORS_ORIGINS` get any.
struct CrossOriginAnswers: Sendable {
    let origins: OriginRule

    private static let methods = ["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH"]
    private static let fields = [
        "accept", "authorization", "content-type", "x-csrf-token", "user-agent", "origin", "last-event-id",
        "idempotency-key", "cache-control",
    ]

    /// What every answer to a page of a granted origin carries.
    func fields(for request: HTTPFields) -> HTTPFields {
        var fields = HTTPFields()
        guard let origin = request[.origin], origins.isGranted(origin) else { return fields }
        fields[.accessControlAllowOrigin] = origin
        fields[.accessControlAllowCredentials] = "true"
        fields[.accessControlExposeHeaders] = "Link, X-Request-Id, Idempotency-Replayed"
        fields[.vary] = "Origin"
        return fields
    }

    /// What a preflight adds when method and fields are acceptable.
    func preflightFields(for request: HTTPFields) -> HTTPFields {
        var fields = HTTPFields()
        fields[.vary] = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
        guard let origin = request[.origin], origins.isGranted(origin),
            let method = request[.accessControlRequestMethod], Self.methods.contains(method)
        else { return fields }
        let wanted = (request[.accessControlRequestHeaders] ?? "").split(separator: ",").map {
            $0.trimming(where: { $0 == " " || $0 == "\t" }).lowercased()
        }
        guard wanted.allSatisfy(Self.fields.contains) else { return fields }
        fields[.accessControlAllowOrigin] = origin
        fields[.accessControlAllowCredentials] = "true"
        fields[.accessControlAllowMethods] = Self.methods.joined(separator: ", ")
        fields[.accessControlAllowHeaders] = wanted.joined(separator: ", ")
        fields[.accessControlMaxAge] = "300"
        return fields
    }
}

extension Substring {
    fileprivate func trimming(where isTrimmed: (Character) -> Bool) -> Substring {
        var rest = self[...]
        while let first = rest.first, isTrimmed(first) { rest.removeFirst() }
        while let last = rest.last, isTrimmed(last) { rest.removeLast() }
        return rest
    }
}
