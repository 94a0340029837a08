import {
  asyncScheduler,
  defer,
  distinctUntilChanged,
  EMPTY,
  exhaustMap,
  filter,
  ignoreElements,
  map,
  merge,
  mergeMap,
  type MonoTypeOperatorFunction,
  Observable,
  of,
  retry,
  type SchedulerLike,
  share,
  takeUntil,
  tap,
  throwError,
  timeout,
  timer,
} from 'rxjs'
import { SourceError } from '../../domain/errors.js'
import { cleanLine } from '../../domain/text/text.js'
import type { SocketOpener, SocketRequest } from '../../transport/SocketOpener.js'
import type { PushDialect, PushMessage } from './PushDialect.js'

/** A socket that could not be opened, was refused, or ended. */
export interface PushOutage {
  /** The reason, in one sentence. */
  readonly reason: string
  /** Number of outages in a row; counted anew after heads were pushed for 30 seconds. */
  readonly failures: number
  /** Wait before the next attempt, in milliseconds. */
  readonly waitMs: number
}

/** A server that pushes the heads of a chain, and how to subscribe. */
export interface PushServer extends Pick<SocketRequest, 'url' | 'headers'> {
  readonly chain: string
  readonly open: SocketOpener
  readonly dialect: PushDialect
  /** Removes secrets from the text of the server before it is shortened. @defaultValue removes nothing */
  readonly conceal?: (text: string) => string
}

/** Which heads to subscribe to, and how to detect that no more are pushed. */
export interface PushHeadsOptions extends PushServer {
  /** Heads seen by polling. If they move on while nothing is pushed, the socket counts as dead. */
  readonly polled$: Observable<bigint>
  readonly onOutage?: (outage: PushOutage) => void
  /** Called when heads are pushed again after an outage. */
  readonly onRecovery?: () => void
  /** Returns a number in [0, 1) that spreads the waits. @defaultValue no spread */
  readonly random?: () => number
  /** @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike
}

const answerMs = 20_000
// Maximum time between a poll that sees a head and the push of that head.
const graceMs = 20_000
// Limit of the rate: one value a second in the long run, and at most five at once after a pause.
const gapMs = 1_000
const mostAtOnce = 5
const maxBackoffMs = 60_000
const steadyMs = 30_000

/**
 * Emits as soon as a node pushes another head. If heads come faster than one a second, it emits once a second after the
 * first five, and always after the last head. It only signals that there is something to read; the head itself is not
 * emitted.
 *
 * - A socket that cannot be opened, is refused or ends is opened again, after one second and then with back-off up to
 *   one minute. The back-off resets once a socket has pushed heads for 30 seconds. A silent socket is treated the same:
 *   polls saw the head move twice, but nothing was pushed in between or within 20 seconds after the second time. While
 *   the chain stands still, a silent socket is normal.
 * - Heads that come while no socket is open are not emitted; the polls, which continue at their own pace, find them.
 * - Never completes; errors only if `polled$` errors. Unsubscribing closes the socket.
 */
export function pushHeads(options: PushHeadsOptions): Observable<void> {
  const { scheduler = asyncScheduler, random = (): number => 1, onOutage, onRecovery } = options
  return defer(() => {
    let failures = 0
    let isOut = false
    let steadyAt = Infinity
    return defer(() => headsOfOne(options, scheduler)).pipe(
      tap(() => {
        if (isOut) onRecovery?.()
        isOut = false
        steadyAt = Math.min(steadyAt, scheduler.now() + steadyMs)
      }),
      retry({
        delay: (cause: unknown) => {
          failures = scheduler.now() >= steadyAt ? 1 : failures + 1
          steadyAt = Infinity
          isOut = true
          const longest = Math.min(maxBackoffMs, 1000 * 2 ** Math.min(failures - 1, 30))
          const waitMs = Math.max(1, Math.round(longest * (0.5 + random() / 2)))
          onOutage?.({
            reason: cause instanceof SourceError ? cause.message : `${options.chain}: ${String(cause)}`,
            failures,
            waitMs,
          })
          return timer(waitMs, scheduler)
        },
      }),
      spaced(scheduler),
    )
  })
}

/** Emits when one socket pushes a new head; errors if the socket fails or stays silent. */
function headsOfOne({ polled$, ...options }: PushHeadsOptions, scheduler: SchedulerLike): Observable<void> {
  const head$ = pushAnswers(options, scheduler).pipe(
    filter((message) => message.kind === 'head'),
    distinctUntilChanged((one, other) => one.head === other.head),
    map(() => undefined),
    share(),
  )
  return merge(
    silence(polled$, head$, scheduler).pipe(
      mergeMap(() => unpushed(options, 'pushes nothing, though its chain goes on.')),
    ),
    head$,
  )
}

/** Limits the rate: emits one value for all that arrive while it waits. */
function spaced(scheduler: SchedulerLike): MonoTypeOperatorFunction<void> {
  return (source$) =>
    defer(() => {
      // When the next value would be due if all values came one gap apart.
      let due = 0
      return source$.pipe(
        exhaustMap(() => {
          const now = scheduler.now()
          due = Math.max(due, now) + gapMs
          const waitMs = due - now - mostAtOnce * gapMs
          return waitMs > 0 ? timer(waitMs, scheduler).pipe(map(() => undefined)) : of(undefined)
        }),
      )
    })
}

/** Emits if polls see the head move and no push announces it. */
function silence(
  polled$: Observable<bigint>,
  head$: Observable<unknown>,
  scheduler: SchedulerLike,
): Observable<unknown> {
  return defer(() => {
    let isTold = true
    return merge(
      head$.pipe(
        tap(() => (isTold = true)),
        ignoreElements(),
      ),
      polled$.pipe(
        distinctUntilChanged(),
        exhaustMap(() => {
          const wasTold = isTold
          isTold = false
          return wasTold ? EMPTY : timer(graceMs, scheduler).pipe(takeUntil(head$))
        }),
      ),
    )
  })
}

/**
 * Emits what one socket answers and pushes, from its opening to its end. Errors if the socket is refused, ends, or
 * sends nothing within 20 seconds. Unsubscribing closes it.
 */
export function pushAnswers(server: PushServer, scheduler: SchedulerLike = asyncScheduler): Observable<PushMessage> {
  const { conceal = (text: string): string => text } = server
  return messagesOf(server).pipe(
    mergeMap((message) =>
      message.kind === 'refused'
        ? unpushed(server, `pushes no heads: ${cleanLine(conceal(message.reason), 200)}`)
        : [message],
    ),
    timeout({
      first: answerMs,
      with: () => unpushed(server, `did not say within ${answerMs} ms that it pushes heads.`),
      scheduler,
    }),
  )
}

function unpushed({ chain, url }: PushServer, what: string): Observable<never> {
  return throwError(() => new SourceError('transient', `${url.host} of ${chain} ${what}`))
}

function messagesOf({ url, headers, open, dialect, chain }: PushServer): Observable<PushMessage> {
  return new Observable<PushMessage>((subscriber) =>
    open({
      url,
      ...(headers !== undefined && { headers }),
      onOpen: (send) => send(dialect.subscription),
      onText: (text) => {
        const message = dialect.read(text)
        if (message !== undefined) subscriber.next(message)
      },
      onEnd: ({ message }) => subscriber.error(new SourceError('transient', `${url.host} of ${chain} ${message}`)),
    }),
  )
}
