import CLinux
package import Foundation

extension ConfinedFolder {
    /// One entry of a folder.
    package struct Entry: Sendable, Equatable {
        package var name: String
        /// Links count as what they lead to within the folder; one that leads nowhere there counts as a file.
        package var isFolder: Bool
        /// Bytes; `nil` for folders and for links that lead nowhere within.
        package var size: Int?
    }

    /// A file's content, or the part of it that was asked for.
    package struct Content: Sendable, Equatable {
        /// Relative to the folder.
        package var path: String
        package var bytes: Data
        /// Of the whole file.
        package var size: Int
        package var version: String
    }

    /// The entries of a folder, folders first, then by name.
    ///
    /// - Returns: Its path, relative to this folder, and what is in it.
    package func list(_ path: String, hidden: Bool) throws(Refusal) -> (path: String, entries: [Entry]) {
        let path = try normal(path)
        let folder = try open(path, O_RDONLY | O_DIRECTORY, missing: "Directory not found")
        guard let stream = fdopendir(folder) else {
            close(folder)
            throw .denied
        }
        defer { closedir(stream) }
        var entries: [Entry] = []
        while let name = Self.next(of: stream) {
            guard hidden || name[0] != CChar(UInt8(ascii: ".")) else { continue }
            let text = String(cString: name)
            var info = stat()
            guard fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            if info.st_mode & S_IFMT == S_IFLNK {
                guard let target = target(of: text, in: path) else {
                    entries.append(Entry(name: text, isFolder: false))
                    continue
                }
                info = target
            }
            let isFolder = info.st_mode & S_IFMT == S_IFDIR
            entries.append(Entry(name: text, isFolder: isFolder, size: isFolder ? nil : Int(info.st_size)))
        }
        entries.sort { ($0.isFolder ? 0 : 1, $0.name) < ($1.isFolder ? 0 : 1, $1.name) }
        return (path, entries)
    }

    /// What a link leads to; `nil` when that is not within the folder, of which nothing is told then.
    private func target(of name: String, in folder: String) -> stat? {
        do throws(Refusal) {
            let file = try open(folder + "/" + name, O_PATH, missing: "")
            defer { close(file) }
            var info = stat()
            return fstat(file, &info) == 0 ? info : nil
        } catch {
            // It leads out, nowhere or in circles.
            return nil
        }
    }

    /// A file's content; the part from `offset` on when that is asked for.
    ///
    /// - Parameter limit: How many bytes there may be to give.
    /// - Throws: ``Refusal/tooLarge`` beyond it.
    package func read(
        _ path: String,
        offset: Int? = nil,
        length: Int? = nil,
        limit: Int
    ) throws(Refusal) -> Content {
        let path = try normal(path)
        let place = try open(path, O_PATH, missing: "File not found")
        defer { close(place) }
        try admit(place)
        let (file, info) = try Self.opened(place)
        defer { close(file) }
        let size = Int(info.st_size)
        let start = min(offset ?? 0, size)
        let count = min(length ?? size, size - start)
        guard count <= limit else { throw .tooLarge }
        return Content(
            path: path,
            bytes: try Self.bytes(of: file, from: start, count: count),
            size: size,
            version: Self.version(of: info)
        )
    }

    /// The regular file behind a place, to be read; nothing else is opened, so that no device and no pipe notices.
    static func opened(_ place: CInt) throws(Refusal) -> (file: CInt, info: stat) {
        var info = stat()
        guard fstat(place, &info) == 0 else { throw .denied }
        switch info.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw .invalid("Is a directory")
        case S_IFLNK: throw .invalid("Is a link")
        default: throw .invalid("Not a regular file")
        }
        let file = Foundation.open("/proc/self/fd/\(place)", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw refusal(errno, missing: "File not found") }
        return (file, info)
    }

    static func bytes(of file: CInt, from start: Int, count: Int) throws(Refusal) -> Data {
        var data = Data(count: count)
        var done = 0
        while done < count {
            let got = data.withUnsafeMutableBytes { buffer in
                pread(file, buffer.baseAddress.map { $0 + done }, count - done, off_t(start + done))
            }
            if got < 0 {
                if errno == EINTR { continue }
                throw .denied
            }
            // Somebody made it shorter.
            if got == 0 { break }
            done += got
        }
        return data.prefix(done)
    }

    /// Changes with every write: by us, because that makes a new file; by others, because it moves the times.
    static func version(of info: stat) -> String {
        let parts = [
            UInt64(info.st_ino), UInt64(bitPattern: Int64(info.st_size)),
            UInt64(bitPattern: Int64(info.st_mtim.tv_sec)),
            UInt64(bitPattern: Int64(info.st_mtim.tv_nsec)), UInt64(bitPattern: Int64(info.st_ctim.tv_nsec)),
        ]
        return parts.map { String($0, radix: 36) }.joined(separator: "-")
    }

    /// The next name in a folder as its bytes are, `.` and `..` left out; good until the one after.
    static func next(of stream: OpaquePointer) -> UnsafePointer<CChar>? {
        while let entry = readdir(stream) {
            let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
            let name = UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self)
            if strcmp(name, ".") != 0, strcmp(name, "..") != 0 { return name }
        }
        return nil
    }
}
