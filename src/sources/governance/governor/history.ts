import type { Head } from '../../../domain/blocks/head.js'
import { defined } from '../../../domain/defined.js'
import { isOpen, type Proposal, type ProposalKey, type Vote } from '../../../domain/proposals/proposal.js'
import { allInOrder } from '../../rpc/allInOrder.js'
import type { ChainClient } from '../evm/context.js'
import { isPortionFull, paceBlock, progressOf } from '../evm/portion.js'
import { type Again, isReplaced, type Part, readPart } from '../evm/readPart.js'
import type { Target } from '../evm/target.js'
import type { GovernorContext, GovernorMemory, RuleBook } from './context.js'
import { governorTopics } from './decode.js'
import {
  applyClock,
  blocksToTime,
  type Draft,
  newDraft,
  queriesFor,
  readTimes,
  resolveOpen,
  setTimes,
  type WantedBatch,
} from './draft.js'
import { eventsIn, forgetChangedRules } from './events.js'
import { callsOf } from './query.js'
import type { Rewound } from './rewind.js'
import { type Folded, foldEvents } from './toProposal.js'
import { withUnits } from './tokenUnit.js'
import { verifyContents, verifyEnds } from './verify.js'

export interface SyncQuery {
  /** First block to read logs of. */
  readonly from: bigint
  readonly target: Target
  readonly known: ReadonlyMap<ProposalKey, Proposal>
  readonly rules: RuleBook
  /** The last block that was read, which must still be on the chain. */
  readonly anchor?: Head
  /** Set after a reorg. */
  readonly rewound?: Rewound
  readonly again?: Again
  /** In a first sync no votes are returned. */
  readonly initial: boolean
}

export interface Synced {
  /** The block at which everything was read. */
  readonly at: Head
  /** The anchor as the node reports it, to compute the block time. */
  readonly previous?: Head
  readonly draft: Draft
  readonly votes: readonly Vote[]
  readonly nodeVersion?: string
  readonly unsure: readonly bigint[]
}

const maxHeaders = 20
const nothing: ReadonlySet<ProposalKey> = new Set()

/**
 * Reads on from `from`, window by window, until the target or the end of a portion. In steady state that is one window
 * and one HTTP request.
 *
 * @returns `reorged` if the anchor is no longer on the chain.
 */
export async function syncHistory(
  node: ChainClient,
  query: SyncQuery,
  context: GovernorContext,
  memory: GovernorMemory,
): Promise<Synced | 'reorged'> {
  const { from, target, anchor, rewound, again, initial } = query
  const { chain, endpoints, now, describe, voters = [], onProgress } = context
  const draft = newDraft(query.known)
  const votes: Vote[] = []
  const started = now()
  // During a first sync, a vote may have been stored as over without an answer (`derived`); the contract decides.
  const mayMove = (proposal: Proposal): boolean => isOpen(proposal) || (initial && proposal.derived)
  const filter = { addresses: new Set(query.rules.keys()), topics: governorTopics }
  const next = (start: bigint): Promise<Part<WantedBatch>> =>
    readPart(
      node,
      {
        filter,
        from: start,
        target,
        again,
        wanted: (last) => wantedAt(start, last, query, draft, { mayMove, voters }),
      },
      context,
      memory,
    )

  let read = 0
  let pending = next(from)
  const measured = measureRules(node, query, memory)
  for (;;) {
    const part = await pending
    const rules = await measured
    if (anchor !== undefined && part.from === from && isReplaced(node, anchor, part.window.headers[0])) return 'reorged'
    read += part.window.logs.length
    const last = part.to >= target.number
    const stop = last || (rewound === undefined && isPortionFull(read, now() - started))
    // The node works on the next window while this one is decoded.
    if (!stop) pending = next(part.to + 1n)

    const { events, warnings } = eventsIn(node, part.window, rewound, rules, memory)
    draft.warnings.push(...warnings)
    const folded = foldEvents(draft.proposals, events, { chain, rules, describe, withVotes: !initial })
    addTo(draft, votes, folded, rewound)
    forgetChangedRules(events, target.head, memory)
    if (initial || !last || part.from > from)
      onProgress?.(progressOf(chain, from, part.to, target.number, now() - started))
    if (!stop) continue

    await completeDraft(node, part, draft, {
      rules,
      query,
      last,
      mayMove,
      voters,
      hasOthers: endpoints.at(-1)?.host !== node.host,
    })
    return syncedOf(part, draft, votes, query, last)
  }
}

