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

/** What one contract says at one block. */
export interface ResolvedContract {
  /** Id of the newest proposal. */
  readonly count: bigint
  readonly proposals: readonly Proposal[]
  readonly retracted: readonly ProposalKey[]
  readonly warnings: readonly string[]
}

export interface ResolveScope {
  readonly at: Head
  /** Where proposals came from, by key, as far as their logs were read. */
  readonly origins: ReadonlyMap<ProposalKey, ProposalOrigin>
  /** Why accounts were passed over, by the proposal whose execution was heard of. */
  readonly skips: ReadonlyMap<ProposalKey, readonly string[]>
  /** By contract, ids of what it has come to call expired. */
  readonly expired: ReadonlyMap<Address, readonly bigint[]>
  /** A reorg may have given an id to another proposal. */
  readonly hasReorged: boolean
}

// Far more than any such chain will have: a node that says so is broken, and must not keep us busy for ever.
const maxNew = 100_000n
// Beyond this the data of one proposal would crowd the others out of a multicall.
const largeBytes = 2_000

/** Makes proposals of what a contract answered, and asks for what is missing: further ids, and seats. */
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
  const isTakenBack = isCountTakenBack(node, answer, count, scope, memory)
  // What had expired in silence was not asked about any more, until somebody touched it.
  const touched = expired.get(contract.address) ?? []
  const found = await readMissing(node, answer, count, touched, isTakenBack, at)
  const seats = await seatsOf(node, contract, versionsIn(found, memberVersion), answer.seats, at, memory)
  const built = buildProposals({ answer, summary, found, seats, touched }, scope, context, memory)
  const lost = (isTakenBack ? known : watched).filter(({ id }) => BigInt(id) > count).map(keyOf)
  keepSeats(contract, memberVersion, built.proposals, found, seats, memory)
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
 * Whether the contract has fewer proposals than it once was said to have. Ids only grow, unless a reorg took some back,
 * or there never were as many.
 *
 * @throws SourceError, transient, for a number that cannot be.
 */
function isCountTakenBack(
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
    const what = `${count} proposals after ${before}, which cannot be`
    throw new SourceError('transient', `${host} of ${chain} says that ${address} has ${what}.`)
  }
  return isTakenBack
}

/**
 * What was found, with the proposals that are still to be asked for: those that were touched, and new ones. What came
 * while the mark stood too high was taken for known, so where it is taken back all are asked for.
 */
async function readMissing(
  node: ChainClient,
  answer: ContractAnswer,
  count: bigint,
  touched: readonly bigint[],
  isTakenBack: boolean,
  at: Head,
): Promise<ReadonlyMap<bigint, Found>> {
  const { contract } = answer
  const missing = [...new Set([...touched, ...range(isTakenBack ? 1n : answer.count + 1n, count)])].filter(
    (id) => id <= count && !answer.found.has(id),
  )
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
    `${node.host} of ${node.chain} says that ${contract.address} has ${count} proposals, and that number ${absent[0]} is none.`,
  )
}

/** Everything that the proposals of a contract are built from. */
interface ContractState {
  readonly answer: ContractAnswer
  readonly summary: Summary
  readonly found: ReadonlyMap<bigint, Found>
  /** By version. */
  readonly seats: ReadonlyMap<bigint, readonly Address[]>
  /** Ids of what the contract has come to call expired. */
  readonly touched: readonly bigint[]
}

/** The proposals by ascending id; retracted are those whose id a reorg gave to another. */
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
    // It was over long ago: nobody is to take it for new.
    proposals.push(
      isForgotten ? { ...proposal, closedAt: { block: at.number, timestamp: row.createdAt + expiry } } : proposal,
    )
    if (isOpen(proposal) && size(row.callData) > largeBytes) memory.large.add(key)
    else memory.large.delete(key)
  }
  return { proposals, retracted, warnings }
}

/** A proposal that its contract does not tell any more: nothing may be done on what it said last. */
function unread(known: Proposal, { number }: Head): Proposal {
  const { attendance: _before, ...rest } = known
  return { ...rest, ...statusNotUnderstood(known, 'nothing that can be read'), readAt: number }
}

// One answer may be a lie; as many blocks that say the same are not.
const enoughBlocks = 3

/** Whether enough blocks have said that a contract has fewer proposals than it was once said to have. */
function isRepeated(address: Address, at: Head, { fewer }: Pick<GovBaseMemory, 'fewer'>): boolean {
  const blocks = new Set([...(fewer.get(address.toLowerCase()) ?? []), at.hash])
  fewer.set(address.toLowerCase(), blocks)
  return blocks.size >= enoughBlocks
}

/** The same proposal came back after a reorg; another one may have got its id. */
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
