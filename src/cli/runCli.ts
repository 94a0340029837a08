import { CommanderError } from 'commander'
import { exitCodes } from './exitCodes.js'
import { createProgram } from './program.js'
import { reportError } from './reportError.js'
import type { Context } from './Terminal.js'

/** Runs one command line, without the first two words of `argv`, and gives its exit code. Never rejects. */
export async function runCli(args: readonly string[], context: Context): Promise<number> {
  let code: number = exitCodes.done
  try {
    const program = createProgram(context, (answer) => {
      code = answer
    })
    if (args.length === 0) program.help({ error: true })
    await program.parseAsync([...args], { from: 'user' })
    return code
  } catch (error) {
    // commander has already said what is wrong; help and version end this way too.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage
    return reportError(error, context.terminal)
  }
}