function syncedOf(
  { from: start, window: { end, headers, nodeVersion }, unsure }: Part,
  draft: Draft,
  votes: readonly Vote[],
  { from, anchor }: SyncQuery,
  last: boolean,
): Synced {
  const [first] = headers
  const previous = (start === from && anchor !== undefined) || (last && anchor === undefined) ? first : anchor
  return {
    at: end,
    draft,
    votes,
    unsure,
    ...defined({ previous, nodeVersion }),
  }
}

/** Adds what the events said. After a reorg, only votes above the ancestor are added. */
function addTo(draft: Draft, votes: Vote[], folded: Folded, rewound: Rewound | undefined): void {
  for (const key of folded.touched) draft.touched.add(key)
  for (const [key, proposal] of folded.proposals) draft.proposals.set(key, proposal)
  for (const vote of folded.votes) if (rewound === undefined || vote.block > rewound.ancestor) votes.push(vote)
  for (const [key, created] of folded.created) draft.created.set(key, created)
  for (const key of folded.edited) draft.edited.add(key)
  for (const key of folded.closed) draft.closed.add(key)
}

interface Completion {
  readonly rules: RuleBook
  readonly query: SyncQuery
  /** True if everything up to the target was read. */
  readonly last: boolean
  readonly mayMove: (proposal: Proposal) => boolean
  readonly voters: readonly string[]
  /** True if another node can be read instead of this one. */
  readonly hasOthers: boolean
}

/**
 * Completes the draft at the end of a portion: what contracts say about proposals, whether they confirm them, and block
 * times.
 */
async function completeDraft(
  node: ChainClient,
  part: Part<WantedBatch>,
  draft: Draft,
  { rules, query: { target, initial }, last, mayMove, voters, hasOthers }: Completion,
): Promise<void> {
  const { end } = part.window
  if (last) await resolveOpen(node, part, draft, rules, { mayMove, voters })
  else applyClock(draft, nothing, end)
  const at = last ? end : target
  await allInOrder([
    verifyContents(node, draft, rules, { at, last, initial }),
    verifyEnds(node, draft, rules, { at, hasOthers }),
  ])
  setTimes(draft, [end])
  await readTimes(node, draft, end.number, initial)
}

/** Runs in the same tick, and so in the same request, as the first window. */
async function measureRules({ client }: ChainClient, { rules }: SyncQuery, memory: GovernorMemory): Promise<RuleBook> {
  const measured = await withUnits(client, rules)
  for (const [key, its] of measured) if (memory.rules.get(key) === rules.get(key)) memory.rules.set(key, its)
  return measured
}

/**
 * The anchor is checked with the first window. At the target, everything that may have changed is requested. Without an
 * anchor an older block is requested instead, so that the block time is known from the first reading on.
 */
function wantedAt(
  start: bigint,
  last: boolean,
  { from, target, rules, anchor, rewound }: SyncQuery,
  draft: Draft,
  { mayMove, voters }: Pick<Completion, 'mayMove' | 'voters'>,
): WantedBatch {
  const clock = { number: target.number, timestamp: target.head.timestamp }
  const again = rewound?.again ?? nothing
  const queries = last ? queriesFor(draft.proposals.values(), rules, clock, { mayMove, again, voters }) : []
  return {
    queries,
    calls: callsOf(queries),
    headers: [
      ...(start === from && anchor !== undefined ? [anchor.number] : []),
      ...(last && anchor === undefined ? [paceBlock(target.number)] : []),
      ...(last ? unknownTimes(draft.proposals.values(), target.number) : []),
    ],
  }
}

function unknownTimes(proposals: Iterable<Proposal>, to: bigint): readonly bigint[] {
  const blocks = new Set<bigint>()
  for (const proposal of proposals) {
    if (isOpen(proposal)) for (const block of blocksToTime(proposal, to)) blocks.add(block)
  }
  return [...blocks].slice(0, maxHeaders)
}
