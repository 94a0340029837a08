import type { Proposal } from '../../../domain/proposals/proposal.js'
import { firstHealthy } from '../../rpc/firstHealthy.js'
import type { GovernanceReader } from '../GovernanceReader.js'
import type { ReaderTraits } from '../ReaderTraits.js'
import { checksummed } from '../evm/contracts.js'
import { evmReads } from '../evm/reads.js'
import { shown } from '../evm/shown.js'
import type { GovernorContext, GovernorMemory, GovernorReaderOptions } from './context.js'
import { findPlace } from './findPlace.js'
import { readProposalNear, readWholeHistory } from './lookup.js'
import { governorSystem } from './readNext.js'
import { checkGovernors, readParameters } from './report.js'

// Contracts are asked about open proposals only, so a reorg that undoes an executed one is reported once.
export const governorTraits: ReaderTraits = { readsBlockByNumber: true, doubts: 'never' }

/**
 * Reads OpenZeppelin Governor 4 and 5, Compound Bravo and its forks.
 *
 * - A poll costs one HTTP request if there is no new block and two if there is, however many proposals are open. The
 *   first poll of a process also identifies the kind of governor, in the same requests.
 * - Closed proposals are never read again, unless a reorg reached below their last reading.
 * - Nothing is requested before the first call.
 */
export function createGovernorReader(options: GovernorReaderOptions): GovernanceReader {
  const { chain, endpoints, now } = options
  const context: GovernorContext = {
    ...options,
    fromBlock: BigInt(options.fromBlock),
    addresses: options.addresses.map((address) => checksummed(address, chain)),
  }
  const memory: GovernorMemory = {
    rules: new Map(),
    probedAt: new Map(),
    verified: new WeakSet(),
    searches: new WeakMap(),
  }
  const system = governorSystem(context, memory)
  const onHealthy = firstHealthy({ chain, endpoints, now })
  // Uses a separate reader, because the memory of the poll belongs to the block the poll is at.
  const readHistory = (signal: AbortSignal): Promise<readonly Proposal[]> =>
    readWholeHistory(createGovernorReader(options), signal)

  return {
    chain,
    system: 'governor',
    traits: governorTraits,
    endpoints: onHealthy.scores,
    ...evmReads(onHealthy, system, context, memory),
    async readProposal(contract, id, signal, near) {
      const address = checksummed(contract, chain)
      if (!/^[0-9]{1,78}$/.test(id)) return undefined
      const ref = { chain, contract: address, id: BigInt(id).toString() }
      // The text is only in the history.
      const block = near ?? (await onHealthy((one) => findPlace(one, ref, signal, context, memory), signal))
      if (block === undefined) return undefined
      const place = { ref, near: block }
      const found = await onHealthy((one) => readProposalNear(one, place, signal, context, memory), signal)
      return shown(found, { chain, block })
    },
    async readProposals(status, signal) {
      const history = await readHistory(signal)
      return history.filter((proposal) => proposal.status === status)
    },
    readParameters: (signal) => onHealthy((endpoint) => readParameters(endpoint, signal, context, memory), signal),
    readMembers: () => Promise.resolve([]),
    check: (signal) => onHealthy((endpoint) => checkGovernors(endpoint, signal, context, memory), signal),
  }
}
