import { defer, EMPTY, finalize, type Observable } from 'rxjs'
import { fromAbortable } from '../sources/fromAbortable.js'

/** Looks at one upgrade: nothing where that is under way, or as much as may be. What finds no place is owed still. */
export type LookOnce = <T>(key: string, look: (signal: AbortSignal) => Promise<T>) => Observable<T>

/** Has one look at each upgrade at a time, and no more than `most` of them together. Unsubscribing aborts a look. */
export function lookOnce(most: number): LookOnce {
  const running = new Set<string>()
  return (key, look) =>
    defer(() => {
      if (running.size >= most || running.has(key)) return EMPTY
      running.add(key)
      return fromAbortable(look).pipe(finalize(() => running.delete(key)))
    })
}
