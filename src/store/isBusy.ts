import { StoreError } from '../domain/errors.js'

/** True if another process keeps the state locked. It has its own file so that read-only commands do not load RxJS. */
export function isBusy(cause: unknown): boolean {
  return cause instanceof StoreError && cause.kind === 'transient'
}
