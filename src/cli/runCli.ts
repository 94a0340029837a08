import { CommanderError } from 'commander'
import { BaseError, ConfigError, reasonOf } from '../domain/errors.js'
import type { Context, Terminal } from './Terminal.js'
import { exitCodes } from './exitCodes.js'
import { foldLines } from './output/foldLines.js'
import { createProgram } from './program.js'

/** Runs one command line, without the first two words of `argv`, and returns its exit code. Never rejects. */
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
    // commander has already printed the error; help and version end this way too.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage
    return reportError(error, context.terminal)
  }
}

/**
 * Prints an error on stderr, one line per problem and never a stack, and returns its exit code: temporary for a failure
 * that goes away by itself, such as an unreachable chain or a state that cannot be written for now.
 */
function reportError(error: unknown, { note, noteWidth }: Terminal): number {
  if (error instanceof ConfigError) {
    note(foldLines(error.message, noteWidth))
    return exitCodes.usage
  }
  note(foldLines(`govstream: ${reasonOf(error)}`, noteWidth))
  return error instanceof BaseError && error.kind === 'transient' ? exitCodes.temporary : exitCodes.failed
}
