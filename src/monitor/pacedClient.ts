import { fromEvent, lastValueFrom, of, type SchedulerLike, takeUntil, timer } from 'rxjs'
import type { Pacer } from '../sinks/outbox/createPacer.js'
import type { HttpClient } from '../transport/HttpClient.js'

interface PacedOptions {
  readonly http: HttpClient
  readonly pacer: Pacer
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
  readonly scheduler: SchedulerLike
  /** Called with true when a request begins to wait, and with false when the wait ends. @defaultValue does nothing */
  readonly onWait?: (isWaiting: boolean) => void
}

/**
 * Wraps the client for one handler: every request keeps to the rate of the handler, including a second request of one
 * attempt, such as a reply after an edit. The wait does not count towards the time-out of the request.
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
        // At least the wait has passed, even if the clock was set back.
        at = Math.max(now(), at + wait)
      }
      return http.request(request).finally(() => pacer.answered(now()))
    },
  }
}
