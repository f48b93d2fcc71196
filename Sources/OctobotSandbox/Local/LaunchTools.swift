extension Launch.Tools {
    /// Finds the tools on this host.
    ///
    /// - Parameter system: Where they are looked for when they are not on `path`.
    /// - Throws: ``SandboxError/unavailable(component:message:hint:)`` for the first that is missing.
    static func find(
        path: String,
        system: String = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
        user: SandboxUser?
    ) throws(SandboxError) -> Launch.Tools {
        let path = path + ":" + system
        guard let bubblewrap = CommandSearch.find("bwrap", path: path) else {
            throw .unavailable(
                component: "bubblewrap",
                message: "bubblewrap (the command bwrap) is not installed.",
                hint: "Install it, for example with 'apt install bubblewrap'."
            )
        }
        func tool(_ name: String) throws(SandboxError) -> String {
            guard let file = CommandSearch.find(name, path: path) else {
                throw .unavailable(
                    component: "util-linux",
                    message: "The command '\(name)' is not installed.",
                    hint: "Install it, for example with 'apt install util-linux'."
                )
            }
            return file
        }
        return Launch.Tools(
            setsid: try tool("setsid"),
            bubblewrap: bubblewrap,
            unshare: user == nil ? nil : try tool("unshare"),
            setpriv: user == nil ? nil : try tool("setpriv"),
            prlimit: CommandSearch.find("prlimit", path: "/usr/bin"),
            nice: CommandSearch.find("nice", path: "/usr/bin")
        )
    }
}
