import { ConfigError, reasonOf, SourceError } from '../domain/errors.js'
import { exitCodes } from './exitCodes.js'
import type { Terminal } from './Terminal.js'

/** Says on stderr what went wrong, one line each and never a stack, and gives the exit code for it. */
export function reportError(error: unknown, { note }: Terminal): number {
  if (error instanceof ConfigError) {
    note(error.message)
    return exitCodes.usage
  }
  note(`govstream: ${reasonOf(error)}`)
  return error instanceof SourceError && error.kind === 'transient' ? exitCodes.temporary : exitCodes.failed
}
