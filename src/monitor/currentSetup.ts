import { defer, type Observable, startWith, Subject } from 'rxjs'
import type { Setup } from './setUp.js'

/** The configuration that is worked with, which another one may replace. */
export interface CurrentSetup {
  readonly setup: () => Setup
  /** The present one, then each that replaces it. */
  readonly setup$: Observable<Setup>
  readonly replace: (next: Setup) => void
}

export function createCurrentSetup(first: Setup): CurrentSetup {
  let current = first
  const next$ = new Subject<Setup>()
  return {
    setup: () => current,
    setup$: defer(() => next$.pipe(startWith(current))),
    replace: (next) => {
      current = next
      next$.next(next)
    },
  }
}
