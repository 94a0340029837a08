import { amountText, countText } from '../../../domain/notifications/phrases.js'
import { type Address, size } from 'viem'
import type { Head } from '../../../domain/blocks/head.js'
import { SourceError } from '../../../domain/errors.js'
import {
  isOpen,
  keyOf,
  type ProposalOrigin,
  type Proposal,
  type ProposalKey,
} from '../../../domain/proposals/proposal.js'
import type { ChainClient } from '../evm/context.js'
import { statusNotUnderstood, notUnderstoodWarnings } from '../notUnderstood.js'
import type { GovBaseContext, GovBaseMemory } from './context.js'
import { type ContractAnswer, range } from './contractQuery.js'
import { askProposal, type Found, readMoreBatches, type Summary } from './query.js'
import { keepSeats, seatsOf } from './seats.js'
import { toProposal } from './toProposal.js'

/** The state of one contract at one block. */
export interface ResolvedContract {
  /** Id of the newest proposal. */
  readonly count: bigint
  readonly proposals: readonly Proposal[]
  readonly retracted: readonly ProposalKey[]
  readonly warnings: readonly string[]
}

export interface ResolveScope {
  readonly at: Head
  /** Where proposals were submitted, by key, as far as their logs were read. */
  readonly origins: ReadonlyMap<ProposalKey, ProposalOrigin>
  /** The reasons why accounts were skipped, by the executed proposal. */
  readonly skips: ReadonlyMap<ProposalKey, readonly string[]>
  /** By contract, the ids of proposals that it has recorded as expired. */
  readonly expired: ReadonlyMap<Address, readonly bigint[]>
  /** True if a reorg may have given an id to another proposal. */
  readonly hasReorged: boolean
}

// Maximum number of new proposals in one reading. No such chain will ever have that many, so a node that reports more
// is broken.
const maxNew = 100_000n
// Size of proposal data, in bytes, above which a proposal is read outside of the multicall, because it would leave no
// room for others.
const largeBytes = 2_000

/** Builds proposals from the answers of a contract, and reads what is missing: further ids, and members. */
export async function resolveContract(
  node: ChainClient,
  answer: ContractAnswer,
  scope: ResolveScope,
  context: GovBaseContext,
  memory: GovBaseMemory,
): Promise<ResolvedContract> {
  const { contract, summary, known, watched } = answer
  const { at, expired } = scope
  if (summary === undefined) return unanswered(answer, at)
  const { count, memberVersion } = summary
  const isTakenBack = hasCountDropped(node, answer, count, scope, memory)
  // Proposals whose expiry was not recorded are no longer read; their `ProposalExpired` log makes us read them once
  // more.
  const touched = expired.get(contract.address) ?? []
  // If the recorded count was too high, new proposals were taken for known ones, so all of them are read.
  const unread = [...touched, ...range(isTakenBack ? 1n : answer.count + 1n, count)]
  const found = await readMissing(node, answer, count, unread, at)
  const versions = versionsIn(found, memberVersion)
  const seats = await seatsOf(node, { contract, versions, at, asked: answer.seats }, memory)
  const built = buildProposals({ answer, summary, found, seats, touched }, scope, context, memory)
  const lost = (isTakenBack ? known : watched).filter(({ id }) => BigInt(id) > count).map(keyOf)
  const open = built.proposals.filter(isOpen).flatMap(({ id }) => found.get(BigInt(id))?.row?.memberVersion ?? [])
  keepSeats(contract, new Set([memberVersion, ...open]), seats, memory)
  memory.contracts.set(contract.address.toLowerCase(), { ...contract, count, memberVersion })
  return { ...built, count, retracted: [...lost, ...built.retracted] }
}

function unanswered({ contract: { address }, count, watched }: ContractAnswer, at: Head): ResolvedContract {
  return {
    count,
    proposals: watched.map((known) => unread(known, at)),
    retracted: [],
    warnings: [`${address} did not answer at block ${at.number}: its proposals stay as they were.`],
  }
}

/**
 * Whether the contract has fewer proposals than recorded. Ids only grow, unless a reorg removed some or the record was
 * wrong.
 *
 * @throws SourceError, transient, if the number is impossible, or is smaller and not confirmed by enough blocks yet.
 */
function hasCountDropped(
  { chain, host }: ChainClient,
  { contract: { address }, count: before }: ContractAnswer,
  count: bigint,
  { at, hasReorged }: ResolveScope,
  memory: GovBaseMemory,
): boolean {
  const isFewer = count < before && !hasReorged
  const isTakenBack = isFewer && isRepeated(address, at, memory)
  if (!isFewer) memory.fewer.delete(address.toLowerCase())
  if (count - before > maxNew || (isFewer && !isTakenBack)) {
    const what = `${amountText(count, 'proposal')} after ${countText(before)}, which cannot be`
    throw new SourceError('transient', `${host} of ${chain} says that ${address} has ${what}.`)
  }
  return isTakenBack
}

