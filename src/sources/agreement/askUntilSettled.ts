import { asyncScheduler, defer, first, type Observable, repeat, type SchedulerLike, timer } from 'rxjs'
import type { Verdict } from './quorum.js'

export interface RoundOptions {
  /** How many nodes may fail to answer in one round. */
  readonly mayFail: number
  /**
   * True if the answers that came prevent agreement, whatever the nodes say that do not answer. @defaultValue more than
   * `mayFail` have answered, and failed
   */
  readonly isRefused?: (verdict: Verdict) => boolean
  /** How long agreement must be refused to end the rounds, in milliseconds. @defaultValue three seconds */
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
const refusedMs = 3_000
// In milliseconds. Nodes whose process managers restart them at the height of an upgrade are back by then.
const awayMs = 60_000

/**
 * Repeats a round, each one second after the last has ended, and emits the verdict of the round that settles it: the
 * nodes agree, or the verdict is final, or agreement was refused for `patienceMs`, or more than `mayFail` nodes have
 * failed for a minute, or `isWanted` returns false. Unsubscribing cancels the round.
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
    isRefused = ({ failed, away }) => failed - away > mayFail,
    patienceMs = refusedMs,
    isFinal = () => false,
    isWanted = () => true,
    scheduler = asyncScheduler,
  }: RoundOptions,
): Observable<Verdict> {
  return defer(() => {
    let begunAt = 0
    const lasting = (isSo: (verdict: Verdict) => boolean, ms: number): ((verdict: Verdict) => boolean) => {
      let since: number | undefined
      return (verdict) => {
        since = isSo(verdict) ? (since ?? begunAt) : undefined
        return since !== undefined && scheduler.now() - since >= ms
      }
    }
    const isRefusedLong = lasting((verdict) => verdict.failed > mayFail && isRefused(verdict), patienceMs)
    const isFailingLong = lasting(({ failed }) => failed > mayFail, awayMs)
    const isOver = (verdict: Verdict): boolean => isRefusedLong(verdict) || isFailingLong(verdict)
    return defer(() => {
      begunAt = scheduler.now()
      return round$
    }).pipe(
      repeat({ delay: () => timer(everyMs, scheduler) }),
      first((verdict) => verdict.isAgreed || isFinal(verdict) || isOver(verdict) || !isWanted()),
    )
  })
}
