import { defer, filter, type Observable, type SchedulerLike, share, switchMap, take, takeUntil, tap, timer } from 'rxjs'
import type { Turn } from '../domain/chainState.js'
import { endOf } from '../streams/endOf.js'

export interface PulseOptions {
  /** Milliseconds between two beats. */
  readonly interval: number
  /** The chains that must be read, and for how many milliseconds a good poll counts as fresh. */
  readonly chains: readonly { readonly name: string; readonly freshMs: number }[]
  /** True while the state cannot be written, so that readings cannot be committed. */
  readonly isUnwritable: () => boolean
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
  readonly scheduler: SchedulerLike
}

/**
 * Emits every `interval` while the last poll of every chain was good and is fresh. A chain that cannot be read, stopped
 * turns, and an unwritable state therefore stop it. It starts when every chain was read, and completes with the turns.
 */
export function pulse(
  turn$: Observable<Turn>,
  { interval, chains, isUnwritable, now, scheduler }: PulseOptions,
): Observable<unknown> {
  return defer(() => {
    // One entry for each chain, so the configuration limits its size.
    const goodAt = new Map<string, number>()
    const areRead = (): boolean =>
      // The absolute value also covers a host clock that was set back.
      chains.every(({ name, freshMs }) => Math.abs(now() - (goodAt.get(name) ?? -Infinity)) <= freshMs)
    const noted$ = turn$.pipe(
      tap(({ cause, state: { chain }, time }) => {
        if (cause === 'reading') goodAt.set(chain, time)
        else if (cause === 'failure') goodAt.delete(chain)
      }),
      share(),
    )
    return noted$.pipe(
      filter(areRead),
      take(1),
      switchMap(() => timer(0, interval, scheduler)),
      filter(() => areRead() && !isUnwritable()),
      takeUntil(endOf(noted$)),
    )
  })
}
