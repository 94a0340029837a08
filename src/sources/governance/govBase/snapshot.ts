import type { Address } from 'viem'
import type { Head } from '../../../domain/blocks/head.js'
import { SourceError } from '../../../domain/errors.js'
import type { Proposal } from '../../../domain/proposals/proposal.js'
import { readBlock } from '../../readHead.js'
import type { EvmEndpoint } from '../../rpc/createEvmEndpoints.js'
import type { ChainClient } from '../evm/context.js'
import { openReading } from '../evm/openReading.js'
import type { GovBaseContext, GovBaseContract, GovBaseMemory } from './context.js'
import { contractsOf, prepareContracts } from './contracts.js'
import { askProposal, askSummary, readMoreBatches } from './query.js'
import { resolveContract } from './resolveContract.js'
import { readSeats } from './seats.js'
import { toProposal } from './toProposal.js'

/** The contracts at one block of the configured finality. */
export interface Snapshot {
  readonly node: ChainClient
  readonly at: Head
  readonly contracts: readonly GovBaseContract[]
}

/** Opens the target block of a node, independently of the readings. */
export async function readSnapshot(
  endpoint: EvmEndpoint,
  signal: AbortSignal,
  context: GovBaseContext,
  memory: GovBaseMemory,
): Promise<Snapshot> {
  const prepare = prepareContracts(context, memory)
  const { node, target } = await openReading(endpoint, { signal, prepare }, context, memory)
  const at =
    target.hash === target.head.hash && target.number === target.head.number
      ? target.head
      : await readBlock(node.client, target.number, node.host)
  if (at === undefined) {
    throw new SourceError(
      'transient',
      `${node.host} of ${context.chain} does not have block ${target.number}, although it said so: several nodes may share this URL.`,
    )
  }
  return { node, at, contracts: contractsOf(context.addresses, memory) }
}

/** Reads every proposal of every contract. */
export async function readAllProposals(
  { node, at, contracts }: Snapshot,
  context: GovBaseContext,
  memory: GovBaseMemory,
): Promise<readonly Proposal[]> {
  // Uses a separate memory, because that of the poll belongs to the block the poll is at.
  const fresh: GovBaseMemory = { ...memory, contracts: new Map(), seats: new Map(), large: new Set() }
  const scope = { at, origins: new Map(), skips: new Map(), expired: new Map(), hasReorged: false }
  const summaries = await readMoreBatches(node, contracts.map(askSummary), at)
  const resolved = await Promise.all(
    contracts.map((contract, index) => {
      const nothing = { count: 0n, known: [], watched: [], found: new Map(), seats: new Map() }
      return resolveContract(node, { contract, summary: summaries[index], ...nothing }, scope, context, fresh)
    }),
  )
  return resolved.flatMap(({ proposals }) => proposals)
}

/** Reads one proposal of the snapshot; returns `undefined` if none of the contracts knows it. */
export async function readProposal(
  { node, at, contracts }: Snapshot,
  address: Address,
  id: bigint,
  { chain, describe }: Pick<GovBaseContext, 'chain' | 'describe'>,
): Promise<Proposal | undefined> {
  const contract = contracts.find((known) => known.address === address)
  if (contract === undefined) return undefined
  const [[summary], [found]] = await Promise.all([
    readMoreBatches(node, [askSummary(contract)], at),
    readMoreBatches(node, [askProposal(contract, id)], at),
  ])
  if (summary === undefined || found?.row === undefined || id > summary.count) return undefined
  const { row, attemptsLeft } = found
  const seats = await readSeats(node, contract.address, [row.memberVersion], at)
  return toProposal(row, {
    chain,
    id,
    contract,
    expiry: summary.expiry,
    seats: seats.get(row.memberVersion),
    attemptsLeft,
    at,
    describe,
  })
}
