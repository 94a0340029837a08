import { firstHealthy } from '../../rpc/firstHealthy.js'
import { evmReads } from '../evm/reads.js'
import { shown } from '../evm/shown.js'
import type { EvmSystem } from '../evm/system.js'
import type { GovernanceReader } from '../GovernanceReader.js'
import type { ReaderTraits } from '../ReaderTraits.js'
import { readStep } from './readNext.js'
import { readWemixMembers, readWemixParameters, reportWemix } from './report.js'
import { idsBetween } from './ballots.js'
import { prepareWemix } from './contracts.js'
import { readSnapshot, type Snapshot } from './snapshot.js'
import type { WemixContext, WemixMemory, WemixReaderOptions } from './context.js'

// Ballots beyond their present number are not read, so a reorg that removes one is reported once.
export const wemixTraits: ReaderTraits = { readsBlockByNumber: true, doubts: 'never', repeatsRemovals: false }

/**
 * Reads the ballots of a WEMIX3.0 chain, in the contracts that its registry names.
 *
 * - A poll costs one HTTP request if there is no new block and two if there is, however many ballots are open. New
 *   ballots cost one more for every twenty of them, also in a first sync. Logs are read only if a ballot on members was
 *   accepted, to learn whether it changed anything.
 * - Closed ballots are never read again, unless a reorg reached below their last reading. An expired ballot is read
 *   until somebody closes it.
 * - A memo may change until its ballot is final, so it is read again with every poll, and with the decision.
 * - Nothing is requested before the first call.
 */
export function createWemixReader(given: WemixReaderOptions): GovernanceReader {
  const options: WemixContext = { ...given, fromBlock: BigInt(given.fromBlock) }
  const { chain, endpoints, now } = options
  const memory: WemixMemory = { verified: new WeakSet(), followed: new Map() }
  const onHealthy = firstHealthy({ chain, endpoints, now })
  const system: EvmSystem = {
    // Empty, because the registry names the contracts and may name others later.
    contracts: [],
    prepare: prepareWemix(options, memory),
    readStep: (node, step) => readStep(node, step, options, memory),
  }
  const surveyed = <T>(signal: AbortSignal, use: (found: Snapshot) => Promise<T>): Promise<T> =>
    onHealthy(async (endpoint) => use(await readSnapshot(endpoint, signal, options, memory)), signal)

  return {
    chain,
    system: 'wemix',
    traits: wemixTraits,
    endpoints: onHealthy.scores,
    ...evmReads(onHealthy, system, options, memory),
    async readProposal(contract, id, signal, near = 0n) {
      const answer = await surveyed(signal, async ({ block, contracts, readProposals }) => {
        if (block < near) return 'behind'
        if (contract.toLowerCase() !== contracts.ballots.toLowerCase() || !/^[0-9]{1,20}$/.test(id)) return undefined
        const [proposal] = await readProposals([BigInt(id)])
        return proposal
      })
      return shown(answer, { chain, block: near })
    },
    readProposals: (status, signal) =>
      surveyed(signal, async ({ counts, readProposals }) => {
        const all = await readProposals(idsBetween(1n, counts.ballots))
        return all.filter((proposal) => proposal.status === status)
      }),
    readParameters: (signal) => surveyed(signal, async (found) => [await readWemixParameters(found)]),
    readMembers: (signal) => surveyed(signal, readWemixMembers),
    check: (signal) => surveyed(signal, async (found) => [await reportWemix(found)]),
  }
}
