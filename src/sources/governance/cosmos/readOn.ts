import type { Head } from '../../../domain/blocks/head.js'
import { isOpen, keyOf, type Proposal } from '../../../domain/proposals/proposal.js'
import { withVerdict } from '../../../domain/proposals/withVerdict.js'
import type { GoodReading, PlanVerdict } from '../../../domain/reading.js'
import type { HttpEndpoint } from '../../http/createHttpEndpoints.js'
import type { ReadRequest } from '../GovernanceReader.js'
import { mapLimited } from '../../http/mapLimited.js'
import type { Rest } from './askRest.js'
import { addCheckpoint, isMade } from '../cosmosSdk/checkpoints.js'
import type { CosmosContext, Memory } from './CosmosContext.js'
import { type Cursor, formatCursor, type PendingPlan } from './cursor.js'
import type { GovProposal } from './decodeProposal.js'
import { droppedOf } from './droppedOf.js'
import { isInitial, readList } from './readList.js'
import { readNodeInfo } from './readNodeInfo.js'
import { readOpen } from './readOpen.js'
import { readOne } from './readProposals.js'
import type { NodeStatus } from './decodeStatus.js'
import { readTallies } from './readTallies.js'
import { pendingOf, settlePlans, unproposed, upgradeContract } from './settlePlans.js'
import { govContract, toProposal } from './toProposal.js'
import { maxLag } from '../cosmosSdk/contradictedHead.js'

// What could not be read is tried again this often, and when a process starts.
const tryAgainMs = 600_000
const parallel = 4
// At the first sync, a plan whose height is behind by less may just have been carried out: the chain is asked.
const recentBlocks = 20_000n

/**
 * One reading at one REST server: what is new in the list, the open proposals, those that left them, and last the
 * plan the chain has scheduled. A long list comes in portions; all but the new is left to the last one.
 */
