import Foundation

extension ControlGroups {
    /// Finds out by trying where groups can be made; `nil` where nowhere.
    ///
    /// Version 1 hierarchies take groups below the daemon's own, which only root may make. Version 2 has them beside the
    /// daemon's group, because a group with controllers for others cannot hold processes, and a service that is started
    /// again has to find its own group free; root's are at the top.
    ///
    /// - Parameters:
    ///   - label: Tells the groups of one data folder from those of another.
    ///   - process: The files of `/proc/self`.
    static func find(label: String, process: String = "/proc/self", isRoot: Bool = geteuid() == 0) -> ControlGroups? {
        let mounts = Mounted.read(read(process + "/mounts") ?? "")
        let own = membership(read(process + "/cgroup") ?? "")
        if let unified = mounts.first(where: { $0.controllers == nil }), let path = own[""],
            let found = unifiedGroups(unified.folder, own: path, label, isRoot)
        {
            return found
        }
        var folders: [Controller: String] = [:]
        for controller in Controller.allCases {
            guard let mount = mounts.first(where: { $0.controllers?.contains(controller.rawValue) == true }) else {
                continue
            }
            // In a container the path may be one of the host that is not shown inside.
            let below = mount.folder + (own[controller.rawValue] ?? "/")
            let parent = access(below, F_OK) == 0 ? below : mount.folder
            let folder = (parent.hasSuffix("/") ? parent : parent + "/") + "octobot-" + label
            if makes(folder) { folders[controller] = folder }
            rmdir(folder)
        }
        return folders.isEmpty ? nil : ControlGroups(isUnified: false, folders: folders)
    }

    private static func unifiedGroups(_ mount: String, own: String, _ label: String, _ isRoot: Bool) -> ControlGroups? {
        let parent = isRoot ? mount : (mount + own as NSString).deletingLastPathComponent
        guard parent.hasPrefix(mount) else { return nil }
        // They have to be handed on twice: to our folder, and in it to the sandboxes' groups.
        hand(on: Controller.allCases, in: parent)
        let folder = parent + "/octobot-" + label
        guard makes(folder) else { return nil }
        let wanted = Controller.allCases.filter { words("\(folder)/cgroup.controllers").contains($0.rawValue) }
        hand(on: wanted, in: folder)
        let given = words("\(folder)/cgroup.subtree_control")
        let folders = wanted.filter { given.contains($0.rawValue) }
        rmdir(folder)
        guard !folders.isEmpty else { return nil }
        return ControlGroups(isUnified: true, folders: Dictionary(uniqueKeysWithValues: folders.map { ($0, folder) }))
    }

    /// Offers controllers to the groups in a folder; what is refused is seen when they are looked for.
    static func hand(on controllers: [Controller], in folder: String) {
        for controller in controllers {
            do {
                try write("+\(controller.rawValue)", to: "\(folder)/cgroup.subtree_control")
            } catch {
                continue
            }
        }
    }

    private static func words(_ path: String) -> [String] {
        (read(path) ?? "").split { $0 == " " || $0 == "\n" }.map(String.init)
    }

    /// Makes the folder and tries whether groups can be made in it.
    private static func makes(_ folder: String) -> Bool {
        guard mkdir(folder, 0o755) == 0 || errno == EEXIST else { return false }
        let trial = folder + "/trial"
        guard mkdir(trial, 0o755) == 0 || errno == EEXIST else { return false }
        defer { rmdir(trial) }
        return access(trial + "/cgroup.procs", W_OK) == 0
    }

    /// The daemon's group in each hierarchy, by controller; that of version 2 under an empty name (`/proc/PID/cgroup`).
    static func membership(_ text: String) -> [String: String] {
        var groups: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            for controller in fields[1].split(separator: ",", omittingEmptySubsequences: false) {
                groups[String(controller)] = String(fields[2])
            }
        }
        return groups
    }

    /// A hierarchy that is mounted.
    struct Mounted: Equatable {
        var folder: String
        /// `nil` for version 2.
        var controllers: Set<String>?

        /// Those of `/proc/PID/mounts`, whose fields escape blanks in octal.
        static func read(_ text: String) -> [Mounted] {
            text.split(separator: "\n").compactMap { line in
                let fields = line.split(separator: " ")
                guard fields.count >= 4, !fields[1].contains("\\") else { return nil }
                switch fields[2] {
                case "cgroup2": return Mounted(folder: String(fields[1]), controllers: nil)
                case "cgroup":
                    return Mounted(
                        folder: String(fields[1]),
                        controllers: Set(fields[3].split(separator: ",").map(String.init))
                    )
                default: return nil
                }
            }
        }
    }
}
