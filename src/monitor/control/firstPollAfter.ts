import { filter, map, type OperatorFunction, scan, take } from 'rxjs'
import type { Turn } from '../../domain/chainState.js'
import { questionAnsweredBy, questionsIn } from '../../domain/upgrades/writerQuestions.js'
import { mayConcludeBy } from '../postCheck/owedPostChecks.js'
import type { SyncResult } from '../Monitor.js'

interface Progress {
  readonly result?: SyncResult
  /** Requests of that poll to the writer that are neither answered nor withdrawn yet. */
  readonly open: readonly string[]
  /** True while a hook after a write, or a check after a height, has not ended. */
  readonly isOwed: boolean
  /** True when a check has been answered and the next poll brings the verdict that depends on it. */
  readonly isVerdictDue: boolean
}

const begun: Progress = { open: [], isOwed: false, isVerdictDue: false }

/**
 * Emits the result of the first whole poll that began at `askedAt` or later, then completes. It waits until each due
 * upgrade of that poll is answered, and each check after a height has led to its verdict. `askedAt` is host time in
 * Unix milliseconds.
 *
 * The source must contain the turns of one chain. A portion of a history does not count as a whole poll while the
 * backlog shrinks. A request that a later reading no longer makes needs no answer.
 */
export function firstPollAfter(askedAt: number): OperatorFunction<Turn, SyncResult> {
  return (turn$) =>
    turn$.pipe(
      scan((progress: Progress, turn) => step(progress, turn, askedAt), begun),
      filter(({ open, isOwed, isVerdictDue }) => open.length === 0 && !isOwed && !isVerdictDue),
      map(({ result }) => result),
      filter((result) => result !== undefined),
      take(1),
    )
}

function step({ result, open, isVerdictDue: wasDue }: Progress, turn: Turn, askedAt: number): Progress {
  const isOwed = [...turn.state.upgrades.values()].some(
    ({ hook, postCheck }) => hook === 'owed' || postCheck?.owed === true,
  )
  const isPoll = turn.cause === 'reading' || turn.cause === 'failure'
  const debts = { isOwed, isVerdictDue: mayConcludeBy(turn) || (wasDue && !isPoll) }
  if (result !== undefined)
    return { result, ...debts, open: open.filter((asked, index) => isOpenAfter(asked, index, turn)) }
  const { backlog, state } = turn.state.health
  // If the backlog does not shrink, waiting for its end would never finish.
  const isWhole = turn.cause === 'failure' || (turn.cause === 'reading' && (backlog === 0n || state === 'stalled'))
  if (!isWhole || (turn.begunAt ?? askedAt) < askedAt) return { open, ...debts }
  return { result: syncResultOf(turn), open: questionsIn(turn), ...debts }
}

function isOpenAfter(asked: string, index: number, turn: Turn): boolean {
  if (turn.cause === 'reading') return questionsIn(turn).includes(asked)
  if (turn.cause !== 'write') return true
  return turn.answer === undefined ? index > 0 : questionAnsweredBy(turn.answer) !== asked
}

function syncResultOf({ failure, state: { chain, head, health } }: Turn): SyncResult {
  if (failure === undefined && health.backlog > 0n)
    return {
      chain,
      ok: false,
      failure: { kind: 'transient', message: health.problem ?? `There are still ${health.backlog} to be read.` },
    }
  if (failure !== undefined || head === undefined) {
    return { chain, ok: false, failure: failure ?? { kind: 'transient', message: 'The chain gave no answer.' } }
  }
  return { chain, ok: true, height: head.number }
}
