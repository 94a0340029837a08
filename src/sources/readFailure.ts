import { SourceError } from '../domain/errors.js'
import type { ReadFailure } from '../domain/reading.js'

/**
 * Converts the error of a reader into a value. Readers throw only SourceErrors; of any other error only the name is
 * kept.
 */
export function readFailure(chain: string, cause: unknown): ReadFailure {
  if (cause instanceof SourceError) {
    const { kind, message, wentBack } = cause
    return { kind, message, ...(wentBack && { wentBack }) }
  }
  return {
    kind: 'permanent',
    message: `Reading ${chain} failed in an unforeseen way (${cause instanceof Error ? cause.name : 'unknown'}). Please report this.`,
  }
}
