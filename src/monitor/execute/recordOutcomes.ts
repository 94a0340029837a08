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
          if (recorded !== canonical(detail)) store.record({ at: now(), chain, kind: 'write', detail })
          recorded = canonical(detail)
          return of(outcome)
        }).pipe(retryWhileBusy(scheduler)),
      ),
    )
}

/** An outcome in JSON. */
function detailOf(outcome: WriteOutcome): JsonObject {
  const { plan, ...detail } = { plan: undefined, ...outcome }
  if (plan === undefined) return detail
  const { name, height, time } = plan
  return { ...detail, plan: { name, ...defined({ height, due: time === undefined ? undefined : isoOf(time) }) } }
}
