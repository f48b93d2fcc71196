package import OctobotModel

/// Cancel a job.
package enum CancelJob: Operation {
    package static let name = "job.cancel"
    package static let summary = "Cancel a job"
    package static let description = """
        A pending job ends at once; a running one when it notices. A job that ended is returned unchanged.
        """
    package static let access = Access.member
    package static let errors: [FaultKind] = [.notFound, .invalidState]
    package static let isIdempotent = true
    package static let isDurable = true
    package static let exampleParams = Params(jobID: "j1")
    package static let exampleResult = Job.cancelledExample

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
