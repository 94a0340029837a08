import type { ChainState } from '../../domain/chainState.js'
import { differingKeys } from '../../domain/editedMap.js'
import type { LatestEvent, LiveEvent } from '../../domain/journal/liveEvent.js'
import { countsOf } from '../../domain/proposals/archive.js'
import { isSameBlock } from '../../domain/blocks/head.js'
import { frameOf } from './frame.js'

/** Types of events that give a current state. */
export const latestTypes = ['head', 'health', 'proposals'] as const
/** Upgrades are sent as a whole once per client; later changes come from the journal. */
type FrameType = (typeof latestTypes)[number] | 'upgrades'

type Known = ChainState | undefined

/** Returns the frames from the state `before` to the current one of a chain; none if nothing of that type changed. */
export type LatestFrames = (type: FrameType, state: ChainState, before: Known) => readonly string[]

// Maximum number of proposals in one event; more are several events, so that no client gets much at a time.
const mostProposals = 20

/** Keeps the last frames of each chain, because all clients that keep up get the same ones, and so do all new ones. */
export function createLatestFrames(): LatestFrames {
  // Two entries per chain and type, so the configuration bounds the size.
  const kept = new Map<
    string,
    { readonly state: ChainState; readonly before: Known; readonly frames: readonly string[] }
  >()
  return (type, state, before) => {
    const key = `${before === undefined ? 'whole ' : ''}${type} ${state.chain}`
    const last = kept.get(key)
    if (last?.state === state && last.before === before) return last.frames
    const frames = eventsOf(type, state, before).map((event) => frameOf(event))
    kept.set(key, { state, before, frames })
    return frames
  }
}

function eventsOf(type: FrameType, state: ChainState, before: Known): readonly LiveEvent[] {
  const { chain, head, health, proposals, upgrades } = state
  switch (type) {
    case 'head':
      return head === undefined || (before?.head !== undefined && isSameBlock(before.head, head))
        ? []
        : [{ type, head: { chain, ...head } }]
    case 'health':
      return before?.health === health ? [] : [{ type, health }]
    case 'upgrades':
      return before === undefined ? [{ type, chain, upgrades: [...upgrades.values()], gone: [], whole: true }] : []
    case 'proposals':
      return before?.proposals === proposals ? [] : proposalsOf(state, before)
  }
}

function proposalsOf(state: ChainState, before: Known): readonly LatestEvent[] {
  const { chain, proposals } = state
  const keys = before === undefined ? [...proposals.keys()] : differingKeys(before.proposals, proposals)
  const known = keys.flatMap((key) => proposals.get(key) ?? [])
  const counts = countsOf(state)
  const parts = Array.from({ length: Math.max(1, Math.ceil(known.length / mostProposals)) }, (_, part) =>
    known.slice(part * mostProposals, (part + 1) * mostProposals),
  )
  return parts.map((part, index) => ({
    type: 'proposals',
    chain,
    proposals: part,
    gone: index === 0 ? keys.filter((key) => !proposals.has(key)) : [],
    counts,
    ...(before === undefined && index === 0 && { whole: true }),
  }))
}
