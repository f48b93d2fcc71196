import Foundation
import OctoctlCommands

exit(await OctoctlProgram.run(Array(CommandLine.arguments.dropFirst())))
