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

/** What the director of the story waits for. Each rejects where it does not come within half a minute. */
export interface Follower {
  /** A notification of that kind, about that proposal where one is named; also one that was told before. */
  readonly told: (event: NotificationEvent, proposalId?: bigint) => Promise<void>
  /** So many votes on a proposal, from now on. */
  readonly tallied: (proposalId: bigint, votes: bigint) => Promise<void>
  /** The first block govstream has read. */
  readonly synced: () => Promise<void>
  /** A poll that fails from now on. */
  readonly outage: () => Promise<void>
  /** Ends when `signal` aborts, or with the error of the monitor. */
  readonly ended: Promise<void>
}

const limitMs = 30_000
const countdownFrom = 8

/** Narrates notifications, votes and the countdown to an upgrade as the monitor emits them. */
export function followMonitor(monitor: Monitor, { notify, tally: tell, say }: Narrator, signal: AbortSignal): Follower {
  const stop$ = fromEvent(signal, 'abort')
  const notification$ = monitor.notifications$.pipe(
    tap(notify),
    // A fact may be told before the director asks for it. The story has some forty.
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

/** Says how far away the next upgrade is, once it is near. */
function countingDown(monitor: Pick<Monitor, 'heads$' | 'upgrades$'>, say: Narrator['say']): Observable<unknown> {
  return monitor.heads$.pipe(
    withLatestFrom(monitor.upgrades$),
    tap(([{ number }, { upgrades }]) => {
      const next = upgrades.find(({ status }) => status === 'scheduled')
      const left = next?.height === undefined ? 0 : next.height - Number(number)
      if (next !== undefined && left > 0 && left <= countdownFrom) {
        say('  queue', `${next.name} at block ${next.height}: ${left} block${left === 1 ? '' : 's'} to go`)
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
