import {
  auditTime,
  concat,
  defer,
  distinctUntilChanged,
  EMPTY,
  exhaustMap,
  filter,
  map,
  merge,
  mergeMap,
  type Observable,
  of,
  scan,
  startWith,
  switchMap,
  take,
  timer,
} from 'rxjs'
import type { BlockTime } from '../../domain/blocks/blockTime.js'
import type { Head } from '../../domain/blocks/head.js'
import { defined } from '../../domain/defined.js'
import type { Health } from '../../domain/health.js'
import type { Notification } from '../../domain/notifications/notification.js'
import { isActive, isOpen, keyOf, type Proposal, type ProposalKey } from '../../domain/proposals/proposal.js'
import type { Upgrade } from '../../domain/upgrades/upgrade.js'
import { connectMonitor } from '../../remote/connectMonitor.js'
import type { ConnectOptions, Connection, RemoteMonitor } from '../../remote/RemoteMonitor.js'
import type { ChainOutline } from '../../store/Store.js'
import type { NamedChain } from '../../views/watchedChains.js'
import { showProposals } from '../../views/showProposals.js'
import { lastEvents } from './lastEvents.js'
import { type Past, pastOf } from './pastOf.js'
import { mostShown, type Picture } from './Picture.js'
import type { Source } from './Source.js'
import { type Surroundings, surroundingsOf } from './surroundingsOf.js'

// How many wait for a channel changes with each event.
const surroundingsEveryMs = 5_000

/** What was told so far. */
interface Heard {
  /** How all stands was told as a whole. */
  readonly isRead: boolean
  /** Of its configuration. */
  readonly named: readonly NamedChain[]
  readonly channelsDown: Surroundings['channelsDown']
  readonly heads: ReadonlyMap<string, Head>
  readonly health: ReadonlyMap<string, Health>
  readonly proposals: ReadonlyMap<ProposalKey, Proposal>
  readonly upgrades: readonly Upgrade[]
  /** Newest first. */
  readonly events: readonly Notification[]
  readonly opened: ProposalKey | undefined
  /** Of the proposal that was opened last. */
  readonly past: Past | undefined
  readonly problem: string | undefined
}

const nothing: Heard = {
  isRead: false,
  named: [],
  channelsDown: [],
  heads: new Map(),
  health: new Map(),
  proposals: new Map(),
  upgrades: [],
  events: [],
  opened: undefined,
  past: undefined,
  problem: undefined,
}

/** A govstream elsewhere, over HTTP. */
export function watchedUrl(options: ConnectOptions): Source {
  const from = new URL(options.url).origin
  return {
    readPictures: (opened$) =>
      defer(() => {
        const remote = connectMonitor(options)
        const steps$: Observable<(heard: Heard) => Heard> = merge(
          remote.connection$.pipe(
            // All is read anew after a gap: there is nothing to say of it.
            filter(({ type }) => type !== 'reset'),
            map((now) => (heard: Heard) => ({ ...heard, problem: problemOf(now) })),
          ),
          remote.heads$.pipe(
            map((head) => (heard: Heard) => ({ ...heard, heads: put(heard.heads, head.chain, head) })),
          ),
          remote.health$.pipe(
            map((one) => (heard: Heard) => ({ ...heard, health: put(heard.health, one.chain, one) })),
          ),
          remote.proposals$.pipe(map(({ proposals }) => (heard: Heard) => ({ ...heard, proposals, isRead: true }))),
          remote.upgrades$.pipe(map(({ upgrades }) => (heard: Heard) => ({ ...heard, upgrades }))),
          begins(remote.connection$).pipe(
            switchMap(() =>
              concat(
                of((heard: Heard) => ({ ...heard, events: [] })),
                lastEvents(options).pipe(
                  map((past) => (heard: Heard) => ({ ...heard, events: joined(heard.events, past) })),
                ),
              ),
            ),
          ),
          // Where a reload takes a chain out the connection ends, and no event tells of it; nor of how many wait.
          remote.connection$.pipe(
            filter(({ type }) => type !== 'reset'),
            switchMap(({ type }) => (type === 'open' ? timer(0, surroundingsEveryMs) : EMPTY)),
            exhaustMap(() => surroundingsOf(options)),
            map((around) => (heard: Heard) => withSurroundings(heard, around)),
          ),
          remote.notifications$.pipe(
            map((one) => (heard: Heard) => ({ ...heard, events: joined([one], heard.events) })),
          ),
          opened$.pipe(map((opened) => (heard: Heard) => ({ ...heard, opened }))),
          pasts$(options, opened$, remote).pipe(map((past) => (heard: Heard) => ({ ...heard, past }))),
        )
        return steps$.pipe(
          scan((heard, step) => step(heard), nothing),
          map((heard) => pictureOf(from, heard)),
        )
      }),
    readEvents: () =>
      defer(() => {
        const remote = connectMonitor(options)
        return merge(
          remote.notifications$,
          remote.connection$.pipe(
            map(problemOf),
            distinctUntilChanged(),
            mergeMap((problem) => (problem === undefined ? [] : [problem])),
          ),
        )
      }),
  }
}

