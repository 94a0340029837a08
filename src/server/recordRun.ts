import { ignoreElements, merge, type Observable, tap } from 'rxjs'
import type { Config } from '../config/schema.js'
import type { Turn } from '../domain/chainState.js'
import { type Attempt, createCounters } from './createCounters.js'
import { createReadiness } from './readiness.js'
import type { ServerContext } from './ServerContext.js'

export interface RecordedRun {
  readonly turn$: Observable<Turn>
  /** The result of each attempt of a handler. */
  readonly delivery$: Observable<Attempt>
  /** Returns the current configuration. */
  readonly config: () => Config
}

/** What a run has read and delivered while `record$` was subscribed to. */
export interface RunRecord extends Pick<ServerContext, 'unready' | 'counted'> {
  readonly record$: Observable<never>
}

/** Records for the probes and the metrics. */
export function recordRun({ turn$, delivery$, config }: RecordedRun): RunRecord {
  const watched = (): readonly string[] =>
    config()
      .chains.filter(({ monitor }) => monitor.enabled)
      .map(({ name }) => name)
  const { note, unready } = createReadiness(watched)
  const { countTurn, countAttempt, counted } = createCounters()
  return {
    unready,
    counted,
    record$: merge(
      turn$.pipe(tap(note), tap(countTurn), ignoreElements()),
      delivery$.pipe(tap(countAttempt), ignoreElements()),
    ),
  }
}
