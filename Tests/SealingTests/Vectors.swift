import Foundation
import Sealing

/// The test vectors of Project Wycheproof, read from where they lie beside the repository.
enum Vectors {
    struct File<Group: Decodable>: Decodable {
        var testGroups: [Group]
    }

    /// - Returns: `nil`, said on standard output, when the file is not there.
    static func load<Group: Decodable>(_ name: String, as type: Group.Type) throws -> [Group]? {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../shared/data/wycheproof/\(name)").standardized
        guard let data = try? Data(contentsOf: file) else {
            print("skipped: the Wycheproof vectors are not at \(file.path(percentEncoded: false))")
            return nil
        }
        return try JSONDecoder().decode(File<Group>.self, from: data).testGroups
    }
}

struct CipherGroup: Decodable {
    struct Test: Decodable {
        var tcId: Int
        var key: String
        var iv: String
        var aad: String
        var msg: String
        var ct: String
        var tag: String
        var result: String
    }
    var ivSize: Int
    var keySize: Int
    var tagSize: Int
    var tests: [Test]
}

struct DerivationGroup: Decodable {
    struct Test: Decodable {
        var tcId: Int
        var ikm: String
        var salt: String
        var info: String
        var size: Int
        var okm: String
        var result: String
    }
    var tests: [Test]
}
