import { type Address, parseAbi } from 'viem'
import { defined } from '../../../domain/defined.js'
import { clientUntil } from '../../rpc/clientUntil.js'
import { readCalls } from '../../rpc/readCalls.js'
import type { EvmEndpoint } from '../../rpc/createEvmEndpoints.js'
import type { GovernanceParameters, SystemReport } from '../GovernanceReader.js'
import { requireWholeHistory } from '../evm/contracts.js'
import { openReading } from '../evm/openReading.js'
import type { EntrypointContext, EntrypointMemory } from './context.js'
import { announcingEvents, prepareContracts } from './contracts.js'

const ownerAbi = parseAbi(['function owner() view returns (address)'])

/** What can be read about one contract. */
interface ContractFacts {
  readonly address: Address
  /** The account that may announce, if the contract reports it. */
  readonly owner?: string
  readonly events: readonly string[]
}

async function factsOf(
  endpoint: EvmEndpoint,
  signal: AbortSignal,
  context: EntrypointContext,
  memory: EntrypointMemory,
): Promise<readonly ContractFacts[]> {
  const prepare = prepareContracts(context, memory)
  const { node } = await openReading(endpoint, { signal, prepare }, context, memory)
  return Promise.all(
    context.addresses.map(async (address) => {
      const [[owner], events] = await Promise.all([
        readCalls(node.client, [{ address, abi: ownerAbi, functionName: 'owner' }]),
        announcingEvents(node.client, address),
      ])
      return { address, events, ...(owner?.ok === true && typeof owner.value === 'string' && { owner: owner.value }) }
    }),
  )
}

/** Returns one line about each contract, for `check`. */
export async function checkEntrypoints(
  endpoint: EvmEndpoint,
  signal: AbortSignal,
  context: EntrypointContext,
  memory: EntrypointMemory,
): Promise<readonly SystemReport[]> {
  const { addresses, chain, fromBlock } = context
  const facts = await factsOf(endpoint, signal, context, memory)
  await requireWholeHistory(clientUntil(endpoint.client, signal), addresses, fromBlock, chain)
  return facts.map(({ address, owner, events }) => {
    const announces = events.filter((name) => name !== 'CancelUpgrade')
    const how =
      announces.length === 0
        ? 'no SoftwareUpgrade or PlanUpgrade in its code, so it may announce nothing: check the address'
        : `announces by ${announces.join(' and ')}`
    return {
      system: 'upgrade-entrypoint',
      contract: address,
      summary: `Upgrade entrypoint, ${how}${owner === undefined ? '' : `, owner ${owner}`}`,
    }
  })
}

/** Returns who may announce, and with which events. There is no vote. */
export async function readParameters(
  endpoint: EvmEndpoint,
  signal: AbortSignal,
  context: EntrypointContext,
  memory: EntrypointMemory,
): Promise<readonly GovernanceParameters[]> {
  const facts = await factsOf(endpoint, signal, context, memory)
  return facts.map(({ address, owner, events }) => ({
    contract: address,
    name: 'Upgrade entrypoint',
    clock: 'block',
    details: { events, ...defined({ owner }) },
  }))
}
