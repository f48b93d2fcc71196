import Foundation
import SandboxAgentAPI
import Synchronization

/// The questions that wait for a person, oldest first (agent-api.md §5.8).
final class QuestionDesk: Sendable {
    /// How a question ended.
    enum Ending: Sendable, Equatable {
        case answered([String: String])
        case expired
    }

    /// What became of an attempt to answer.
    enum Receipt: Sendable, Equatable {
        case taken
        case unknown
        case refused(String)
    }

    private struct Entry {
        var question: PendingQuestion
        var check: @Sendable ([String: String]) -> String?
        var waiter: CheckedContinuation<Ending, Never>?
        var ending: Ending?
    }

    private struct State {
        var entries: [Entry] = []
        var answered: Set<String> = []
    }

    private let state = Mutex(State())

    /// Puts a question up, before anybody is told its id.
    ///
    /// - Parameter check: says why answers cannot be taken, or `nil` when they can.
    func post(_ question: PendingQuestion, check: @escaping @Sendable ([String: String]) -> String? = { _ in nil }) {
        state.withLock { $0.entries.append(Entry(question: question, check: check)) }
    }

    /// Waits for the end of a question that was posted; cancellation expires it.
    func ending(of id: String) async -> Ending {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ending: Ending? = state.withLock { state in
                    guard let index = state.entries.firstIndex(where: { $0.question.toolUseID == id }) else {
                        return .expired
                    }
                    if let ending = state.entries[index].ending {
                        state.entries.remove(at: index)
                        return ending
                    }
                    state.entries[index].waiter = continuation
                    return nil
                }
                if let ending { continuation.resume(returning: ending) }
            }
        } onCancel: {
            expire([id])
        }
    }

    /// Takes the answers of a person.
    func answer(_ id: String, _ answers: [String: String]) -> Receipt {
        let check = state.withLock { state in
            state.entries.first { $0.question.toolUseID == id && $0.ending == nil }?.check
        }
        guard let check else { return .unknown }
        if let reason = check(answers) { return .refused(reason) }
        return end(id, .answered(answers)) ? .taken : .unknown
    }

    /// Expires questions: all of them without `ids`.
    func expire(_ ids: [String]? = nil) {
        let pending = ids ?? state.withLock { state in state.entries.map(\.question.toolUseID) }
        for id in pending { _ = end(id, .expired) }
    }

    private func end(_ id: String, _ ending: Ending) -> Bool {
        let (ended, waiter) = state.withLock { state -> (Bool, CheckedContinuation<Ending, Never>?) in
            guard let index = state.entries.firstIndex(where: { $0.question.toolUseID == id && $0.ending == nil })
            else { return (false, nil) }
            if case .answered = ending { state.answered.insert(id) }
            guard let waiter = state.entries[index].waiter else {
                state.entries[index].ending = ending
                return (true, nil)
            }
            state.entries.remove(at: index)
            return (true, waiter)
        }
        waiter?.resume(returning: ending)
        return ended
    }

    /// The oldest question that waits, or the state of one.
    func state(of id: String?) -> QuestionState {
        state.withLock { state in
            let waiting = state.entries.filter { $0.ending == nil }.map(\.question)
            guard let id else { return QuestionState(status: nil, question: waiting.first) }
            if let question = waiting.first(where: { $0.toolUseID == id }) {
                return QuestionState(status: .pending, question: question)
            }
            return QuestionState(status: state.answered.contains(id) ? .answered : .expired, question: nil)
        }
    }
}
