/// A setting that stops the start: names the variable or file, its value and what is allowed.
struct ConfigurationError: Error, CustomStringConvertible {
    var name: String
    var value: String?
    var problem: String
    var allowed: String

    var description: String {
        let shown = value.map { "\(name)='\($0)'" } ?? name
        return "\(shown): \(problem). Allowed: \(allowed)."
    }
}
