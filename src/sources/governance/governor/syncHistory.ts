import { SourceError } from '../../../domain/errors.js'
import type { Head } from '../../../domain/blocks/head.js'
import { isOpen, keyOf, type Proposal, type ProposalKey, type Vote } from '../../../domain/proposals/proposal.js'
import { defined } from '../../../domain/defined.js'
import { allInOrder } from '../../rpc/allInOrder.js'
import { paceBlock } from '../evm/paceBlock.js'
import type { Place } from '../evm/Place.js'
import { progressOf } from '../evm/progressOf.js'
import { type Again, type Part, readPart } from '../evm/readPart.js'
import type { Target } from '../evm/readTarget.js'
import type { Window } from '../evm/readWindow.js'
import { callsOf } from './askAll.js'
import { decodeGovernorLog, type GovernorEvent, governorTopics } from './decodeGovernorLog.js'
import { withUnits } from './tokenUnit.js'
import { foldEvents } from './foldEvents.js'
import type { GovernorContext, Memory } from './GovernorContext.js'
import type { RuleBook } from './GovernorRules.js'
import type { Rewound } from './rewind.js'
import { type Draft, inquire, newDraft, settleByClock } from './settle.js'
import { type Asked, settleAll, settleDoubts } from './settleAll.js'
import { settleEnds } from './settleEnds.js'
import { believable } from './vouch.js'
import { blocksToTime, readTimes, setTimes } from './voteTimes.js'

export interface SyncQuery {
  /** First block to read logs of. */
  readonly from: bigint
  readonly target: Target
  readonly known: ReadonlyMap<ProposalKey, Proposal>
  readonly rules: RuleBook
  /** The block read last: it must still be on the chain. */
  readonly anchor?: Head
  /** Set after a reorg. */
  readonly rewound?: Rewound
  readonly again?: Again
  /** A first sync gives no votes. */
  readonly initial: boolean
}

export interface Synced {
  /** Block everything was read at. */
  readonly at: Head
  /** The anchor as the node has it, for the block time. */
  readonly previous?: Head
  readonly draft: Draft
  readonly votes: readonly Vote[]
  readonly nodeVersion?: string
  readonly unsure: readonly bigint[]
}

// What one portion of a long history holds at most.
const portionLogs = 2_000
const portionMs = 5_000
const maxHeaders = 20
const nothing: ReadonlySet<ProposalKey> = new Set()

/**
 * Reads on from `from`, window by window, until the target or the end of a portion. In steady state that is one
 * window and one HTTP request.
 *
 * @returns `reorged` where the anchor is no longer on the chain.
 */
