import { StoreError } from '../domain/errors.js'

/**
 * True if the state cannot be written for now: another process keeps it locked, or its disk is full. It has its own
 * file so that read-only commands do not load RxJS.
 */
export function isUnwritable(cause: unknown): boolean {
  return cause instanceof StoreError && cause.kind === 'transient'
}
