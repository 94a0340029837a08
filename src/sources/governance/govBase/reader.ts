import type { Proposal } from '../../../domain/proposals/proposal.js'
import { firstHealthy } from '../../rpc/firstHealthy.js'
import type { GovernanceReader } from '../GovernanceReader.js'
import type { ReaderTraits } from '../ReaderTraits.js'
import { checksummed } from '../evm/contracts.js'
import { evmReads } from '../evm/reads.js'
import { shown, type Unshown } from '../evm/shown.js'
import type { GovBaseContext, GovBaseMemory, GovBaseReaderOptions } from './context.js'
import { govBaseSystem } from './readNext.js'
import { checkContracts, readMembers, readParameters } from './report.js'
import { readSeal } from './seals.js'
import { readAllProposals, readProposal, readSnapshot, type Snapshot } from './snapshot.js'

// Contracts are asked about open proposals only, so a reorg that undoes an executed one is reported once.
export const govBaseTraits: ReaderTraits = { readsBlockByNumber: true, doubts: 'never' }

/**
 * Reads the system contracts of WBFT chains: GovValidator, GovMasterMinter, GovMinter, GovCouncil.
 *
 * - A poll costs one HTTP request if there is no new block and two if there is, however many proposals are open. A seat
 *   that changed hands costs one more, and so do more than four new proposals between two polls.
 * - Closed proposals are never read again, unless a reorg reached below their last reading.
 * - Nothing is requested before the first call.
 */
export function createGovBaseReader(options: GovBaseReaderOptions): GovernanceReader {
  const { chain, endpoints, now } = options
  const context: GovBaseContext = {
    ...options,
    fromBlock: BigInt(options.fromBlock),
    addresses: options.addresses.map((address) => checksummed(address, chain)),
  }
  const memory: GovBaseMemory = {
    contracts: new Map(),
    probedAt: new Map(),
    fewer: new Map(),
    seats: new Map(),
    large: new Set(),
    verified: new WeakSet(),
  }
  const system = govBaseSystem(context, memory)
  const onHealthy = firstHealthy({ chain, endpoints, now })
  const onSnapshot = <T>(signal: AbortSignal, use: (snapshot: Snapshot) => Promise<T>): Promise<T> =>
    onHealthy(async (endpoint) => use(await readSnapshot(endpoint, signal, context, memory)), signal)

  return {
    chain,
    system: 'gov-base',
    traits: govBaseTraits,
    endpoints: onHealthy.scores,
    ...evmReads(onHealthy, system, context, memory),
    readSignature: (height, validator, signal) =>
      onHealthy((endpoint) => readSeal(endpoint, { height, validator }, signal, context, memory), signal),
    async readProposal(contract, id, signal, near = 0n) {
      const address = checksummed(contract, chain)
      if (!/^[0-9]{1,78}$/.test(id)) return undefined
      const answer = await onSnapshot<Proposal | Unshown | undefined>(signal, async (snapshot) =>
        snapshot.at.number < near ? 'behind' : readProposal(snapshot, address, BigInt(id), context),
      )
      return shown(answer, { chain, block: near })
    },
    readProposals: (status, signal) =>
      onSnapshot(signal, async (snapshot) => {
        const all = await readAllProposals(snapshot, context, memory)
        return all.filter((proposal) => proposal.status === status)
      }),
    readParameters: (signal) => onSnapshot(signal, readParameters),
    readMembers: (signal) => onSnapshot(signal, readMembers),
    check: (signal) => onSnapshot(signal, checkContracts),
  }
}
