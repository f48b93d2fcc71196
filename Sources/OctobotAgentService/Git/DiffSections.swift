import SandboxAgentAPI

/// The patch of many files, cut into one for each.
enum DiffSections {
    private static let mark = Array("diff --git ".utf8)

    /// Splits where a line begins with `diff --git `: inside a section every line begins otherwise.
    ///
    /// - Parameter isComplete: false when git was stopped; the last section is then left out.
    static func split(_ bytes: [UInt8], isComplete: Bool) -> [ArraySlice<UInt8>] {
        var starts: [Int] = []
        var line = bytes.startIndex
        while line < bytes.endIndex {
            if bytes[line...].starts(with: mark) { starts.append(line) }
            line = bytes[line...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.endIndex
        }
        var sections = starts.enumerated().map { index, start in
            bytes[start..<(index + 1 < starts.count ? starts[index + 1] : bytes.endIndex)]
        }
        if !isComplete { _ = sections.popLast() }
        return sections
    }

    /// Gives each file its patch, within the limits of an answer.
    static func attach(_ sections: [ArraySlice<UInt8>], to files: [ChangedFile]) -> [AgentFileDiff] {
        var rest = sections[...]
        var total = 0
        return files.map { file in
            var answer = file.answer
            let own = rest.prefix(file.changesType ? 2 : 1)
            rest = rest.dropFirst(own.count)
            let patch = own.joined()
            let size = own.reduce(0) { $0 + $1.count }
            guard !own.isEmpty, size <= WorkspaceRepository.DiffLimit.file,
                total + size <= WorkspaceRepository.DiffLimit.total
            else { return answer }
            total += size
            answer.patch = String(decoding: Array(patch), as: UTF8.self)
            return answer
        }
    }

    /// The text of one patch; an incomplete one ends at a line's end.
    static func text(_ bytes: [UInt8], isComplete: Bool) -> String {
        let whole = isComplete ? bytes[...] : bytes[...(bytes.lastIndex(of: 0x0A) ?? bytes.endIndex - 1)]
        return String(decoding: whole, as: UTF8.self)
    }
}
