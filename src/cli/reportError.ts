import { BaseError, ConfigError, reasonOf } from '../domain/errors.js'
import { exitCodes } from './exitCodes.js'
import { foldLines } from './output/foldLines.js'
import type { Terminal } from './Terminal.js'

/**
 * Says on stderr what went wrong, one line each and never a stack, and gives the exit code for it: temporary for what goes
 * away by itself, be it a chain that is out of reach or a state that another process keeps locked.
 */
export function reportError(error: unknown, { note, noteWidth }: Terminal): number {
  if (error instanceof ConfigError) {
    note(foldLines(error.message, noteWidth))
    return exitCodes.usage
  }
  note(foldLines(`govstream: ${reasonOf(error)}`, noteWidth))
  return error instanceof BaseError && error.kind === 'transient' ? exitCodes.temporary : exitCodes.failed
}
