import { ConfigError, reasonOf, SourceError } from '../domain/errors.js'
import { exitCodes } from './exitCodes.js'
import { foldLines } from './output/foldLines.js'
import type { Terminal } from './Terminal.js'

/** Says on stderr what went wrong, one line each and never a stack, and gives the exit code for it. */
export function reportError(error: unknown, { note, noteWidth }: Terminal): number {
  if (error instanceof ConfigError) {
    note(foldLines(error.message, noteWidth))
    return exitCodes.usage
  }
  note(foldLines(`govstream: ${reasonOf(error)}`, noteWidth))
  return error instanceof SourceError && error.kind === 'transient' ? exitCodes.temporary : exitCodes.failed
}
