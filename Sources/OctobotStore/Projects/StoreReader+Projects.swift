package import OctobotModel
import SQLDatabase

extension Project {
    fileprivate static let select = "SELECT p.id, p.name, p.slug, p.created_at, p.updated_at FROM project p"

    fileprivate init(_ row: SQLRow) throws {
        self.init(id: try row[0], name: try row[1], slug: try row[2], createdAt: try row[3], updatedAt: try row[4])
    }
}

extension StoreReader {
    package func project(_ id: ProjectID) throws -> Project? {
        try connection.fetchOne("\(Project.select) WHERE p.id = $1", id, as: Project.init)
    }

    /// Every project, oldest first.
    package func projectIDs() throws -> [ProjectID] {
        try connection.fetch("SELECT id FROM project ORDER BY created_at, id") { try $0[0] }
    }

    /// The projects a user is a member of, oldest first.
    package func projects(of user: UserID) throws -> [Project] {
        try connection.fetch(
            """
            \(Project.select) JOIN membership m ON m.project_id = p.id
            WHERE m.user_id = $1 ORDER BY p.created_at, p.id
            """,
            user,
            as: Project.init
        )
    }

    /// What a user may do in a project; `nil` without membership and for projects there are not.
    package func role(of user: UserID, in project: ProjectID) throws -> Role? {
        try connection.fetchOne("SELECT role FROM membership WHERE project_id = $1 AND user_id = $2", project, user) {
            try $0[0]
        }
    }
}
