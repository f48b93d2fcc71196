import JSONRPC
import JSONText
import OctobotAPI
import OctobotModel
import OctobotServer
import OctobotServices
import Testing

/// Every operation, for every kind of caller, about what is theirs, another project's, and nobody's.
@Suite("The access matrix", .timeLimit(.minutes(4)))
struct AccessMatrixTests {
    @Test("every operation has cells, and no cell is of an operation there is not")
    func recipes() {
        let declared = Set(Operations.all.map(\.name).filter { !$0.hasPrefix("rpc.") })
        #expect(declared.subtracting(Recipe.all.keys).sorted() == [], "an operation without cells")
        #expect(Set(Recipe.all.keys).subtracting(declared).sorted() == [], "cells without an operation")
        for operation in Operations.all {
            guard let recipe = Recipe.all[operation.name] else { continue }
            let parameters = operation.parameters.filter { $0.isRequired && $0.name != "projectId" }.map(\.name)
            let forgotten = parameters.filter { $0.hasSuffix("Id") && !recipe.names.contains($0) }
            #expect(forgotten == [], "\(operation.name) names things whose cells are missing")
        }
    }

    @Test("the operations of the connection are everybody's")
    func connection() {
        for operation in Operations.all where operation.name.hasPrefix("rpc.") {
            #expect(operation.access == .public, "\(operation.name)")
        }
    }

    @Test("each cell is as declared, and what is another's reads like what is not there")
    func cells() async throws {
        try await World.run { world in
            var matrix = try await AccessMatrix(world)
            for operation in Operations.all {
                guard let recipe = Recipe.all[operation.name] else { continue }
                for caller in Caller.allCases { try await matrix.check(operation, recipe, caller) }
            }
            try await matrix.finish()
            print("access matrix: \(matrix.cells) cells of \(Recipe.all.count) operations")
        }
    }
}
