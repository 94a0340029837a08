import { filter, map, type OperatorFunction, scan, take } from 'rxjs'
import type { Turn } from '../../domain/chainState.js'
import { questionAnsweredBy, questionsIn } from '../../domain/upgrades/writerQuestions.js'
import { mayConcludeBy } from '../postCheck/owedPostChecks.js'
import type { SyncResult } from '../Monitor.js'

interface Progress {
  readonly result?: SyncResult
  /** What that poll asked of the writer and is neither answered nor taken back yet. */
  readonly open: readonly string[]
  /** The operator's command after a writing, or the look after a height, is still to end. */
  readonly isOwed: boolean
  /** A look has been answered, and the verdict that waits for it comes with the next poll. */
  readonly isVerdictDue: boolean
}

const begun: Progress = { open: [], isOwed: false, isVerdictDue: false }

/**
 * Emits what the first whole poll came to that began at `askedAt` or later, once each of its due upgrades is answered
 * for, and each look after a height with the verdict that waits for it, and completes. `askedAt` is host time, Unix
 * milliseconds.
 *
 * Takes the turns of one chain. A portion of a history is no whole poll, as long as less and less of it is left. What a
 * later reading does not ask for any more needs no answer.
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
  // A backlog that does not become less has no end to wait for.
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
