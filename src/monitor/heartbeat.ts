import { catchError, EMPTY, exhaustMap, ignoreElements, type Observable, tap } from 'rxjs'
import { askService } from '../channels/askService.js'
import type { LogWriter } from '../channels/Channel.js'
import type { Config } from '../config/schema.js'
import type { Turn } from '../domain/chainState.js'
import { reasonOf } from '../domain/errors.js'
import { fromAbortable } from '../sources/fromAbortable.js'
import type { ServerAccess } from './createServerAccess.js'
import { pulse, type PulseOptions } from './pulse.js'
import { longestWait } from './turns/spreadPolls.js'

/** Signs of life for a dead man's switch: the receiver raises an alarm when they stop. */
export interface Heartbeat {
  /**
   * Calls the receiver regularly while every chain is read well and the state can be written. Ends with the turns.
   * Never errors.
   */
  during(turn$: Observable<Turn>, isUnwritable: PulseOptions['isUnwritable']): Observable<never>
  /** Calls the receiver once. Never errors. */
  readonly once$: Observable<never>
}

export interface HeartbeatOptions extends ServerAccess, Pick<PulseOptions, 'now' | 'scheduler'> {
  readonly log: Pick<LogWriter, 'warn'>
}

// Maximum time of one call, in milliseconds. It is below most intervals, so that a slow call delays no other.
const longestMs = 10_000

/** The heartbeat over the enabled chains of a configuration; undefined if none is configured. */
export function heartbeatOf(
  { notifier: { heartbeat }, chains }: Pick<Config, 'notifier' | 'chains'>,
  { now, scheduler, ...access }: HeartbeatOptions,
): Heartbeat | undefined {
  if (heartbeat === undefined) return undefined
  const { url, interval } = heartbeat
  const watched = chains
    .filter(({ monitor }) => monitor.enabled)
    .map(({ name, monitor }) => ({ name, freshMs: longestWait(monitor.pollInterval) + monitor.downAfter }))
  const once$ = callOf(url, Math.min(interval, longestMs), access)
  const own: Heartbeat = {
    during: (turn$, isUnwritable) =>
      // No call begins while another one is under way.
      pulse(turn$, { interval, chains: watched, isUnwritable, now, scheduler }).pipe(exhaustMap(() => once$)),
    once$,
  }
  return own
}

/** Makes one call for each subscription. Failures 1, 2, 4, 8 and so on of a row are logged. */
function callOf(
  url: string,
  timeoutMs: number,
  { http, conceal, log }: Pick<HeartbeatOptions, 'http' | 'conceal' | 'log'>,
): Observable<never> {
  let failures = 0
  const service = 'The receiver of the heartbeat'
  return fromAbortable((signal) =>
    askService({ service, url: new URL(url), http, signal, timeoutMs, conceal, statusOnly: true }),
  ).pipe(
    tap(() => (failures = 0)),
    catchError((cause: unknown) => {
      failures += 1
      if (Number.isInteger(Math.log2(failures))) log.warn({ failures }, `heartbeat failed: ${conceal(reasonOf(cause))}`)
      return EMPTY
    }),
    ignoreElements(),
  )
}
