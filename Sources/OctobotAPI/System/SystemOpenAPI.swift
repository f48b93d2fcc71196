import JSONText
package import OctobotModel

/// Describe the REST routes.
package enum SystemOpenAPI: Operation {
    package static let name = "system.openapi"
    package static let summary = "Describe the REST routes in OpenAPI"
    package static let description = """
        An OpenAPI 3.1 document, made from the declarations that serve the routes. `/docs` shows it to people.
        """
    package static let access = Access.public
    package static let http: [HTTPBinding] = [
        .get("/openapi.json", shape: .custom),
        .get("/docs", shape: .custom),
    ]
    package static let errors: [FaultKind] = []
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Empty()
    package static let exampleResult = OpenAPIDocument([
        "openapi": "3.1.0", "info": ["title": "Octobot", "version": "0.1.0"], "paths": [:],
    ])

    package typealias Params = Empty
    package typealias Result = OpenAPIDocument
}