function problemOf(connection: Connection): string | undefined {
  switch (connection.type) {
    case 'open':
      return undefined
    case 'lost':
      return `The connection is lost and is tried again: ${connection.problem}`
    case 'reset':
      return connection.reason
  }
}

/** When what comes is not the sequel of what was told before: the first connection, and after a gap. */
function begins(connection$: Observable<Connection>): Observable<unknown> {
  return merge(
    connection$.pipe(
      filter(({ type }) => type === 'open'),
      take(1),
    ),
    connection$.pipe(filter(({ type }) => type === 'reset')),
  )
}

/** Events that came later before those of earlier, each once. */
function joined(later: readonly Notification[], earlier: readonly Notification[]): readonly Notification[] {
  const known = new Set(later.map(({ id }) => id))
  return [...later, ...earlier.filter(({ id }) => !known.has(id))].slice(0, mostShown)
}

function withSurroundings(heard: Heard, { named, channelsDown }: Surroundings): Heard {
  const watched = new Set(named.flatMap(({ chain, enabled }) => (enabled ? [chain] : [])))
  const kept = <T>(map: ReadonlyMap<string, T>) => new Map([...map].filter(([chain]) => watched.has(chain)))
  return { ...heard, named, channelsDown, heads: kept(heard.heads), health: kept(heard.health) }
}

function put<T>(map: ReadonlyMap<string, T>, key: string, value: T): ReadonlyMap<string, T> {
  return new Map([...map, [key, value]])
}

/** The past of the proposal that is open, read when it is opened and again whenever it changes. */
function pasts$(
  options: ConnectOptions,
  opened$: Observable<ProposalKey | undefined>,
  { changes$, proposals$ }: Pick<RemoteMonitor, 'changes$' | 'proposals$'>,
): Observable<Past> {
  return opened$.pipe(
    distinctUntilChanged(),
    switchMap((key) => {
      if (key === undefined) return EMPTY
      const changed$ = changes$.pipe(
        filter((change) => keyOf(change.type === 'voteCast' ? change.vote : change.proposal) === key),
      )
      const proposal$ = proposals$.pipe(
        map(({ proposals }) => proposals.get(key)),
        filter((proposal) => proposal !== undefined),
        take(1),
      )
      return proposal$.pipe(
        switchMap((proposal) =>
          changed$.pipe(
            auditTime(1_000),
            startWith(undefined),
            switchMap(() => pastOf(options, proposal)),
          ),
        ),
      )
    }),
  )
}

function pictureOf(from: string, heard: Heard): Picture {
  const { health, upgrades, events, past, opened, problem } = heard
  const all = [...heard.proposals.values()]
  const states = [...health.keys()].sort().map((chain) => outlineOf(chain, heard, all))
  const show = showProposals(states)
  const newest = all.reverse()
  const proposals = [...newest.filter(isActive), ...newest.filter((one) => !isActive(one))].slice(0, mostShown)
  const wanted = proposals.find((one) => keyOf(one) === opened)
  return {
    from,
    chains: [
      ...states.map((state) => ({
        chain: state.chain,
        enabled: true,
        outages: [],
        state,
        ...defined({ system: state.system }),
      })),
      ...heard.named.flatMap((one) => (health.has(one.chain) ? [] : [{ ...one, outages: [] }])),
    ],
    channelsDown: heard.channelsDown,
    ...(!heard.isRead && { isUnread: true }),
    upgrades: upgrades.slice(0, mostShown),
    proposals: proposals.map(show),
    events,
    ...(wanted !== undefined && {
      opened: { ...show(wanted), ...pastShown(past?.key === opened ? past : undefined) },
    }),
    ...defined({ problem }),
  }
}

function pastShown({ moves = [], votes = [] }: Partial<Past> = {}): Pick<Past, 'moves' | 'votes'> {
  return { moves, votes }
}

function outlineOf(chain: string, { heads, health, upgrades }: Heard, all: readonly Proposal[]): ChainOutline {
  const of = all.filter((proposal) => proposal.chain === chain)
  const how = health.get(chain) ?? unknown(chain)
  const head = heads.get(chain) ?? how.head
  return {
    chain,
    synced: true,
    upgrades: new Map(upgrades.filter((one) => one.chain === chain).map((one) => [one.key, one])),
    blockTime: paceOf(head, how.secondsPerBlock),
    health: how,
    open: of.filter(isOpen).length,
    ...defined({ head, lastGoodAt: how.lastGoodAt, system: of[0]?.system }),
  }
}

function unknown(chain: string): Health {
  return { chain, state: 'starting', since: 0, consecutiveFailures: 0, errorRate: 0, backlog: 0n }
}

// Blocks that a measured pace is laid out over: so many that a second more or less is none.
const span = 1_000n

/** The pace that was measured elsewhere, as two heads of it. */
function paceOf(head: Head | undefined, pace: number | undefined): BlockTime {
  if (head === undefined || pace === undefined || !Number.isFinite(pace)) return { samples: [] }
  const seconds = BigInt(Math.round(Number(span) * pace))
  return { samples: [{ number: head.number - span, timestamp: head.timestamp - seconds }, head] }
}
