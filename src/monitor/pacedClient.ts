import { fromEvent, lastValueFrom, of, type SchedulerLike, takeUntil, timer } from 'rxjs'
import type { Pacer } from '../sinks/outbox/createPacer.js'
import type { HttpClient } from '../transport/HttpClient.js'

interface PacedOptions {
  readonly http: HttpClient
  readonly pacer: Pacer
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
  readonly scheduler: SchedulerLike
  /** Told when a request begins to wait, and when it goes. @defaultValue nobody is told */
  readonly onWait?: (isWaiting: boolean) => void
}

/**
 * The client as one handler uses it: each request keeps to the rate of the handler, also the second one of a try, such
 * as a reply after an edit. The wait for it is no part of the time that the request has.
 */
export function pacedClient({ http, pacer, now, scheduler, onWait }: PacedOptions): HttpClient {
  return {
    request: async (request) => {
      const { signal } = request
      let at = now()
      for (let wait = pacer.request(at); wait > 0; wait = pacer.request(at)) {
        const stopped$ = signal.aborted ? of(undefined) : fromEvent(signal, 'abort')
        const waited = lastValueFrom(timer(wait, scheduler).pipe(takeUntil(stopped$)), { defaultValue: undefined })
        onWait?.(true)
        await waited
        onWait?.(false)
        if (signal.aborted) {
          pacer.dropped()
          return http.request(request)
        }
        // Whatever the clock shows, so much has passed.
        at = Math.max(now(), at + wait)
      }
      return http.request(request).finally(() => pacer.answered(now()))
    },
  }
}
