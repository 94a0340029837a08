import { concatMap, defer, of, type SchedulerLike, tap } from 'rxjs'
import { canonical } from '../../domain/text/json.js'
import type { LogWriter } from '../../channels/Channel.js'
import { retryWhileBusy } from '../../store/retryWhileBusy.js'
import type { Store } from '../../store/Store.js'
import type { ExecuteTurn } from './turnExecutor.js'
import { logFile } from '../monitorLog.js'
import { defined } from '../../domain/defined.js'
import type { JsonObject } from '../../domain/text/json.js'
import { isoOf } from '../../domain/text/time.js'
import type { WriteOutcome } from '../../domain/upgrades/writeOutcome.js'

export interface RecordingOptions {
  readonly chain: string
  readonly store: Pick<Store, 'record'>
  readonly log: LogWriter
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
  readonly scheduler: SchedulerLike
}

/** The executor, with its answers logged and recorded. What is tried again on every poll gets one entry. */
export function recordOutcomes(
  execute: ExecuteTurn,
  { chain, store, log, now, scheduler }: RecordingOptions,
): ExecuteTurn {
  let recorded = ''
  return (turn, current) =>
    execute(turn, current).pipe(
      tap((outcome) => logFile(log, chain, outcome)),
      concatMap((outcome) =>
        defer(() => {
          const detail = detailOf(outcome)
          // With each try other nodes may be the first to answer.
          const { vouchedBy: _by, ...lasting } = detail
          if (recorded !== canonical(lasting)) store.record({ at: now(), chain, kind: 'write', detail })
          recorded = canonical(lasting)
          return of(outcome)
        }).pipe(retryWhileBusy(scheduler)),
      ),
    )
}

/** An outcome in JSON. */
function detailOf(outcome: WriteOutcome): JsonObject {
  const { plan, vouchedBy, ...rest } = { plan: undefined, vouchedBy: undefined, ...outcome }
  const detail: JsonObject =
    vouchedBy === undefined || Object.keys(vouchedBy).length === 0 ? rest : { ...rest, vouchedBy: { ...vouchedBy } }
  if (plan === undefined) return detail
  const { name, height, time } = plan
  return { ...detail, plan: { name, ...defined({ height, due: time === undefined ? undefined : isoOf(time) }) } }
}
