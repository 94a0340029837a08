import { defer, type Observable, startWith, Subject } from 'rxjs'
import type { Setup } from './setUp.js'

/** Holds the current configuration, which can be replaced. */
export interface CurrentSetup {
  readonly setup: () => Setup
  /** Emits the current setup, then each one that replaces it. */
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
