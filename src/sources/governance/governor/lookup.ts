import { defined } from '../../../domain/defined.js'
import { SourceError } from '../../../domain/errors.js'
import { keyOf, type Proposal, type ProposalKey, type ProposalRef } from '../../../domain/proposals/proposal.js'
import type { Json } from '../../../domain/text/json.js'
import { readBlock } from '../../readHead.js'
import type { EvmEndpoint } from '../../rpc/createEvmEndpoints.js'
import type { SourceLog } from '../../rpc/logs/checkLogs.js'
import { mapLimited } from '../../http/mapLimited.js'
import type { GovernanceReader } from '../GovernanceReader.js'
import type { ChainClient } from '../evm/context.js'
import { openReading } from '../evm/openReading.js'
import { readWindow } from '../evm/readWindow.js'
import { returnsAllLogs } from '../evm/returnsAllLogs.js'
import type { Unshown } from '../evm/shown.js'
import type { Target } from '../evm/target.js'
import type { GovernorContext, GovernorMemory, RuleBook } from './context.js'
import { decodeGovernorLog, editTopics, type GovernorEvent, governorTopics } from './decode.js'
import { applyBatch, type Draft, newDraft, queriesFor } from './draft.js'
import { prepareGovernors } from './probe.js'
import { readBatch } from './query.js'
import { foldEvents } from './toProposal.js'
import { verifyContents } from './verify.js'
import { vouchedEvents } from './vouch.js'

/** A proposal, and the block in which it was submitted. */
interface Place {
  readonly ref: ProposalRef
  readonly near: bigint
}

/** Reads one proposal as it is at the target. Its text comes from the block in which it was submitted. */
export async function readProposalNear(
  endpoint: EvmEndpoint,
  place: Place,
  signal: AbortSignal,
  context: GovernorContext,
  memory: GovernorMemory,
): Promise<Proposal | Unshown | undefined> {
  const prepare = prepareGovernors(context, memory)
  const { node, target } = await openReading(endpoint, { signal, prepare }, context, memory)
  if (place.near > target.number) return 'behind'
  const draft = await draftNear(node, place, target.number, context, memory)
  if (draft === undefined || draft === 'withheld') return draft
  await resolveAt(node, draft, target, memory.rules)
  const now = draft.proposals.get(keyOf(place.ref))
  return now && { ...now, readAt: target.number }
}

/** Reads the submission of the proposal and its edits up to block `to`. */
async function draftNear(
  node: ChainClient,
  { ref, near }: Place,
  to: bigint,
  context: GovernorContext,
  { rules }: GovernorMemory,
): Promise<Draft | 'withheld' | undefined> {
  const { chain, addresses, describe } = context
  const filter = { addresses: new Set(addresses.map((address) => address.toLowerCase())), topics: governorTopics }
  const { logs, isUnsure } = await readWindow(node, { filter, from: near, to: near, calls: [], headers: [] })
  const { events } = vouchedEvents(eventsIn(logs), rules, node)
  const folding = { chain, rules, describe, withVotes: false }
  const { proposals, created } = foldEvents(new Map(), events, folding)
  const key = keyOf(ref)
  const submitted = proposals.get(key)
  if (submitted === undefined) return isUnsure && !(await returnsAllLogs(node, near)) ? 'withheld' : undefined
  const over = submitted.votingEnd ?? near
  const edits = canBeEdited(submitted, rules)
    ? await readEdits(node, filter.addresses, near + 1n, to < over ? to : over, context)
    : []
  const after = foldEvents(proposals, edits, folding)
  return {
    ...newDraft([[key, after.proposals.get(key) ?? submitted]]),
    created: new Map([...created].filter(([other]) => other === key)),
    edited: new Set(after.edited),
  }
}

/** Applies what the contract says at the target to the draft, and verifies the content. */
async function resolveAt(node: ChainClient, draft: Draft, target: Target, rules: RuleBook): Promise<void> {
  const { number, hash, head } = target
  const clock = { number, timestamp: head.timestamp }
  const queries = queriesFor(draft.proposals.values(), rules, clock, { mayMove: () => true })
  const [answers, block] = await Promise.all([
    readBatch(node.client, queries, number),
    readBlock(node.client, number, node.host),
  ])
  if (hash !== undefined && block?.hash !== hash)
    throw new SourceError('transient', `${node.chain} had a reorg while block ${number} was read at ${node.host}.`)
  applyBatch(draft, queries, answers, rules)
  await verifyContents(node, draft, rules, { at: { number, hash: block?.hash }, last: true, initial: false })
}

function eventsIn(logs: readonly SourceLog[]): readonly GovernorEvent[] {
  return logs.map(decodeGovernorLog).filter((event) => typeof event !== 'string')
}

/**
 * True if the proposal may have been edited: its id is not the hash of its content, and its vote counts in blocks.
 * Edits are possible only until the block at which the vote ends.
 */
function canBeEdited({ contract, clock }: Proposal, rules: RuleBook): boolean {
  return clock === 'block' && rules.get(contract.toLowerCase())?.vouchedBy !== 'hash'
}

// Maximum number of log windows searched for edits. No vote takes longer, at the window sizes nodes usually accept.
const mostWindows = 200
// Number of them that are read at the same time: another node's reading waits a few seconds for the answer.
const atOnce = 4

/**
 * Reads the edits of proposals in these blocks, in chain order. The Nouns family accepts edits before a vote.
 *
 * @throws SourceError if there are too many blocks to search, because a missed edit would confirm an outdated plan.
 */
async function readEdits(
  node: ChainClient,
  addresses: ReadonlySet<string>,
  from: bigint,
  to: bigint,
  { maxLogRange }: GovernorContext,
): Promise<readonly GovernorEvent[]> {
  const width = BigInt(maxLogRange)
  if (to - from >= width * BigInt(mostWindows)) {
    throw new SourceError(
      'transient',
      `${node.host} of ${node.chain} cannot vouch for a proposal: it may have been edited in any of ${to - from + 1n} blocks, and no more than ${maxLogRange} are read at a time.`,
    )
  }
  const starts: bigint[] = []
  for (let start = from; start <= to; start += width) starts.push(start)
  const filter = { addresses, topics: editTopics }
  const windows = await mapLimited(starts, atOnce, (start) => {
    const end = start + width - 1n
    return readWindow(node, { filter, from: start, to: end < to ? end : to, calls: [], headers: [] })
  })
  return windows.flatMap(({ logs }) => eventsIn(logs))
}

/** Reads every proposal, with a reader that starts at the first block of the history. */
export async function readWholeHistory(reader: GovernanceReader, signal: AbortSignal): Promise<readonly Proposal[]> {
  const proposals = new Map<ProposalKey, Proposal>()
  let cursor: Json | undefined
  for (;;) {
    const reading = await reader.read({
      ...defined({ cursor }),
      open: [...proposals.values()],
      signal,
    })
    for (const proposal of reading.proposals) proposals.set(keyOf(proposal), proposal)
    for (const key of reading.retracted) proposals.delete(key)
    if (reading.backlog === 0n) return [...proposals.values()]
    cursor = reading.cursor
  }
}
