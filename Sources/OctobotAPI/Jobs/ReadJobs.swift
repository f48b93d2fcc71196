import JSONText
package import OctobotModel

/// List jobs.
package enum ListJobs: Operation {
    package static let name = "job.list"
    package static let summary = "List jobs"
    package static let description = "Newest first; those that ended are kept for 7 days."
    package static let access = Access.member
    package static let errors: [FaultKind] = [.cursorInvalid]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params(status: .running)
    package static let exampleResult = Page(items: [Job.example])

    package typealias Result = Page<Job>

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped, Paged {
        package var projectID: ProjectID?
        package var status: JobStatus?
        package var limit: Int?
        package var cursor: String?

        package init(
            projectID: ProjectID? = nil,
            status: JobStatus? = nil,
            limit: Int? = nil,
            cursor: String? = nil
        ) {
            self.projectID = projectID
            self.status = status
            self.limit = limit
            self.cursor = cursor
        }

        private enum CodingKeys: String, CodingKey {
            case status, limit, cursor
            case projectID = "projectId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .optional("status", .enumeration(of: JobStatus.self), "Only those in this state."),
            .limit,
            .cursor
        )
    }
}

/// Show a job.
package enum GetJob: Operation {
    package static let name = "job.get"
    package static let summary = "Show a job"
    package static let description = "With its outcome, once it has one."
    package static let access = Access.member
    package static let errors: [FaultKind] = [.notFound]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params(jobID: "j1")
    package static let exampleResult = Job.example

    package typealias Result = Job

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var jobID: JobID

        package init(projectID: ProjectID? = nil, jobID: JobID) {
            self.projectID = projectID
            self.jobID = jobID
        }

        private enum CodingKeys: String, CodingKey {
            case projectID = "projectId"
            case jobID = "jobId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .required("jobId", .identifier, "The job.")
        )
    }
}

/// Wait until a job ends.
package enum WaitJob: Operation {
    package static let name = "job.wait"
    package static let summary = "Wait until a job ends"
    package static let description = """
        Answers with the job when it ends, or as it is when `timeoutMs` is over.
        """
    package static let access = Access.member
    package static let errors: [FaultKind] = [.notFound]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params(jobID: "j1", timeoutMs: 30_000)
    package static let exampleResult = Job.completedExample

    package typealias Result = Job

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var jobID: JobID
        package var timeoutMs: Int?

        package init(projectID: ProjectID? = nil, jobID: JobID, timeoutMs: Int? = nil) {
            self.projectID = projectID
            self.jobID = jobID
            self.timeoutMs = timeoutMs
        }

        private enum CodingKeys: String, CodingKey {
            case timeoutMs
            case projectID = "projectId"
            case jobID = "jobId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .required("jobId", .identifier, "The job."),
            .optional(
                "timeoutMs",
                .integer(0...3_600_000).defaulting(to: 60_000),
                "How long to wait, in milliseconds."
            )
        )
    }
}
