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

/** A socket that came to nothing, or ended. */
export interface PushOutage {
  /** One sentence. */
  readonly reason: string
  /** How many in a row, since heads were last pushed for half a minute. */
  readonly failures: number
  /** After how many milliseconds it is opened again. */
  readonly waitMs: number
}

/** Who pushes the heads of a chain, and how it is asked to. */
export interface PushServer extends Pick<SocketRequest, 'url' | 'headers'> {
  readonly chain: string
  readonly open: SocketOpener
  readonly dialect: PushDialect
  /** Takes secrets out of the words of the server, before they are cut. @defaultValue nothing is taken out */
  readonly conceal?: (text: string) => string
}

/** Whose heads are pushed, and how it is seen that they no longer are. */
export interface PushHeadsOptions extends PushServer {
  /** Heads that polls have seen: they notice a socket that tells nothing. */
  readonly polled$: Observable<bigint>
  readonly onOutage?: (outage: PushOutage) => void
  /** Told when heads are pushed again after an outage. */
  readonly onRecovery?: () => void
  /** A number in [0, 1) that spreads the waits. @defaultValue no spread */
  readonly random?: () => number
  /** @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike
}

const answerMs = 20_000
// Polls see a head before the push of it comes, by so much at most.
const graceMs = 20_000
// However fast blocks come: so far apart in the long run, and so many at once after a pause.
const gapMs = 1_000
const mostAtOnce = 5
const maxBackoffMs = 60_000
const steadyMs = 30_000

/**
 * Emits whenever a node pushes another head, at once; where heads come faster than one a second, so often at most after
 * the first five, and always after the last. It says that there is something to read, and nothing of what it is.
 *
 * - A socket that cannot be opened, is refused or ends is opened again, after a second and then ever more seldom, up
 *   to a minute, until one has pushed heads for half a minute. So is one that is silent: polls have seen the head
 *   move twice, and nothing was pushed in between, nor within 20 seconds of the second. Where a chain stands still,
 *   so may its socket.
 * - Heads that come meanwhile are missed: the polls, which go on at their own pace, find them.
 * - Never completes; errors only where `polled$` does. Unsubscribing closes the socket.
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

/** The heads that one socket pushes; errors where it is of no use. */
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

/** One value for all that come while it waits for its turn. */
function spaced(scheduler: SchedulerLike): MonoTypeOperatorFunction<void> {
  return (source$) =>
    defer(() => {
      // When the next value were due if all came a gap apart.
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

/** Emits where polls see the head move and no push tells of it. */
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
 * What one socket answers and pushes, from its opening to its end; errors where it is refused, ends, or says nothing
 * within 20 seconds. Unsubscribing closes it.
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
