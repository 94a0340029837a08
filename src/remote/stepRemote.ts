import type { Head } from '../domain/blocks/head.js'
import type { Health } from '../domain/health.js'
import type { LatestEvent, LiveEvent } from '../domain/journal/liveEvent.js'
import type { ProposalCounts } from '../domain/proposals/counts.js'
import { keyOf, type Proposal, type ProposalKey } from '../domain/proposals/proposal.js'
import type { Upgrade } from '../domain/upgrades/upgrade.js'

type ByChain<T> = ReadonlyMap<string, T>

/** The state of all chains, as far as it was received. */
export interface RemoteState {
  readonly heads: ByChain<Head & { readonly chain: string }>
  readonly health: ByChain<Health>
  readonly proposals: ByChain<{
    readonly proposals: ReadonlyMap<ProposalKey, Proposal>
    readonly counts: ProposalCounts
  }>
  readonly upgrades: ByChain<ReadonlyMap<ProposalKey, Upgrade>>
}

/** The last complete state, and the one that is being received over the current connection. */
export interface RemoteSync {
  /** Absent until a whole state was received once. */
  readonly state?: RemoteState
  readonly incoming?: RemoteState
}

const nothing: RemoteState = { heads: new Map(), health: new Map(), proposals: new Map(), upgrades: new Map() }

/** A connection was opened: the whole state follows again. */
export function opened({ state }: RemoteSync): RemoteSync {
  return { ...(state !== undefined && { state }), incoming: nothing }
}

/** The whole state was received. */
export function completed({ state, incoming = state ?? nothing }: RemoteSync): RemoteSync {
  return { state: incoming }
}

// Limits far above what a govstream sends: it holds 5,000 proposals of a chain.
const mostChains = 1_000
const mostOfChain = 20_000

/**
 * Applies an event to the state of its chain.
 *
 * @throws RangeError if the state exceeds the limits.
 */
export function stepRemote({ state, incoming }: RemoteSync, event: LiveEvent): RemoteSync {
  // What happened in the meantime is sent before the current state, so it is applied to the last complete state.
  const isPast = event.type === 'upgrades' && !('whole' in event)
  if (incoming !== undefined && !isPast)
    return { ...(state !== undefined && { state }), incoming: take(incoming, event) }
  if (state === undefined) return incoming === undefined ? {} : { incoming }
  return { state: take(state, event), ...(incoming !== undefined && { incoming }) }
}

function take(state: RemoteState, event: LiveEvent): RemoteState {
  switch (event.type) {
    case 'head':
      return { ...state, heads: withChain(state.heads, event.head.chain, event.head) }
    case 'health':
      return { ...state, health: withChain(state.health, event.health.chain, event.health) }
    case 'proposals':
      return { ...state, proposals: withChain(state.proposals, event.chain, proposalsAfter(state, event)) }
    case 'upgrades': {
      const before = 'whole' in event ? [] : (state.upgrades.get(event.chain) ?? [])
      const upgrades = new Map([...before, ...event.upgrades.map((one) => [one.key, one] as const)])
      for (const key of event.gone) upgrades.delete(key)
      requireAtMost(mostOfChain, upgrades, 'upgrades of a chain')
      return { ...state, upgrades: withChain(state.upgrades, event.chain, upgrades) }
    }
    default:
      return state
  }
}

function proposalsAfter(
  { proposals: known }: RemoteState,
  { chain, proposals: told, gone, counts, whole }: Extract<LatestEvent, { readonly type: 'proposals' }>,
): { readonly proposals: ReadonlyMap<ProposalKey, Proposal>; readonly counts: ProposalCounts } {
  const before = whole === true ? [] : (known.get(chain)?.proposals ?? [])
  const proposals = new Map([...before, ...told.map((one) => [keyOf(one), one] as const)])
  for (const key of gone) proposals.delete(key)
  requireAtMost(mostOfChain, proposals, 'proposals of a chain')
  return { proposals, counts }
}

function withChain<T>(map: ByChain<T>, chain: string, value: T): ByChain<T> {
  const after = new Map([...map, [chain, value]])
  requireAtMost(mostChains, after, 'chains')
  return after
}

function requireAtMost(most: number, { size }: ReadonlyMap<unknown, unknown>, what: string): void {
  if (size > most) throw new RangeError(`${most} ${what}`)
}
