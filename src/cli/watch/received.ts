import type { BlockTime } from '../../domain/blocks/blockTime.js'
import type { Head } from '../../domain/blocks/head.js'
import { defined } from '../../domain/defined.js'
import type { Health } from '../../domain/health.js'
import type { Notification } from '../../domain/notifications/notification.js'
import { isActive, isOpen, keyOf, type Proposal, type ProposalKey } from '../../domain/proposals/proposal.js'
import type { Upgrade } from '../../domain/upgrades/upgrade.js'
import type { ChainOutline } from '../../store/Store.js'
import type { NamedChain } from '../../views/watchedChains.js'
import { showProposals } from '../../views/showProposals.js'
import type { Past } from './pastOf.js'
import { mostShown, type Picture } from './Picture.js'
import type { Surroundings } from './surroundingsOf.js'

/** What was received from a remote govstream so far. */
export interface Received {
  /** True once the whole state was received. */
  readonly isRead: boolean
  /** The chains of its configuration. */
  readonly named: readonly NamedChain[]
  readonly channelsDown: Surroundings['channelsDown']
  readonly heads: ReadonlyMap<string, Head>
  readonly health: ReadonlyMap<string, Health>
  readonly proposals: ReadonlyMap<ProposalKey, Proposal>
  readonly upgrades: readonly Upgrade[]
  /** Newest first. */
  readonly events: readonly Notification[]
  readonly opened: ProposalKey | undefined
  /** The history of the proposal that was opened last. */
  readonly past: Past | undefined
  readonly problem: string | undefined
}

export const nothing: Received = {
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

/** Joins newer and older events, newest first, without duplicates. */
export function joined(later: readonly Notification[], earlier: readonly Notification[]): readonly Notification[] {
  const known = new Set(later.map(({ id }) => id))
  return [...later, ...earlier.filter(({ id }) => !known.has(id))].slice(0, mostShown)
}

/** Applies the current configuration of the remote govstream. */
export function withSurroundings(received: Received, { named, channelsDown }: Surroundings): Received {
  const watched = new Set(named.flatMap(({ chain, enabled }) => (enabled ? [chain] : [])))
  const kept = <T>(map: ReadonlyMap<string, T>) => new Map([...map].filter(([chain]) => watched.has(chain)))
  return { ...received, named, channelsDown, heads: kept(received.heads), health: kept(received.health) }
}

/** Returns the map with one entry added or replaced. */
export function put<T>(map: ReadonlyMap<string, T>, key: string, value: T): ReadonlyMap<string, T> {
  return new Map([...map, [key, value]])
}

/** Builds the picture of what was received so far. */
export function pictureOf(from: string, received: Received): Picture {
  const { health, upgrades, events, past, opened, problem } = received
  const all = [...received.proposals.values()]
  const states = [...health.keys()].sort().map((chain) => outlineOf(chain, received, all))
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
      ...received.named.flatMap((one) => (health.has(one.chain) ? [] : [{ ...one, outages: [] }])),
    ],
    channelsDown: received.channelsDown,
    ...(!received.isRead && { isUnread: true }),
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

function outlineOf(chain: string, { heads, health, upgrades }: Received, all: readonly Proposal[]): ChainOutline {
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

// Number of blocks over which a measured block time is spread, so that rounding to seconds does not matter.
const span = 1_000n

/** Converts a block time that was measured remotely to two heads. */
function paceOf(head: Head | undefined, pace: number | undefined): BlockTime {
  if (head === undefined || pace === undefined || !Number.isFinite(pace)) return { samples: [] }
  const seconds = BigInt(Math.round(Number(span) * pace))
  return { samples: [{ number: head.number - span, timestamp: head.timestamp - seconds }, head] }
}
