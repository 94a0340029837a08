import type { Head } from '../../../domain/head.js'
import { isOpen, type Proposal } from '../../../domain/proposal.js'
import type { GoodReading } from '../../../domain/reading.js'
import type { HttpEndpoint } from '../../http/createHttpEndpoints.js'
import type { ReadRequest } from '../GovernanceReader.js'
import type { Rest } from './askRest.js'
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
import { govContract, toProposal, withReason } from './toProposal.js'

// Servers behind one name differ by a few blocks, on fast chains by more; this many are no coincidence.
export const maxLag = 20n

/**
 * One reading at one REST server: what is new in the list, the open proposals, those that left them, and last the
 * plan the chain has scheduled. A long list comes in portions; all but the new is left to the last one.
 */
export async function readOn(
  endpoint: HttpEndpoint, { head, network, earliest }: NodeStatus, cursor: Cursor | undefined, { open, signal }: ReadRequest, context: CosmosContext, memory: Memory,
): Promise<GoodReading> {
  const { chain, now } = context
  const rest = restAt(endpoint, chain, head, cursor, signal)
  await meet(rest, network, cursor, memory)

  const list = await readList(rest, cursor, memory)
  const isWhole = list.toGo === 0n
  const raws = new Map(list.proposals.map((raw) => [raw.id, raw]))
  const mine = open.filter(({ contract }) => contract === govContract)
  const known = mine.filter((proposal) => isOpen(proposal) && !raws.has(BigInt(proposal.id))).map(({ id }) => BigInt(id))
  const still = isWhole ? await readOpen(rest, known, memory) : { proposals: [], gone: [], warnings: [] }
  for (const raw of still.proposals) raws.set(raw.id, raw)

  const passed = [...raws.values()].flatMap(pendingOf).filter(({ height }) => !isInitial(cursor) || BigInt(height) > head.number)
  const pending = merged(cursor?.pending ?? [], passed)
  const settled = isWhole ? await settlePlans(rest, pending, [...raws.values()]) : { pending, withdrawn: [], warnings: [] }
  for (const { plan } of settled.withdrawn) {
    const raw = plan.contract === govContract && !raws.has(BigInt(plan.id)) ? await readOne(rest, BigInt(plan.id), memory) : undefined
    if (raw !== undefined && typeof raw !== 'string') raws.set(raw.id, raw)
  }

  const sorted = [...raws.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  const tallies = await readTallies(rest, sorted, memory, now())
  const before = new Map(mine.map((proposal) => [proposal.id, proposal]))
  const reasons = new Map(settled.withdrawn.map(({ plan, reason }) => [`${plan.contract} ${plan.id}`, reason]))
  const gone = new Set(still.gone.map(String))
  const proposals: readonly Proposal[] = [
    ...sorted.map((raw) => {
      const id = raw.id.toString()
      return withReason(toProposal(raw, { ...context, readAt: head.number, tally: tallies.get(raw.id) ?? before.get(id)?.tally }), reasons.get(`${govContract} ${id}`))
    }),
    ...mine.filter(({ id }) => gone.has(id)).map((proposal) => droppedOf(proposal, cursor?.deposits.get(proposal.id), head)),
    ...settled.withdrawn.filter(({ plan }) => plan.contract === upgradeContract).map(({ plan: { name, height }, reason }) =>
      unproposed({ plan: { name, height }, origin: 'chain', problems: [], withdrawn: reason }, head.number, context)),
    ...(settled.unproposed === undefined ? [] : [unproposed(settled.unproposed, head.number, context)]),
  ]
  const previous = cursor?.head ?? earliest
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
    backlog: list.toGo,
    cursor: formatCursor({
      chainId: network,
      head,
      state: rest.newest,
      lastId: sorted.reduce((newest, { id }) => (id > newest ? id : newest), list.place.lastId),
      ...(!isWhole && { next: list.place.next ?? '' }),
      deposits: depositsAfter(cursor, sorted, gone),
      pending: settled.pending,
    }),
    ...(memory.nodeVersion !== undefined && { nodeVersion: memory.nodeVersion }),
    warnings: [...list.warnings, ...still.warnings, ...settled.warnings],
  }
}

/** A REST server, held to what was read before and to the height of the chain. */
export function restAt(endpoint: HttpEndpoint, chain: string, head: Head, cursor: Cursor | undefined, signal: AbortSignal): Rest {
  const read = cursor?.state ?? 0n
  const least = head.number - maxLag
  return { endpoint, place: `${endpoint.host} of ${chain}`, signal, floor: read > least ? read : least, newest: read }
}

/** Makes sure that the server serves this chain, and asks what it runs while that is of interest. */
async function meet(rest: Rest, network: string, cursor: Cursor | undefined, memory: Memory): Promise<void> {
  if (memory.verified.has(rest.endpoint) && (cursor?.pending.length ?? 0) === 0) return
  const { version } = await readNodeInfo(rest, network)
  if (version !== undefined) memory.nodeVersion = version
  memory.verified.add(rest.endpoint)
}

function merged(known: readonly PendingPlan[], passed: readonly PendingPlan[]): readonly PendingPlan[] {
  const all = new Map([...known, ...passed].map((plan) => [`${plan.contract} ${plan.id}`, plan]))
  return [...all.values()]
}

function depositsAfter(cursor: Cursor | undefined, raws: readonly GovProposal[], gone: ReadonlySet<string>): ReadonlyMap<string, bigint> {
  const deposits = new Map(cursor?.deposits)
  for (const { id, status, depositEnd } of raws) {
    if (status === 'submitted' && depositEnd !== undefined) deposits.set(id.toString(), depositEnd)
    else deposits.delete(id.toString())
  }
  for (const id of gone) deposits.delete(id)
  return deposits
}
