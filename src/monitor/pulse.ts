import { defer, filter, type Observable, type SchedulerLike, share, switchMap, take, takeUntil, tap, timer } from 'rxjs'
import type { Turn } from '../domain/chainState.js'
import { endOf } from '../streams/endOf.js'

export interface PulseOptions {
  /** Milliseconds from one beat to the next. */
  readonly interval: number
  /** All that must be read, and after how many milliseconds a good poll is none any more. */
  readonly chains: readonly { readonly name: string; readonly freshMs: number }[]
  /** Another process keeps the state locked: what is read then leads to nothing. */
  readonly isLocked: () => boolean
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
  readonly scheduler: SchedulerLike
}

/**
 * Emits every `interval` as long as the last poll of every chain was good and is fresh: so a chain that cannot be read,
 * a line on which nothing moves, and a state that is locked, stop it. Begins when every chain was read, and completes
 * with the turns.
 */
export function pulse(
  turn$: Observable<Turn>,
  { interval, chains, isLocked, now, scheduler }: PulseOptions,
): Observable<unknown> {
  return defer(() => {
    // One entry a chain: bounded by the configuration.
    const goodAt = new Map<string, number>()
    const areRead = (): boolean =>
      // Also where the clock of the host steps back.
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
      filter(() => areRead() && !isLocked()),
      takeUntil(endOf(noted$)),
    )
  })
}
