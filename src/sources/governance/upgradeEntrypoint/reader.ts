import { blockAnnouncedIn } from '../../../domain/proposals/announced.js'
import { firstHealthy } from '../../rpc/firstHealthy.js'
import { checksummed } from '../evm/contracts.js'
import { evmReads } from '../evm/reads.js'
import { shown } from '../evm/shown.js'
import type { GovernanceReader } from '../GovernanceReader.js'
import type { ReaderTraits } from '../ReaderTraits.js'
import type { EntrypointContext, EntrypointMemory, EntrypointReaderOptions } from './context.js'
import { readAnnounced, readAnnouncedIn } from './lookup.js'
import { entrypointSystem } from './readNext.js'
import { checkEntrypoints, readParameters } from './report.js'

// A cancellation is read only from its log, once.
export const entrypointTraits: ReaderTraits = {
  readsBlockByNumber: true,
  doubts: 'own',
  repeatsEnds: 'never',
  repeatsRemovals: false,
}

/**
 * Reads contracts whose events announce upgrades: `SoftwareUpgrade`, `PlanUpgrade` and `CancelUpgrade`, as on Story and
 * Omni. The event is the plan; there is no vote.
 *
 * - A poll costs one HTTP request if there is no new block, and two if there is.
 * - A contract holds one plan: an announcement replaces the standing one, `CancelUpgrade` clears it, and once its
 *   height is reached it is over.
 * - An announcement that the chain cannot accept, without a name or for a height before its own block, changes no
 *   other.
 * - Nothing is requested before the first call.
 */
export function createEntrypointReader(options: EntrypointReaderOptions): GovernanceReader {
  const { chain, endpoints, now } = options
  const context: EntrypointContext = {
    ...options,
    fromBlock: BigInt(options.fromBlock),
    addresses: options.addresses.map((address) => checksummed(address, chain)),
  }
  const memory: EntrypointMemory = { seenAt: new Map(), announced: new WeakMap(), verified: new WeakSet() }
  const onHealthy = firstHealthy({ chain, endpoints, now })

  return {
    chain,
    system: 'upgrade-entrypoint',
    traits: entrypointTraits,
    endpoints: onHealthy.scores,
    ...evmReads(onHealthy, entrypointSystem(context, memory), context, memory),
    async readProposal(contract, id, signal, near) {
      const address = checksummed(contract, chain)
      // The id contains the block of the announcement. It names no plan if an earlier one stood then, and `near` is the
      // block of that one, if known.
      const block = blockAnnouncedIn(id)
      if (block === undefined) return undefined
      const from = near !== undefined && near < block ? near : block
      const answer = await onHealthy(
        (endpoint) => readAnnouncedIn(endpoint, { from, block }, signal, context, memory),
        signal,
      )
      // Anybody may ask for a block that does not exist yet; `near` says that it does.
      const found = answer === 'behind' && near === undefined ? [] : shown(answer, { chain, block })
      return found.find((proposal) => proposal.contract === address && proposal.id === id)
    },
    async readProposals(status, signal) {
      const { fromBlock } = context
      const found = await onHealthy((endpoint) => readAnnounced(endpoint, fromBlock, signal, context, memory), signal)
      return found.filter((proposal) => proposal.status === status)
    },
    readParameters: (signal) => onHealthy((endpoint) => readParameters(endpoint, signal, context, memory), signal),
    readMembers: () => Promise.resolve([]),
    check: (signal) => onHealthy((endpoint) => checkEntrypoints(endpoint, signal, context, memory), signal),
  }
}