export async function readOn(
  endpoint: HttpEndpoint,
  { head, network, earliest }: NodeStatus,
  cursor: Cursor | undefined,
  { open, signal }: ReadRequest,
  context: CosmosContext,
  memory: Memory,
): Promise<GoodReading> {
  const { chain, now } = context
  const rest = restAt(endpoint, chain, head, cursor, signal)
  await meet(rest, network, cursor, memory)

  const list = await readList(rest, cursor, memory)
  const isWhole = list.toGo === 0n
  const raws = new Map(list.proposals.map((raw) => [raw.id, raw]))
  const listed = new Set(raws.keys())
  const mine = open.filter(({ contract }) => contract === govContract)
  const known = mine
    .filter((proposal) => isOpen(proposal) && !raws.has(BigInt(proposal.id)))
    .map(({ id }) => BigInt(id))
  const still = isWhole
    ? await readOpen(rest, known, new Set(cursor?.absent.map(BigInt)), memory)
    : { proposals: [], gone: [], absent: [], warnings: [] }
  const late = await readUnread(rest, isWhole ? (cursor?.unread ?? []).map(BigInt) : [], memory, now())
  for (const raw of [...still.proposals, ...late.proposals]) raws.set(raw.id, raw)

  const passed = [...raws.values()]
    .flatMap(pendingOf)
    .filter(({ height }) => !isInitial(cursor) || BigInt(height) + recentBlocks > head.number)
  const pending = merged(cursor?.pending ?? [], passed)
  const settled = isWhole
    ? await settlePlans(rest, pending, [...raws.values()], {
        chain,
        head: head.number,
        wasServed: cursor?.upgrades === true,
      })
    : { pending, standings: [], isServed: cursor?.upgrades === true, warnings: [] }
  for (const { id } of newlyWithdrawn(pending, settled.pending)) {
    // Only to show it as it is: what the chain says of its plan holds whether it can be read or not.
    const one = raws.has(id) ? undefined : await readOne(rest, id, memory)
    if (one?.type === 'read') raws.set(id, one.raw)
  }

  const sorted = [...raws.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  const tallies = await readTallies(rest, sorted, memory, now())
  const before = new Map(mine.map((proposal) => [proposal.id, proposal]))
  const gone = new Set(still.gone.map(String))
  const proposals: readonly Proposal[] = [
    ...sorted.map((raw) =>
      toProposal(raw, {
        ...context,
        readAt: head.number,
        tally: tallies.get(raw.id) ?? before.get(raw.id.toString())?.tally,
      }),
    ),
    ...mine
      .filter(({ id }) => gone.has(id))
      .map((proposal) => droppedOf(proposal, cursor?.deposits.get(proposal.id), head)),
    ...settled.standings.flatMap((standing) => withdrawnUnproposed(standing, pending, open)),
    ...(settled.unproposed === undefined ? [] : [unproposed(settled.unproposed, head.number, context)]),
  ].map((proposal) => judged(proposal, settled.standings))
  const previous = cursor?.head ?? (earliest?.number === head.number ? undefined : earliest)
  const first = cursor?.first ?? (earliest === undefined || isMade(earliest.hash) ? undefined : earliest)
  const unread = unreadAfter(isWhole ? late.still : (cursor?.unread ?? []).map(BigInt), list.unread, raws)
  return {
    ok: true,
    chain,
    readAt: now(),
    head,
    at: head,
    ...(previous !== undefined && { previous }),
    proposals,
    votes: [],
    retracted: [],
    standings: settled.standings,
    backlog: list.toGo,
    cursor: formatCursor({
      chainId: network,
      head,
      checkpoints: addCheckpoint(cursor?.checkpoints ?? [], head),
      ...(first !== undefined && { first: { number: first.number, hash: first.hash } }),
      state: rest.newest,
      lastId: lastIdAfter(
        list.place.lastId,
        sorted,
        overlooked(still.proposals, [...listed, ...mine.map(({ id }) => BigInt(id))], list.place.lastId),
      ),
      ...(!isWhole && { next: list.place.next ?? '', left: list.toGo, listed: list.listed }),
      deposits: depositsAfter(cursor, sorted, gone),
      pending: settled.pending,
      absent: still.absent.map(String),
      unread: unread.map(String),
      ...(settled.isServed && { upgrades: true }),
    }),
    ...(memory.nodeVersion !== undefined && { nodeVersion: memory.nodeVersion }),
    warnings: [...list.warnings, ...still.warnings, ...settled.warnings],
  }
}

/**
 * A REST server, held to what was read before and to the height of the chain. A state that lies beyond the chain was
 * never read: one wrong header must not make all others count as old.
 */
export function restAt(
  endpoint: HttpEndpoint,
  chain: string,
  head: Head,
  cursor: Cursor | undefined,
  signal: AbortSignal,
): Rest {
  const ceiling = head.number + maxLag
  const state = cursor?.state ?? 0n
  const read = state > ceiling ? 0n : state
  const least = head.number - maxLag
  return {
    endpoint,
    place: `${endpoint.host} of ${chain}`,
    signal,
    ceiling,
    floor: read > least ? read : least,
    newest: read,
    lastHead: cursor === undefined || cursor.head.number > head.number ? 0n : cursor.head.number,
  }
}

interface UnreadRead {
  readonly proposals: readonly GovProposal[]
  /** Ids that still cannot be read. */
  readonly still: readonly bigint[]
}

/** Tries again, now and then, what could not be read: what it may schedule must not be lost for good. */
async function readUnread(rest: Rest, ids: readonly bigint[], memory: Memory, now: number): Promise<UnreadRead> {
  if (ids.length === 0 || now - (memory.triedAt ?? -Infinity) < tryAgainMs) return { proposals: [], still: ids }
  memory.triedAt = now
  const read = await mapLimited(ids, parallel, async (id) => ({ id, one: await readOne(rest, id, memory) }))
  return {
    proposals: read.flatMap(({ one }) => (one.type === 'read' ? [one.raw] : [])),
    still: read
      .filter(({ one }) => one.type === 'unreadable' || (one.type === 'missing' && !one.isSure))
      .map(({ id }) => id),
  }
}

function judged(proposal: Proposal, standings: readonly PlanVerdict[]): Proposal {
  const key = keyOf(proposal)
  const verdict = standings.find((standing) => standing.key === key)
  return verdict === undefined ? proposal : withVerdict(proposal, verdict)
}

/** A plan of no known proposal, to be shown as it is once the chain has it no more. */
function withdrawnUnproposed(
  { key, withdrawn }: PlanVerdict,
  before: readonly PendingPlan[],
  open: readonly Proposal[],
): readonly Proposal[] {
  const stood = before.some(
    (plan) => plan.contract === upgradeContract && plan.withdrawn === undefined && key.endsWith(`/${plan.id}`),
  )
  return withdrawn === undefined || !stood
    ? []
    : open.filter((proposal) => proposal.contract === upgradeContract && keyOf(proposal) === key)
}

function newlyWithdrawn(
  before: readonly PendingPlan[],
  after: readonly PendingPlan[],
): readonly { readonly id: bigint }[] {
  const stood = new Set(before.filter(({ withdrawn }) => withdrawn === undefined).map(({ id }) => id))
  return after
    .filter(({ contract, id, withdrawn }) => contract === govContract && withdrawn !== undefined && stood.has(id))
    .map(({ id }) => ({ id: BigInt(id) }))
}

/** Open proposals that are new to us though their ids lie below the newest one: it cannot have been one. */
function overlooked(open: readonly GovProposal[], known: readonly bigint[], lastId: bigint): readonly bigint[] {
  const ids = new Set(known)
  return open.map(({ id }) => id).filter((id) => id < lastId && !ids.has(id))
}

/** The newest id seen; where proposals were overlooked, the list is read again from the first of them. */
function lastIdAfter(lastId: bigint, raws: readonly GovProposal[], missed: readonly bigint[]): bigint {
  const ids = missed.length > 0 ? missed : raws.map(({ id }) => id)
  return ids.reduce((last, id) => (missed.length > 0 ? (id <= last ? id - 1n : last) : id > last ? id : last), lastId)
}

function unreadAfter(
  still: readonly bigint[],
  added: readonly bigint[],
  read: ReadonlyMap<bigint, GovProposal>,
): readonly bigint[] {
  return [...new Set([...still, ...added])].filter((id) => !read.has(id))
}

/** Makes sure that the server serves this chain, and asks what it runs while that is of interest. */
async function meet(rest: Rest, network: string, cursor: Cursor | undefined, memory: Memory): Promise<void> {
  if (memory.verified.has(rest.endpoint) && !(cursor?.pending ?? []).some(({ withdrawn }) => withdrawn === undefined))
    return
  const { version } = await readNodeInfo(rest, network)
  if (version !== undefined) memory.nodeVersion = version
  memory.verified.add(rest.endpoint)
}

function merged(known: readonly PendingPlan[], passed: readonly PendingPlan[]): readonly PendingPlan[] {
  const all = new Map([...known, ...passed].map((plan) => [`${plan.contract} ${plan.id}`, plan]))
  return [...all.values()]
}

function depositsAfter(
  cursor: Cursor | undefined,
  raws: readonly GovProposal[],
  gone: ReadonlySet<string>,
): ReadonlyMap<string, bigint> {
  const deposits = new Map(cursor?.deposits)
  for (const { id, status, depositEnd } of raws) {
    if (status === 'submitted' && depositEnd !== undefined) deposits.set(id.toString(), depositEnd)
    else deposits.delete(id.toString())
  }
  for (const id of gone) deposits.delete(id)
  return deposits
}
