import type { ChainState } from '../../domain/chainState.js'
import { differingKeys } from '../../domain/editedMap.js'
import type { LatestEvent, LiveEvent } from '../../domain/journal/liveEvent.js'
import { countsOf } from '../../domain/proposals/archive.js'
import { isSameBlock } from '../../domain/blocks/head.js'
import type { Proposal } from '../../domain/proposals/proposal.js'
import { frameOf } from './frame.js'

/** Types of events that give a current state. */
export const latestTypes = ['head', 'health', 'proposals'] as const
/** Upgrades are sent as a whole once per client; later changes come from the journal. */
type FrameType = (typeof latestTypes)[number] | 'upgrades'

type Known = ChainState | undefined

/** Returns the frames from the state `before` to the current one of a chain; none if nothing of that type changed. */
export type LatestFrames = (type: FrameType, state: ChainState, before: Known) => readonly Uint8Array[]

// Maximum number of proposals in one event; more are several events, so that no client gets much at a time.
const mostProposals = 20

/** The event of some proposals and its frame. */
interface Part {
  readonly event: LatestEvent & { readonly type: 'proposals' }
  readonly frame: Uint8Array
}

interface Kept {
  readonly state: ChainState
  readonly before: Known
  readonly frames: readonly Uint8Array[]
  readonly parts: readonly Part[]
}

/**
 * Keeps the last frames of each chain, because all clients that keep up get the same ones, and so do all new ones. If
 * some proposals have changed, only the frames of these are made anew: the state of a chain can be many megabytes, and
 * slow clients still hold the frames of former states.
 */
export function createLatestFrames(): LatestFrames {
  // Two entries per chain and type, so the configuration bounds the size.
  const kept = new Map<string, Kept>()
  return (type, state, before) => {
    const key = `${before === undefined ? 'whole ' : ''}${type} ${state.chain}`
    const last = kept.get(key)
    if (last?.state === state && last.before === before) return last.frames
    const parts = type === 'proposals' ? partsOf(proposalsOf(state, before), last?.parts ?? []) : []
    const frames =
      type === 'proposals'
        ? parts.map(({ frame }) => frame)
        : eventsOf(type, state, before).map((event) => frameOf(event))
    kept.set(key, { state, before, frames, parts })
    return frames
  }
}

function eventsOf(type: Exclude<FrameType, 'proposals'>, state: ChainState, before: Known): readonly LiveEvent[] {
  const { chain, head, health, upgrades } = state
  switch (type) {
    case 'head':
      return head === undefined || (before?.head !== undefined && isSameBlock(before.head, head))
        ? []
        : [{ type, head: { chain, ...head } }]
    case 'health':
      return before?.health === health ? [] : [{ type, health }]
    case 'upgrades':
      return before === undefined ? [{ type, chain, upgrades: [...upgrades.values()], gone: [], whole: true }] : []
  }
}

/** Renders the events; one that is equal to the event in the same position of `last` is not rendered again. */
function partsOf(events: readonly Part['event'][], last: readonly Part[]): readonly Part[] {
  return events.map((event, index) => {
    const known = last[index]
    return known !== undefined && isSame(known.event, event) ? known : { event, frame: frameOf(event) }
  })
}

function isSame(one: Part['event'], other: Part['event']): boolean {
  return (
    one.whole === other.whole &&
    isSameList(one.proposals, other.proposals) &&
    isSameList(one.gone, other.gone) &&
    JSON.stringify(one.counts) === JSON.stringify(other.counts)
  )
}

function isSameList<T extends Proposal | string>(one: readonly T[], other: readonly T[]): boolean {
  return one.length === other.length && one.every((item, index) => item === other[index])
}

function proposalsOf(state: ChainState, before: Known): readonly Part['event'][] {
  const { chain, proposals } = state
  if (before?.proposals === proposals) return []
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
