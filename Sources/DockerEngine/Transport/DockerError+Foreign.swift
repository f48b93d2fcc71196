import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

extension DockerError {
    /// Makes an error of the layers below one of ours.
    init(_ error: any Error, socket: String) {
        switch error {
        case let error as DockerError: self = error
        case is CancellationError: self = .cancelled
        case let error as HTTPClientError:
            switch error {
            case .cancelled: self = .cancelled
            case .deadlineExceeded, .connectTimeout, .readTimeout, .writeTimeout:
                self = .timedOut(error.shortDescription)
            default: self = .engineUnreachable(error.shortDescription)
            }
        case let error as IOError:
            switch error.errnoCode {
            case ENOENT: self = .engineAbsent("there is no socket '\(socket)'")
            case ECONNREFUSED: self = .engineAbsent("nothing listens at '\(socket)'")
            case EACCES, EPERM: self = .permissionDenied(socket: socket)
            default: self = .engineUnreachable(error.description)
            }
        case let error as HTTPParserError where error == .invalidEOFState:
            self = .engineUnreachable("it went away in the middle of an answer")
        case is HTTPParserError: self = .invalidAnswer("no HTTP (\(error))")
        case is NIOTooManyBytesError: self = .invalidAnswer("more than was asked for")
        default: self = .engineUnreachable("\(error)")
        }
    }
}