/**
 * Adds those of the given proposals that were not read yet: new ones, and those whose expiry was recorded.
 *
 * @throws SourceError, transient, if the contract lacks a proposal that it counts.
 */
async function readMissing(
  node: ChainClient,
  answer: ContractAnswer,
  count: bigint,
  ids: readonly bigint[],
  at: Head,
): Promise<ReadonlyMap<bigint, Found>> {
  const { contract } = answer
  const missing = [...new Set(ids)].filter((id) => id <= count && !answer.found.has(id))
  const more = await readMoreBatches(
    node,
    missing.map((id) => askProposal(contract, id)),
    at,
  )
  const found = new Map<bigint, Found>([
    ...answer.found,
    ...missing.map((id, index) => [id, more[index] ?? {}] as const),
  ])
  const absent = [...found].find(([id, { isAbsent }]) => isAbsent === true && id > answer.count && id <= count)
  if (absent === undefined) return found
  throw new SourceError(
    'transient',
    `${node.host} of ${node.chain} says that ${contract.address} has ${amountText(count, 'proposal')}, but has no proposal ${absent[0]}.`,
  )
}

/** Everything that the proposals of a contract are built from. */
interface ContractState {
  readonly answer: ContractAnswer
  readonly summary: Summary
  readonly found: ReadonlyMap<bigint, Found>
  /** By version. */
  readonly seats: ReadonlyMap<bigint, readonly Address[]>
  /** Ids of proposals that the contract has recorded as expired. */
  readonly touched: readonly bigint[]
}

/** Builds the proposals by ascending id. Retracted are those whose id a reorg gave to another proposal. */
function buildProposals(
  { answer, summary, found, seats, touched }: ContractState,
  { at, origins, skips, hasReorged }: ResolveScope,
  { chain, describe }: GovBaseContext,
  memory: GovBaseMemory,
): Omit<ResolvedContract, 'count'> {
  const { contract, watched } = answer
  const { count, expiry } = summary
  const { address } = contract
  const before = new Map(answer.known.map((proposal) => [BigInt(proposal.id), proposal]))
  const proposals: Proposal[] = []
  const retracted: ProposalKey[] = []
  const warnings: string[] = []
  for (const [id, { row, attemptsLeft }] of [...found].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (id > count) continue
    const key = keyOf({ chain, contract: address, id: id.toString() })
    const known = before.get(id)
    if (row === undefined) {
      const consequence = known === undefined ? 'it was left out' : `it stays ${known.status}`
      warnings.push(`${address} does not tell proposal ${id} in a way that can be read: ${consequence}.`)
      if (known !== undefined && watched.includes(known)) proposals.push(unread(known, at))
      continue
    }
    const proposal = toProposal(row, {
      chain,
      id,
      contract,
      expiry,
      attemptsLeft,
      at,
      describe,
      before: known,
      skips: skips.get(key),
      seats: seats.get(row.memberVersion),
      origin: origins.get(key) ?? known?.origin,
    })
    warnings.push(...notUnderstoodWarnings(proposal, known))
    const isForgotten = known === undefined && touched.includes(id)
    if (hasReorged && known !== undefined && !isSame(known, proposal)) retracted.push(key)
    // It ended long ago, so it must not be reported as new.
    proposals.push(
      isForgotten ? { ...proposal, closedAt: { block: at.number, timestamp: row.createdAt + expiry } } : proposal,
    )
    if (isOpen(proposal) && size(row.callData) > largeBytes) memory.large.add(key)
    else memory.large.delete(key)
  }
  return { proposals, retracted, warnings }
}

/** A proposal that its contract no longer returns. It is marked, so that its last known state is not acted on. */
function unread(known: Proposal, { number }: Head): Proposal {
  const { attendance: _before, ...rest } = known
  return { ...rest, ...statusNotUnderstood(known, 'nothing that can be read'), readAt: number }
}

// Number of blocks that must report the smaller count. A single answer may be wrong.
const enoughBlocks = 3

/** Whether enough blocks have reported that a contract has fewer proposals than recorded. */
function isRepeated(address: Address, at: Head, { fewer }: Pick<GovBaseMemory, 'fewer'>): boolean {
  const blocks = new Set([...(fewer.get(address.toLowerCase()) ?? []), at.hash])
  fewer.set(address.toLowerCase(), blocks)
  return blocks.size >= enoughBlocks
}

/** True if the proposal is the same after a reorg; another one may have got its id. */
function isSame(known: Proposal, proposal: Proposal): boolean {
  return (
    known.proposer === proposal.proposer &&
    known.title === proposal.title &&
    known.actions[0]?.signature === proposal.actions[0]?.signature
  )
}

function versionsIn(found: ReadonlyMap<bigint, Found>, current: bigint): readonly bigint[] {
  return [...new Set([current, ...[...found.values()].flatMap(({ row }) => row?.memberVersion ?? [])])]
}
