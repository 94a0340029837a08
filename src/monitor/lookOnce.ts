import { defer, EMPTY, finalize, type Observable } from 'rxjs'
import { fromAbortable } from '../sources/fromAbortable.js'

/**
 * Runs a check for one upgrade. Emits nothing if one is under way for it or the limit is reached; that check stays
 * owed.
 */
export type LookOnce = <T>(key: string, look: (signal: AbortSignal) => Promise<T>) => Observable<T>

/** Runs at most one check for each upgrade, and at most `most` checks at a time. Unsubscribing aborts a check. */
export function lookOnce(most: number): LookOnce {
  const running = new Set<string>()
  return (key, look) =>
    defer(() => {
      if (running.size >= most || running.has(key)) return EMPTY
      running.add(key)
      return fromAbortable(look).pipe(finalize(() => running.delete(key)))
    })
}
