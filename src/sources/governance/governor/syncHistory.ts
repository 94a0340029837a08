import { SourceError } from '../../../domain/errors.js'
import type { Head } from '../../../domain/head.js'
import { isOpen, keyOf, type Proposal, type ProposalKey, type Vote } from '../../../domain/proposal.js'
import { classifyRpcError } from '../../rpc/classifyRpcError.js'
import { afterGood, afterRefusal, type LogWindow } from '../../rpc/logWindow.js'
import { usableWindow } from '../../rpc/suggestedRange.js'
import { readBlock } from '../../readHead.js'
import { decodeGovernorLog, type GovernorEvent } from './decodeGovernorLog.js'
import { foldEvents } from './foldEvents.js'
import type { GovernorContext, Memory } from './GovernorContext.js'
import type { RuleBook } from './GovernorRules.js'
import { progressOf } from './progressOf.js'
import type { Target } from './readTarget.js'
import { askAll, type Inquiry, type Place, readWindow, type Window } from './readWindow.js'
import type { Rewound } from './rewind.js'
import { type Draft, inquire, settleAnswers, settleByClock } from './settle.js'

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
export async function syncHistory(place: Place, query: SyncQuery, context: GovernorContext, memory: Memory): Promise<Synced | 'reorged'> {
  const { from, target, rules, anchor, rewound, initial } = query
  const { chain, now, describe, onProgress } = context
  const draft: Draft = { proposals: new Map(query.known), touched: new Set(), gone: new Set(), warnings: [] }
  const votes: Vote[] = []
  const started = now()
  // A store may have given up on a vote in the middle of a first sync; the contract has the last word.
  const mayMove = (proposal: Proposal): boolean => isOpen(proposal) || (initial && proposal.derived)
  const next = (start: bigint): Promise<Part> => readPart(place, start, query, draft, mayMove, context, memory)

  let read = 0
  let pending = next(from)
  for (;;) {
    const part = await pending
    if (anchor !== undefined && part.from === from && part.window.headers[0]?.hash !== anchor.hash) {
      if (part.window.headers[0] === undefined) {
        throw new SourceError('transient', `${place.host} of ${chain} does not have block ${anchor.number}, though it has newer ones.`)
      }
      return 'reorged'
    }
    read += part.window.logs.length
    const last = part.to >= target.number
    const stop = last || (rewound === undefined && (read >= portionLogs || now() - started >= portionMs))
    // The node works on the next window while this one is decoded.
    if (!stop) pending = next(part.to + 1n)

    const events = decoded(part.window, draft, rewound, chain, rules)
    const folded = foldEvents(draft.proposals, events, { chain, rules, describe, withVotes: !initial })
    for (const key of folded.touched) draft.touched.add(key)
    for (const [key, proposal] of folded.proposals) draft.proposals.set(key, proposal)
    for (const vote of folded.votes) if (rewound === undefined || vote.block > rewound.ancestor) votes.push(vote)
    for (const { type, place: { block, contract } } of events) {
      if (type === 'rules' && block >= (memory.rulesAt ?? 0n)) memory.rules.delete(contract)
    }
    if (initial || !last || part.from > from) onProgress?.(progressOf(chain, from, part.to, target.number, now() - started))
    if (!stop) continue

    if (last) await settleAll(place, part, draft, rules, mayMove)
    else settleByClock(draft, nothing, part.window.end)
    const previous = anchor === undefined || part.from !== from ? anchor : part.window.headers[0]
    return {
      at: part.window.end,
      draft,
      votes,
      ...(previous !== undefined && { previous }),
      ...(part.window.nodeVersion !== undefined && { nodeVersion: part.window.nodeVersion }),
    }
  }
}

interface Part {
  readonly from: bigint
  readonly to: bigint
  readonly window: Window
  readonly inquiries: readonly Inquiry[]
}

/** Reads the window that starts at `start`, a narrower one where the node refuses it. */
async function readPart(
  place: Place, start: bigint, { from, target, rules, anchor, rewound }: SyncQuery, draft: Draft,
  mayMove: (proposal: Proposal) => boolean, { maxLogRange }: GovernorContext, memory: Memory,
): Promise<Part> {
  const max = BigInt(maxLogRange)
  for (;;) {
    const window: LogWindow = memory.window ?? { size: max, good: 0 }
    const end = start + window.size - 1n
    const last = end >= target.number
    const to = last ? target.number : end
    const now = { number: target.number, timestamp: target.head.timestamp }
    const inquiries = last ? inquire(draft.proposals.values(), rules, now, mayMove, rewound?.again ?? nothing) : []
    const asked = to - start + 1n
    try {
      const read = await readWindow(place, {
        from: start,
        to,
        hash: last ? target.hash : undefined,
        inquiries,
        headers: [
          ...(start === from && anchor !== undefined ? [anchor.number] : []),
          ...(last ? unknownTimes(draft.proposals.values()) : []),
        ],
      })
      memory.window = afterGood(window, asked, max)
      return { from: start, to, window: read, inquiries }
    } catch (cause) {
      const failure = classifyRpcError(cause)
      const tooLarge = !(cause instanceof SourceError) && asked > 1n && failure.class === 'range-too-large'
      // A node that runs out of time over a wide range would do so for ever.
      if (tooLarge || (failure.timedOut === true && asked > 100n)) {
        memory.window = afterRefusal(asked, usableWindow({ from: start, to }, failure.suggestedRange))
      }
      if (!tooLarge) throw cause
    }
  }
}

function unknownTimes(proposals: Iterable<Proposal>): readonly bigint[] {
  const blocks = new Set<bigint>()
  for (const { submittedAt, origin, ...proposal } of proposals) {
    if (submittedAt === undefined && origin !== undefined && isOpen(proposal)) blocks.add(origin.block)
  }
  return [...blocks].slice(0, maxHeaders)
}

function decoded({ logs }: Window, { warnings }: Draft, rewound: Rewound | undefined, chain: string, rules: RuleBook): readonly GovernorEvent[] {
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

async function settleAll(
  place: Place, { window, inquiries }: Part, draft: Draft, rules: RuleBook, mayMove: (proposal: Proposal) => boolean,
): Promise<void> {
  const { end } = window
  settleAnswers(draft, inquiries, window.answers, rules)
  for (const header of window.headers) {
    for (const [key, proposal] of draft.proposals) {
      if (header === undefined || proposal.submittedAt !== undefined || proposal.origin?.hash !== header.hash) continue
      draft.proposals.set(key, { ...proposal, submittedAt: header.timestamp })
      draft.touched.add(key)
    }
  }
  const asked = new Set(inquiries.map(({ proposal }) => keyOf(proposal)))
  const undecided = settleByClock(draft, asked, end)
  if (undecided.length === 0) return
  const more = inquire(undecided, rules, end, mayMove, nothing)
  const { client, chain, host } = place
  const [answers, block] = await Promise.all([askAll(client, more, end.number), readBlock(client, end.number, host)])
  if (block?.hash !== end.hash) throw new SourceError('transient', `${chain} moved while block ${end.number} was read at ${host}.`)
  settleAnswers(draft, more, answers, rules)
}
