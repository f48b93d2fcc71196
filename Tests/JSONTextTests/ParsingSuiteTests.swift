import Foundation
import JSONText
import Testing

/// The JSON parsing suite of "Parsing JSON is a minefield", when it is at hand.
@Suite("the JSON parsing suite", .timeLimit(.minutes(1)))
struct ParsingSuiteTests {
    @Test("every y_ file is accepted, every n_ file refused; names that occur twice are refused too")
    func verdicts() throws {
        guard let folder = Self.folder else { return }
        var seen = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false)).sorted()
        where name.hasSuffix(".json") && !name.hasPrefix("i_") {
            let text = Array(try Data(contentsOf: folder.appending(path: name)))
            let isWanted = name.hasPrefix("y_") && !name.hasPrefix("y_object_duplicated")
            #expect(((try? JSONScanner.check(text)) != nil) == isWanted, "\(name)")
            #expect(((try? JSONValue(parsing: text)) != nil) == isWanted, "\(name)")
            seen += 1
        }
        #expect(seen > 280)
    }

    /// `JSON_TEST_SUITE`, else a folder beside the repository.
    static var folder: URL? {
        let given = ProcessInfo.processInfo.environment["JSON_TEST_SUITE"].map { URL(filePath: $0) }
        let folder =
            given
            ?? URL(filePath: #filePath).appending(path: "../../../../shared/data/JSONTestSuite/test_parsing")
            .standardized
        guard FileManager.default.fileExists(atPath: folder.path(percentEncoded: false)) else {
            print(
                "skipped: the JSON parsing suite is not at \(folder.path(percentEncoded: false)); set JSON_TEST_SUITE"
            )
            return nil
        }
        return folder
    }
}
