import { concatMap, defer, of, type SchedulerLike, tap } from 'rxjs'
import { canonical, type JsonObject } from '../../domain/text/json.js'
import type { LogWriter } from '../../channels/Channel.js'
import { retryWhileUnwritable } from '../../store/retryWhileUnwritable.js'
import type { Store } from '../../store/Store.js'
import type { ExecuteTurn } from './turnExecutor.js'
import { logFile } from '../monitorLog.js'
import { defined } from '../../domain/defined.js'
import { isoOf } from '../../domain/text/time.js'
import { willBeRetried, type WriteOutcome } from '../../domain/upgrades/writeOutcome.js'
import { questionAnsweredBy } from '../../domain/upgrades/writerQuestions.js'

export interface RecordingOptions {
  readonly chain: string
  readonly store: Pick<Store, 'record'>
  readonly log: LogWriter
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
  readonly scheduler: SchedulerLike
}

// Maximum numbers of remembered questions, and of remembered failures for each. No more questions than this are due at
// a time, and no more reasons than this can prevent a write.
const mostQuestions = 200
const mostFailures = 20

/**
 * Wraps the executor so that its outcomes are logged and recorded. An attempt that is repeated on every poll is
 * recorded once, even if several upgrades or several reasons alternate.
 */
export function recordOutcomes(
  execute: ExecuteTurn,
  { chain, store, log, now, scheduler }: RecordingOptions,
): ExecuteTurn {
  // For each question the texts recorded last: an answer, and the failed attempts since.
  const recorded = new Map<string, readonly string[]>()
  function record(outcome: WriteOutcome): void {
    const question = questionAnsweredBy(outcome)
    const before = recorded.get(question) ?? []
    const detail = detailOf(outcome)
    // The nodes that vouch are left out of the comparison, because each attempt may be answered by others first.
    const { vouchedBy: _by, ...lasting } = detail
    const text = canonical(lasting)
    if (willBeRetried(outcome) ? before.includes(text) : before.at(-1) === text) return
    store.record({ at: now(), chain, kind: 'write', detail })
    recorded.delete(question)
    recorded.set(question, willBeRetried(outcome) ? [...before.slice(1 - mostFailures), text] : [text])
    const [oldest] = recorded.keys()
    if (recorded.size > mostQuestions && oldest !== undefined) recorded.delete(oldest)
  }
  return (...given) =>
    execute(...given)?.pipe(
      tap((outcome) => logFile(log, chain, outcome)),
      concatMap((outcome) =>
        defer(() => {
          record(outcome)
          return of(outcome)
        }).pipe(retryWhileUnwritable(scheduler)),
      ),
    )
}

/** An outcome as JSON. */
function detailOf(outcome: WriteOutcome): JsonObject {
  const { plan, vouchedBy, ...rest } = { plan: undefined, vouchedBy: undefined, ...outcome }
  const detail: JsonObject =
    vouchedBy === undefined || Object.keys(vouchedBy).length === 0 ? rest : { ...rest, vouchedBy: { ...vouchedBy } }
  if (plan === undefined) return detail
  const { name, height, time } = plan
  return { ...detail, plan: { name, ...defined({ height, due: time === undefined ? undefined : isoOf(time) }) } }
}
