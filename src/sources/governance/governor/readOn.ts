import { SourceError } from '../../../domain/errors.js'
import type { Head } from '../../../domain/head.js'
import { keyOf, type Proposal, type ProposalKey } from '../../../domain/proposal.js'
import type { GoodReading } from '../../../domain/reading.js'
import type { Endpoint } from '../../rpc/createEndpoints.js'
import { readBlock } from '../../readHead.js'
import type { ReadRequest } from '../GovernanceReader.js'
import { arrive } from './arrive.js'
import { addCheckpoint } from './checkpoints.js'
import { type Cursor, formatCursor, parseCursor, requireSameContracts } from './cursor.js'
import { findAncestor } from './findAncestor.js'
import type { GovernorContext, Memory } from './GovernorContext.js'
import type { Target } from './readTarget.js'
import type { Place } from './readWindow.js'
import { type Rewound, rewind } from './rewind.js'
import { type Synced, syncHistory } from './syncHistory.js'

/**
 * One reading of one chain at one endpoint: on from the cursor to the target, a portion of it where the way is
 * long, or nothing where no block is new. See {@link GovernanceReader}.
 */
export async function readOn(
  endpoint: Endpoint, { cursor: json, open, signal }: ReadRequest, context: GovernorContext, memory: Memory,
): Promise<GoodReading> {
  const { chain, fromBlock, maxLogRange, now } = context
  const cursor = json === undefined ? undefined : parseCursor(json, chain)
  if (cursor !== undefined) requireSameContracts(cursor, context.addresses, chain)
  if (cursor !== undefined && memory.window === undefined) {
    const max = BigInt(maxLogRange)
    memory.window = { size: cursor.window < max ? cursor.window : max, good: 0 }
  }
  const { place, target } = await arrive(endpoint, cursor, signal, context, memory)
  if (cursor !== undefined && isUnchanged(cursor, target)) return stayed(cursor, target.head, context)

  const behind = cursor !== undefined && target.number < cursor.at.number
  if (behind && (await isLagging(place, cursor, target))) {
    // Half a history is no state to stay in: nobody may take it for the whole.
    if (cursor.partial) throw new SourceError('transient', `${endpoint.host} of ${chain} is behind block ${cursor.at.number}, which was read already.`)
    return stayed(cursor, target.head, context)
  }
  const rules = new Map(memory.rules)
  const query = { target, rules, initial: cursor?.initial ?? true }
  const next = cursor === undefined ? fromBlock : cursor.at.number + 1n
  const known = new Map(open.map((proposal) => [keyOf(proposal), proposal]))
  const from = next > fromBlock ? next : fromBlock
  const anchored = { ...query, from, known, ...(cursor !== undefined && { anchor: cursor.at }) }
  let synced = behind ? 'reorged' as const : await syncHistory(place, anchored, context, memory)
  let rewound: Rewound | undefined
  if (synced === 'reorged') {
    if (cursor === undefined) throw new SourceError('transient', `${chain} moved while it was read at ${endpoint.host}.`)
    const ancestor = await findAncestor(place.client, cursor, target.number, chain, endpoint.host)
    rewound = rewind(open, ancestor.number, rules)
    const again = { ...query, from: rewound.from > fromBlock ? rewound.from : fromBlock, known: rewound.known, rewound }
    synced = await syncHistory(place, again, context, memory)
    if (synced === 'reorged') throw new SourceError('transient', `${chain} moved again while it was read at ${endpoint.host}.`)
  }
  const { at, previous, votes, nodeVersion, draft } = synced
  const backlog = target.number > at.number ? target.number - at.number : 0n
  return {
    ok: true,
    chain,
    readAt: now(),
    head: target.head,
    at,
    ...(previous !== undefined && { previous }),
    proposals: proposalsOf(synced),
    votes,
    ...(rewound !== undefined && { rewoundTo: rewound.ancestor }),
    retracted: retractedBy(synced, rewound),
    backlog,
    cursor: formatCursor({
      chainId: place.chainId,
      contracts: [...place.addresses],
      at,
      head: target.head,
      checkpoints: checkpointsOf(cursor, rewound, at),
      window: memory.window?.size ?? BigInt(maxLogRange),
      initial: (cursor?.initial ?? true) && backlog > 0n,
      partial: backlog > 0n,
    }),
    ...(nodeVersion !== undefined && { nodeVersion }),
    warnings: draft.warnings,
  }
}

/** A portion of a long history may end below the target while the head stands still. */
function isUnchanged(cursor: Cursor, target: Target): boolean {
  if (cursor.at.number !== target.number) return false
  if (target.hash !== undefined) return target.hash === cursor.at.hash
  return target.head.hash === cursor.head.hash
}

/** True where a node that is behind the cursor stands on the same chain, as far as it goes. */
async function isLagging({ client, host }: Place, { at, checkpoints }: Cursor, { number, head }: Target): Promise<boolean> {
  const shared = [...checkpoints, at].filter((checkpoint) => checkpoint.number <= head.number).at(-1)
  // Below everything that was recorded nothing can be compared: such a node is still syncing.
  if (shared === undefined) return true
  const block = await readBlock(client, shared.number, host)
  if (block === undefined) throw new SourceError('transient', `${host} does not have block ${shared.number}, though it stands at ${number}.`)
  return block.hash === shared.hash
}

/** A reading that says nothing but that the node answers. Heads never go backwards without a reorg. */
function stayed(cursor: Cursor, head: Head, { chain, now }: GovernorContext): GoodReading {
  const newest = head.number < cursor.head.number ? cursor.head : head
  return {
    ok: true,
    chain,
    readAt: now(),
    head: newest,
    at: cursor.at,
    proposals: [],
    votes: [],
    retracted: [],
    backlog: 0n,
    cursor: formatCursor({ ...cursor, head: newest }),
    warnings: [],
  }
}

function proposalsOf({ at, draft }: Synced): readonly Proposal[] {
  const proposals: Proposal[] = []
  for (const key of draft.touched) {
    const proposal = draft.proposals.get(key)
    if (proposal !== undefined) proposals.push({ ...proposal, readAt: at.number })
  }
  return proposals
}

function retractedBy({ draft }: Synced, rewound: Rewound | undefined): readonly ProposalKey[] {
  const lost = [...(rewound?.orphans ?? []), ...(rewound?.rebuilt ?? [])].filter((key) => !draft.proposals.has(key))
  return [...new Set([...lost, ...draft.gone])]
}

function checkpointsOf(cursor: Cursor | undefined, rewound: Rewound | undefined, at: Head): Cursor['checkpoints'] {
  if (cursor === undefined) return []
  const still = [...cursor.checkpoints, { number: cursor.at.number, hash: cursor.at.hash }]
    .filter(({ number }) => number < at.number && (rewound === undefined || number <= rewound.ancestor))
  const newest = still.at(-1)
  return newest === undefined ? [] : addCheckpoint(still.slice(0, -1), newest)
}
