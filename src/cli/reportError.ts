import { BaseError, ConfigError, reasonOf } from '../domain/errors.js'
import { exitCodes } from './exitCodes.js'
import type { Terminal } from './Terminal.js'

/**
 * Says on stderr what went wrong, one line each and never a stack, and gives the exit code for it: temporary for what goes
 * away by itself, be it a chain that is out of reach or a state that another process keeps locked.
 */
export function reportError(error: unknown, { note }: Terminal): number {
  if (error instanceof ConfigError) {
    note(error.message)
    return exitCodes.usage
  }
  note(`govstream: ${reasonOf(error)}`)
  return error instanceof BaseError && error.kind === 'transient' ? exitCodes.temporary : exitCodes.failed
}