export async function syncHistory(
  place: Place,
  query: SyncQuery,
  context: GovernorContext,
  memory: Memory,
): Promise<Synced | 'reorged'> {
  const { from, target, anchor, rewound, again, initial } = query
  const { chain, now, describe, onProgress } = context
  const draft = newDraft(query.known)
  const votes: Vote[] = []
  const started = now()
  // A store may have given up on a vote in the middle of a first sync; the contract has the last word.
  const mayMove = (proposal: Proposal): boolean => isOpen(proposal) || (initial && proposal.derived)
  const filter = { addresses: new Set(query.rules.keys()), topics: governorTopics }
  const next = (start: bigint): Promise<Part<Asked>> =>
    readPart(
      place,
      {
        filter,
        from: start,
        target,
        again,
        wanted: (last) => wantedAt(start, last, query, draft, mayMove),
      },
      context,
      memory,
    )

  let read = 0
  let pending = next(from)
  const measured = measureRules(place, query, memory)
  for (;;) {
    const part = await pending
    const rules = await measured
    if (anchor !== undefined && part.from === from && part.window.headers[0]?.hash !== anchor.hash) {
      if (part.window.headers[0] === undefined) {
        throw new SourceError(
          'transient',
          `${place.host} of ${chain} does not have block ${anchor.number}, though it has newer ones.`,
        )
      }
      return 'reorged'
    }
    read += part.window.logs.length
    const last = part.to >= target.number
    const stop = last || (rewound === undefined && (read >= portionLogs || now() - started >= portionMs))
    // The node works on the next window while this one is decoded.
    if (!stop) pending = next(part.to + 1n)

    const events = trusted(decoded(part.window, draft, rewound, chain, rules), draft, query, place, memory)
    const folded = foldEvents(draft.proposals, events, { chain, rules, describe, withVotes: !initial })
    for (const key of folded.touched) draft.touched.add(key)
    for (const [key, proposal] of folded.proposals) draft.proposals.set(key, proposal)
    for (const vote of folded.votes) if (rewound === undefined || vote.block > rewound.ancestor) votes.push(vote)
    for (const [key, created] of folded.created) draft.created.set(key, created)
    for (const key of folded.edited) draft.edited.add(key)
    for (const key of folded.closed) draft.closed.add(key)
    for (const {
      type,
      place: { block, contract },
    } of events) {
      // A head below the one the rules were learned at shows that one to be a lie: it keeps no news from us.
      const { rulesAt = 0n } = memory
      if (type === 'rules' && (block >= rulesAt || rulesAt > target.head.number)) memory.rules.delete(contract)
    }
    if (initial || !last || part.from > from)
      onProgress?.(progressOf(chain, from, part.to, target.number, now() - started))
    if (!stop) continue

    if (last) await settleAll(place, part, draft, rules, mayMove)
    else settleByClock(draft, nothing, part.window.end)
    const at = last ? part.window.end : target
    await allInOrder([
      settleDoubts(place, draft, rules, { at, last, initial }),
      settleEnds(place, draft, rules, { at, hasOthers: context.endpoints.at(-1)?.host !== place.host }),
    ])
    setTimes(draft, [part.window.end])
    await readTimes(place, draft, part.window.end.number, initial)
    const [first] = part.window.headers
    const previous = (part.from === from && anchor !== undefined) || (last && anchor === undefined) ? first : anchor
    return {
      at: part.window.end,
      draft,
      votes,
      unsure: part.unsure,
      ...defined({ previous, nodeVersion: part.window.nodeVersion }),
    }
  }
}

/** In the tick, and so in the request, of the first window. */
async function measureRules({ client }: Place, { rules }: SyncQuery, memory: Memory): Promise<RuleBook> {
  const measured = await withUnits(client, rules)
  for (const [key, its] of measured) if (memory.rules.get(key) === rules.get(key)) memory.rules.set(key, its)
  return measured
}

/**
 * The first block's anchor is looked at again; at the target everything is asked that may have moved. Where there is
 * no anchor, an older block takes its place: the pace of the chain is known from the first reading on.
 */
function wantedAt(
  start: bigint,
  last: boolean,
  { from, target, rules, anchor, rewound }: SyncQuery,
  draft: Draft,
  mayMove: (proposal: Proposal) => boolean,
): Asked {
  const clock = { number: target.number, timestamp: target.head.timestamp }
  const inquiries = last ? inquire(draft.proposals.values(), rules, clock, mayMove, rewound?.again ?? nothing) : []
  return {
    inquiries,
    calls: callsOf(inquiries),
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

/** What a liar tells may be what rules of another time make a lie of: they are found out anew. */
function trusted(
  events: readonly GovernorEvent[],
  { warnings }: Draft,
  { rules }: SyncQuery,
  place: Place,
  memory: Memory,
): readonly GovernorEvent[] {
  try {
    const believed = believable(events, rules, place)
    warnings.push(...believed.warnings)
    return believed.events
  } catch (cause) {
    memory.rules.clear()
    throw cause
  }
}

function decoded(
  { logs }: Window,
  { warnings }: Draft,
  rewound: Rewound | undefined,
  chain: string,
  rules: RuleBook,
): readonly GovernorEvent[] {
  const events: GovernorEvent[] = []
  for (const log of logs) {
    const event = decodeGovernorLog(log)
    if (typeof event === 'string') warnings.push(event)
    else if (rewound === undefined || log.block > rewound.ancestor) events.push(event)
    else if (event.type !== 'rules') {
      // Below the ancestor only those count that are built anew.
      const contract = rules.get(log.address)?.address ?? log.address
      if (rewound.rebuilt.has(keyOf({ chain, contract, id: event.id }))) events.push(event)
    }
  }
  return events
}
