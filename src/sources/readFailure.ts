import { SourceError } from '../domain/errors.js'
import type { ReadFailure } from '../domain/reading.js'

/** Why a reader failed, as a value. Of an error that no reader may throw only its name is told. */
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
