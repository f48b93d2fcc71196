/// The patch of many files, cut into one for each.
enum PatchSections {
    /// How a section begins; inside one every line begins otherwise.
    private static let marks = ["diff --git ", "diff --cc ", "* Unmerged path "].map { Array($0.utf8) }

    /// The sections in their order.
    ///
    /// - Parameter isComplete: false when git was stopped; the last section is then left out.
    static func split(_ bytes: [UInt8], isComplete: Bool) -> [ArraySlice<UInt8>] {
        var starts: [Int] = []
        var line = bytes.startIndex
        while line < bytes.endIndex {
            if marks.contains(where: { bytes[line...].starts(with: $0) }) { starts.append(line) }
            line = bytes[line...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.endIndex
        }
        var sections = starts.enumerated().map { index, start in
            bytes[start..<(index + 1 < starts.count ? starts[index + 1] : bytes.endIndex)]
        }
        if !isComplete { _ = sections.popLast() }
        return sections
    }
}
