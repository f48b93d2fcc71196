/// Why a terminal or a command cannot be had.
enum HandRefusal: Error, Equatable {
    /// The text says what is wrong and what is allowed.
    case invalid(String)
    case invalidSize
    case terminalNotFound
    /// The position lies beyond what the terminal has written.
    case positionAhead
    case commandNotFound(String)
    case tooManyTerminals
    case tooManyCommands
    case terminalStalled
    case terminalEnded
    /// The sandbox cannot give what is needed; the text says what.
    case exhausted(String)
}
