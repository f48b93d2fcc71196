import HTTPTypes
import JSONText
package import OctobotModel

/// Begin a login at GitHub for Copilot.
package enum StartCopilot: Operation {
    package static let name = "credential.startCopilot"
    package static let summary = "Begin a login at GitHub for Copilot"
    package static let description = """
        The person opens `verificationUri` and types `userCode` there, while the client calls `credential.pollCopilot` every \
        `interval` seconds. Hosts other than `github.com` have to be named in `GITHUB_ENTERPRISE_HOSTS`.
        """
    package static let access = Access.admin
    package static let http: [HTTPBinding] = [
        HTTPBinding(
            .post,
            "/api/projects/{projectId}/credentials/github-copilot/device-code",
            body: .json,
            ignoredWhenEmpty: ["deploymentType", "enterpriseUrl"],
            bodyIsOptional: true
        )
    ]
    package static let errors: [FaultKind] = [.upstreamFailed]
    package static let isIdempotent = false
    package static let isDurable = false
    package static let exampleParams = Params(deployment: .public)
    package static let exampleResult = DeviceLogin.example

    package typealias Result = DeviceLogin

    /// Which GitHub.
    package enum Deployment: String, Codable, Sendable, CaseIterable {
        case `public` = "github.com"
        case enterprise
    }

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var deployment: Deployment?
        package var enterpriseURL: String?

        package init(projectID: ProjectID? = nil, deployment: Deployment? = nil, enterpriseURL: String? = nil) {
            self.projectID = projectID
            self.deployment = deployment
            self.enterpriseURL = enterpriseURL
        }

        private enum CodingKeys: String, CodingKey {
            case projectID = "projectId"
            case deployment = "deploymentType"
            case enterpriseURL = "enterpriseUrl"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .optional(
                "deploymentType",
                JSONSchema.enumeration(of: Deployment.self).defaulting(to: "github.com"),
                "Which GitHub."
            ),
            .optional("enterpriseUrl", .string(1...2048), "The address of a GitHub Enterprise; only its host counts.")
        )
    }
}

/// A login that the person completes on another page.
package struct DeviceLogin: Codable, Sendable, Equatable, ComponentDescribing {
    package var deviceCode: String
    package var userCode: String
    package var verificationURI: String
    /// Seconds until the code is void.
    package var expiresIn: Int
    /// Seconds between two polls.
    package var interval: Int
    package var domain: String

    package init(
        deviceCode: String,
        userCode: String,
        verificationURI: String,
        expiresIn: Int,
        interval: Int,
        domain: String
    ) {
        self.deviceCode = deviceCode
        self.userCode = userCode
        self.verificationURI = verificationURI
        self.expiresIn = expiresIn
        self.interval = interval
        self.domain = domain
    }

    private enum CodingKeys: String, CodingKey {
        case deviceCode, userCode, expiresIn, interval, domain
        case verificationURI = "verificationUri"
    }

    package static let schemaName = "DeviceLogin"
    package static let definition = JSONSchema.record(
        .required("deviceCode", .string, "Names the login."),
        .required("userCode", .string, "What the person types into the page."),
        .required("verificationUri", .string, "The page."),
        .required("expiresIn", .count, "Seconds until the code is void."),
        .required("interval", .count, "Seconds between two polls."),
        .required("domain", .string, "The GitHub that was asked."),
        description: "A login that the person completes on another page."
    )

    /// What the documents show.
    package static let example = DeviceLogin(
        deviceCode: "3584d83530557fdd1f46af8289938c8ef79f9dc5",
        userCode: "WDJB-MJHT",
        verificationURI: "https://github.com/login/device",
        expiresIn: 900,
        interval: 5,
        domain: "github.com"
    )
}

/// Ask whether a login at GitHub is complete.
package enum PollCopilot: Operation {
    package static let name = "credential.pollCopilot"
    package static let summary = "Ask whether a login at GitHub for Copilot is complete"
    package static let description = """
        Answers `pending` until the person has typed the code; asked before the interval is over it does not ask GitHub. After \
        GitHub asked for patience `error` is `slow_down` and the interval is 5 s longer. A void or unknown device code is \
        CursorExpired, a refusal by the person PermissionDenied.
        """
    package static let access = Access.admin
    package static let http: [HTTPBinding] = [
        HTTPBinding(
            .post,
            "/api/projects/{projectId}/credentials/github-copilot/poll",
            body: .json,
            shape: .custom,
            ignoredWhenEmpty: ["domain"]
        )
    ]
    package static let errors: [FaultKind] = [.upstreamFailed, .cursorExpired]
    package static let isIdempotent = false
    package static let isDurable = true
    package static let exampleParams = Params(deviceCode: DeviceLogin.example.deviceCode)
    package static let exampleResult = Result(status: .success, credential: .example)

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var deviceCode: String
        package var domain: String?

        package init(projectID: ProjectID? = nil, deviceCode: String, domain: String? = nil) {
            self.projectID = projectID
            self.deviceCode = deviceCode
            self.domain = domain
        }

        private enum CodingKeys: String, CodingKey {
            case deviceCode, domain
            case projectID = "projectId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .required("deviceCode", .string(1...512), "The `deviceCode` of the login."),
            .optional("domain", .string(1...2048), "Not looked at: the daemon knows whom it asked.")
        )
    }

    package struct Result: Codable, Sendable, Equatable, ComponentDescribing {
        package enum Status: String, Codable, Sendable, CaseIterable {
            case pending, success
        }

        package var status: Status
        /// `authorization_pending` or `slow_down` while pending.
        package var error: String?
        /// Seconds until the next poll is of use.
        package var interval: Int?
        package var credential: Credential?

        package init(
            status: Status,
            error: String? = nil,
            interval: Int? = nil,
            credential: Credential? = nil
        ) {
            self.status = status
            self.error = error
            self.interval = interval
            self.credential = credential
        }

        package static let schemaName = "DeviceLoginState"
        package static let definition = JSONSchema.record(
            .required("status", .enumeration(of: Status.self), "Whether the login is complete."),
            .optional("error", .string, "`authorization_pending` or `slow_down` while it is not."),
            .optional("interval", .count, "Seconds until the next poll is of use."),
            .optional("credential", .reference(to: Credential.self), "The credential, once there is one."),
            description: "How far a login is."
        )
    }
}
