import { asyncScheduler, defer, first, type Observable, repeat, type SchedulerLike, timer } from 'rxjs'
import type { Verdict } from './quorum.js'

export interface RoundOptions {
  /** How many nodes may fail to answer in one round. */
  readonly mayFail: number
  /** How long more than that must keep failing to end the rounds, in milliseconds. @defaultValue three seconds */
  readonly patienceMs?: number
  /** Returns true for a verdict that no further round can change. @defaultValue there is none */
  readonly isFinal?: (verdict: Verdict) => boolean
  /** Returns false once the answer is no longer needed. @defaultValue always needed */
  readonly isWanted?: () => boolean
  /** @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike
}

// Wait between two rounds, in milliseconds. A node that is one block behind has caught up by then.
const everyMs = 1_000
// In milliseconds. A single lost request is not worth an alert.
const failingMs = 3_000

/**
 * Repeats a round, each one second after the last has ended, and emits the verdict of the round that settles it: the
 * nodes agree, or the verdict is final, or more than `mayFail` of them have failed for `patienceMs`, or `isWanted`
 * returns false. Unsubscribing cancels the round.
 *
 * ```text
 * rounds:  --n|          --y|       n: not yet, y: agreed
 * output:  -----------------(y|)    a second apart
 * ```
 */
export function askUntilSettled(
  round$: Observable<Verdict>,
  {
    mayFail,
    patienceMs = failingMs,
    isFinal = () => false,
    isWanted = () => true,
    scheduler = asyncScheduler,
  }: RoundOptions,
): Observable<Verdict> {
  return defer(() => {
    let begunAt = 0
    let failingSince: number | undefined
    const isFailing = ({ failed }: Verdict): boolean => {
      failingSince = failed > mayFail ? (failingSince ?? begunAt) : undefined
      return failingSince !== undefined && scheduler.now() - failingSince >= patienceMs
    }
    return defer(() => {
      begunAt = scheduler.now()
      return round$
    }).pipe(
      repeat({ delay: () => timer(everyMs, scheduler) }),
      first((verdict) => verdict.isAgreed || isFinal(verdict) || isFailing(verdict) || !isWanted()),
    )
  })
}
