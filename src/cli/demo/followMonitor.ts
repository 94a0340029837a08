import { blocksText } from '../../domain/notifications/phrases.js'
import {
  concatMap,
  filter,
  firstValueFrom,
  fromEvent,
  ignoreElements,
  lastValueFrom,
  merge,
  type Observable,
  ReplaySubject,
  share,
  takeUntil,
  tap,
  throwError,
  timeout,
  withLatestFrom,
} from 'rxjs'
import { type Notification, type NotificationEvent, proposalIdOf } from '../../domain/notifications/notification.js'
import type { Tally } from '../../domain/proposals/proposal.js'
import type { Monitor } from '../../monitor/Monitor.js'
import type { Narrator } from './narrator.js'

/** The events that the demo waits for. Each promise rejects after half a minute. */
export interface Follower {
  /** Resolves at a notification of that kind, and of that proposal if one is given; also at an earlier one. */
  readonly told: (event: NotificationEvent, proposalId?: bigint) => Promise<void>
  /** Resolves when a proposal has that many votes, counted from now on. */
  readonly tallied: (proposalId: bigint, votes: bigint) => Promise<void>
  /** Resolves when govstream has read the first block. */
  readonly synced: () => Promise<void>
  /** Resolves at the next failed poll. */
  readonly outage: () => Promise<void>
  /** Resolves when `signal` aborts, and rejects with the error of the monitor. */
  readonly ended: Promise<void>
}

const limitMs = 30_000
const countdownFrom = 8

/** Narrates notifications, votes and the countdown to an upgrade as the monitor emits them. */
export function followMonitor(monitor: Monitor, { notify, tally: tell, say }: Narrator, signal: AbortSignal): Follower {
  const stop$ = fromEvent(signal, 'abort')
  const notification$ = monitor.notifications$.pipe(
    tap(notify),
    // A notification may come before the demo waits for it. The demo has about forty.
    share({ connector: () => new ReplaySubject<Notification>(200), resetOnRefCountZero: false }),
  )
  const tally$ = monitor.changes$.pipe(
    concatMap((change) =>
      change.type === 'tallyMoved' && change.proposal.tally !== undefined ? [change.proposal] : [],
    ),
  )
  const tallies$ = tally$.pipe(
    tap(({ tally }) => {
      if (tally !== undefined && castOf(tally) > 0n) tell(tally)
    }),
  )
  const countdown$ = countingDown(monitor, say)
  const first = (value$: Observable<unknown>, what: string): Promise<void> => firstOf(value$, what, stop$, signal)
  return {
    told: (event, id) =>
      first(
        notification$.pipe(
          filter((told) => told.event === event && (id === undefined || proposalIdOf(told) === id.toString())),
        ),
        event,
      ),
    tallied: (id, votes) =>
      first(
        tally$.pipe(
          filter(
            (proposal) =>
              proposal.id === id.toString() && proposal.tally !== undefined && castOf(proposal.tally) >= votes,
          ),
        ),
        'a vote',
      ),
    synced: () => first(monitor.heads$, 'the chain'),
    outage: () =>
      first(monitor.health$.pipe(filter(({ consecutiveFailures }) => consecutiveFailures > 0)), 'the outage'),
    ended: lastValueFrom(merge(tallies$, countdown$, notification$).pipe(ignoreElements(), takeUntil(stop$)), {
      defaultValue: undefined,
    }),
  }
}

/** Prints the distance to the next upgrade once it is near. */
function countingDown(monitor: Pick<Monitor, 'heads$' | 'upgrades$'>, say: Narrator['say']): Observable<unknown> {
  return monitor.heads$.pipe(
    withLatestFrom(monitor.upgrades$),
    tap(([{ number }, { upgrades }]) => {
      const next = upgrades.find(({ status }) => status === 'scheduled')
      const left = next?.height === undefined ? 0 : next.height - Number(number)
      if (next !== undefined && left > 0 && left <= countdownFrom) {
        say('  queue', `${next.name} at block ${next.height}: ${blocksText(left)} to go`)
      }
    }),
  )
}

async function firstOf(
  value$: Observable<unknown>,
  what: string,
  stop$: Observable<unknown>,
  signal: AbortSignal,
): Promise<void> {
  const noticed$ = value$.pipe(
    timeout({
      first: limitMs,
      with: () => throwError(() => new Error(`govstream did not notice ${what} within half a minute.`)),
    }),
    takeUntil(stop$),
  )
  await firstValueFrom(noticed$, { defaultValue: undefined })
  signal.throwIfAborted()
}

function castOf({ yes, no, abstain }: Tally): bigint {
  return yes + no + abstain
}
