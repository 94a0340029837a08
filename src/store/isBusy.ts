import { StoreError } from '../domain/errors.js'

/** True where the state is locked by another process for now. Stands alone: who only reads loads no RxJS for it. */
export function isBusy(cause: unknown): boolean {
  return cause instanceof StoreError && cause.kind === 'transient'
}
