import { type Address, getContractAddress, isAddress, type Client, stringToHex, zeroAddress } from 'viem'
import * as z from 'zod'
import type { Prepare } from '../evm/openReading.js'
import type { WemixContext, WemixContracts, WemixMemory } from './context.js'
import { SourceError } from '../../../domain/errors.js'
import { type Answer, type Call, readCalls } from '../../rpc/readCalls.js'
import { checksummed } from '../evm/contracts.js'
import { registryAbi } from './decode.js'
import type { ChainClient } from '../evm/context.js'

/** Finds the registry with the first request of a process. */
export function prepareWemix({ chain, registry }: WemixContext, memory: WemixMemory): Prepare {
  return async (client) => {
    const found = memory.registry ?? (await findRegistry(client, chain, registry))
    return () => {
      memory.registry = found
    }
  }
}

/** "Wemix Registry" in bytes: the answer of every registry to `magic()`. */
const magic = 0x57656d6978205265676973747279n
const firstNonces = 10

const genesisSchema = z.object({
  miner: z
    .string()
    .toLowerCase()
    .refine((miner) => isAddress(miner)),
})

/**
 * Finds the registry of a chain: the configured one, or the one that the nodes would use. That is the first of the
 * miner's first ten contracts (miner of block 0) that answers with the right `magic()`.
 *
 * @throws SourceError, permanent, if there is none.
 */
export async function findRegistry(client: Client, chain: string, configured?: string): Promise<Address> {
  const candidates = configured === undefined ? await candidatesOf(client, chain) : [checksummed(configured, chain)]
  const answers = await readCalls(
    client,
    candidates.map((address) => ({ address, abi: registryAbi, functionName: 'magic' })),
  )
  const registry = candidates.find((_, index) => {
    const answer = answers[index]
    return answer?.ok === true && answer.value === magic
  })
  if (registry !== undefined) return registry
  throw new SourceError(
    'permanent',
    configured === undefined
      ? `No WEMIX registry was found on ${chain}: none of the first ${firstNonces} contracts of the miner of block 0 answers magic(). Set governance.address to the registry.`
      : `${configured} on ${chain} is not a WEMIX registry: it does not answer magic() as one does. Check governance.address and the node's chain.`,
  )
}

async function candidatesOf(client: Client, chain: string): Promise<readonly Address[]> {
  const answer: unknown = await client.request({ method: 'eth_getBlockByNumber', params: ['0x0', false] })
  const genesis = genesisSchema.safeParse(answer)
  if (!genesis.success) {
    throw new SourceError(
      'transient',
      `The node of ${chain} does not report who mined block 0, which leads to the registry. Set governance.address to it.`,
    )
  }
  const from = checksummed(genesis.data.miner, chain)
  return Array.from({ length: firstNonces }, (_, nonce) => getContractAddress({ from, nonce: BigInt(nonce) }))
}

/** Reads the contract addresses from the registry, at one block. */
export async function readContracts(
  { client, chain }: ChainClient,
  registry: Address,
  block: bigint,
): Promise<WemixContracts> {
  return located(registry, await readCalls(client, locate(registry), block), chain)
}

// Names are plain bytes padded with zeros, not hashes.
const contractNames = ['GovernanceContract', 'BallotStorage', 'EnvStorage'] as const

/** Number of answers that {@link located} expects. */
export const locatingCalls = contractNames.length

/** The calls that read the contract addresses from the registry. */
export function locate(registry: Address): readonly Call[] {
  return contractNames.map((name) => ({
    address: registry,
    abi: registryAbi,
    functionName: 'contracts',
    args: [stringToHex(name, { size: 32 })],
  }))
}

/** @throws SourceError, permanent, if the registry does not know one of the contracts. */
export function located(registry: Address, answers: readonly Answer[], chain: string): WemixContracts {
  const [gov, ballots, env] = contractNames.map((name, index) => {
    const answer = answers[index]
    const value = answer?.ok === true ? answer.value : undefined
    if (typeof value === 'string' && isAddress(value) && value !== zeroAddress) return value
    throw new SourceError(
      'permanent',
      `The registry ${registry} of ${chain} names no ${name}: its governance is not set up, or governance.address is another contract.`,
    )
  })
  if (gov === undefined || ballots === undefined || env === undefined)
    throw new SourceError('permanent', `The registry ${registry} of ${chain} cannot be read.`)
  return { registry, gov, ballots, env }
}
