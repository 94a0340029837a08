import type { Json } from '../../../domain/text/json.js'
import { keyOf, type Proposal, type ProposalKey } from '../../../domain/proposals/proposal.js'
import { defined } from '../../../domain/defined.js'
import { checkChainId } from '../../rpc/checkChainId.js'
import type { Endpoint } from '../../rpc/createEndpoints.js'
import { allInOrder } from '../../rpc/allInOrder.js'
import { firstHealthy } from '../../rpc/firstHealthy.js'
import { readCalls } from '../../rpc/readCalls.js'
import { requireWholeHistory } from '../evm/requireWholeHistory.js'
import { checksummed } from '../evm/checksummed.js'
import { readHeight } from '../evm/readHeight.js'
import { readOn } from '../evm/readOn.js'
import type { GovernanceReader } from '../GovernanceReader.js'
import { vouched } from '../vouched.js'
import { proposalAbi } from './abi.js'
import { readGovernorParameters, reportOf } from './describeGovernor.js'
import type { GovernorContext, GovernorReaderOptions, Memory } from './GovernorContext.js'
import type { GovernorRules } from './GovernorRules.js'
import { governorSystem } from './governorSystem.js'
import { probeGovernor } from './probeGovernor.js'
import { readOne } from './readOne.js'
import { isUnknownProposal } from './questions.js'

/**
 * Reads OpenZeppelin Governor 4 and 5, Compound Bravo and its forks.
 *
 * - A poll costs one HTTP request where no block is new, two where one is, however many proposals are open.
 *   The very first one of a process also finds out what kind of governor it is, in the same requests.
 * - Closed proposals are never asked about again, unless a reorg reached below their last reading.
 * - Nothing is contacted before the first call.
 */
export function createGovernorReader(options: GovernorReaderOptions): GovernanceReader {
  const { chain, endpoints, now } = options
  const context: GovernorContext = {
    ...options,
    fromBlock: BigInt(options.fromBlock),
    addresses: options.addresses.map((address) => checksummed(address, chain)),
  }
  const memory: Memory = { rules: new Map(), probedAt: new Map(), verified: new WeakSet() }
  const system = governorSystem(context, memory)
  const onHealthy = firstHealthy({ chain, endpoints, now })

  const probeAll = (endpoint: Endpoint, signal: AbortSignal): Promise<readonly GovernorRules[]> => {
    const client = endpoint.client.scope({ signal })
    return checkChainId(client, context.chainId ?? memory.chainId, chain, endpoint.host).then(() =>
      Promise.all(context.addresses.map((address) => probeGovernor(client, address, `chain ${chain}`))),
    )
  }

  /** The whole history, from its first block: proposals by key. */
  const readHistory = async (signal: AbortSignal): Promise<readonly Proposal[]> => {
    const proposals = new Map<ProposalKey, Proposal>()
    const reader = createGovernorReader(options)
    let cursor: Json | undefined
    for (;;) {
      const reading = await reader.read({
        ...defined({ cursor }),
        open: [...proposals.values()],
        signal,
      })
      for (const proposal of reading.proposals) proposals.set(keyOf(proposal), proposal)
      for (const key of reading.retracted) proposals.delete(key)
      if (reading.backlog === 0n) return [...proposals.values()]
      cursor = reading.cursor
    }
  }

  return {
    chain,
    system: 'governor',
    read: (request) =>
      onHealthy(
        (endpoint) => vouched(endpoint, readOn(endpoint, request, system, context, memory), request),
        request.signal,
      ),
    readBlock: (height, signal) =>
      onHealthy((endpoint) => readHeight(endpoint, height, signal, context, memory), signal),
    async readProposal(contract, id, signal, near) {
      const address = checksummed(contract, chain)
      if (!/^[0-9]{1,78}$/.test(id)) return undefined
      if (near !== undefined) {
        const ref = { chain, contract: address, id: BigInt(id).toString() }
        return onHealthy((endpoint) => readOne(endpoint, ref, near, signal, context, memory), signal)
      }
      const [state] = await onHealthy(
        ({ client }) =>
          readCalls(client.scope({ signal }), [
            { address, abi: proposalAbi, functionName: 'state', args: [BigInt(id)] },
          ]),
        signal,
      )
      // Its text stands nowhere but in the history, which is long: not read for an id that nobody knows.
      if (state?.ok === false && isUnknownProposal(state.reason)) return undefined
      const history = await readHistory(signal)
      return history.find((proposal) => proposal.id === BigInt(id).toString() && proposal.contract === address)
    },
    async readProposals(status, signal) {
      const history = await readHistory(signal)
      return history.filter((proposal) => proposal.status === status)
    },
    readParameters: (signal) =>
      onHealthy(async (endpoint) => {
        const all = await probeAll(endpoint, signal)
        return Promise.all(all.map((rules) => readGovernorParameters(endpoint.client.scope({ signal }), rules)))
      }, signal),
    readMembers: () => Promise.resolve([]),
    check: (signal) =>
      onHealthy(async (endpoint) => {
        const [all] = await allInOrder([
          probeAll(endpoint, signal),
          requireWholeHistory(endpoint.client.scope({ signal }), context.addresses, context.fromBlock, chain),
        ])
        return Promise.all(
          all.map(async (rules) =>
            reportOf(await readGovernorParameters(endpoint.client.scope({ signal }), rules), rules),
          ),
        )
      }, signal),
  }
}
