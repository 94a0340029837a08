import { SourceError } from '../../../domain/errors.js'
import type { GoodReading } from '../../../domain/reading.js'
import { readBlock, readHead } from '../../readHead.js'
import { checkChainId } from '../../rpc/checkChainId.js'
import { clientUntil } from '../../rpc/clientUntil.js'
import type { EvmEndpoint } from '../../rpc/createEvmEndpoints.js'
import { toSourceError } from '../../rpc/errors/toSourceError.js'
import { type Failover, firstHealthy, headLook, ofReading } from '../../rpc/firstHealthy.js'
import { lookAgainIfContradicted } from '../cosmosSdk/contradictedHead.js'
import { readNodeState } from '../evm/nodeState.js'
import type { GovernanceReader, ReadRequest } from '../GovernanceReader.js'
import type { ForkConfigReaderOptions, Memory } from './context.js'
import { proposalsIn, readNext, readSnapshot } from './readNext.js'
import { readParameters, readReport } from './report.js'
import { forkContract } from './toProposal.js'

/**
 * Reads the next fork that the nodes of an EVM chain are configured for (`eth_config`, EIP-7910), and compares them.
 *
 * - Every node is asked with each poll, in one request; the first healthy one provides the head.
 * - A node that does not answer delays nothing: its last statement counts. A node that does not serve `eth_config` is
 *   ignored.
 * - There is no vote, and no file is written, because a fork has a time and no height.
 * - Nothing is requested before the first call.
 */
export function createForkConfigReader(options: ForkConfigReaderOptions): GovernanceReader {
  const { chain, endpoints, now } = options
  const onHealthy = firstHealthy({ chain, endpoints, now })
  const memory: Memory = { hungAt: new Map(), note: onHealthy.note }
  const snapshotAt = (endpoint: EvmEndpoint, signal: AbortSignal): ReturnType<typeof readSnapshot> =>
    readSnapshot(endpoint, {}, options, memory, signal)

  return {
    chain,
    system: 'fork-config',
    endpoints: onHealthy.scores,
    read: (request) => readOn(onHealthy, request, options, memory),
    readHead: (signal) =>
      onHealthy(
        (endpoint) => withClient(endpoint, (client) => readHead(client, 'latest', endpoint.host), signal),
        signal,
        headLook,
      ),
    readNodeState: (signal) => onHealthy((endpoint) => readNodeState(endpoint, signal, options, memory), signal),
    readBlock: (height, signal) =>
      onHealthy(
        (endpoint) => withClient(endpoint, (client) => readBlock(client, height, endpoint.host), signal),
        signal,
      ),
    readProposal: (contract, id, signal) =>
      onHealthy(async (endpoint) => {
        if (contract !== forkContract) return undefined
        const found = proposalsIn(await snapshotAt(endpoint, signal), [], options)
        return found.find((proposal) => proposal.id === id)
      }, signal),
    readProposals: (status, signal) =>
      onHealthy(async (endpoint) => {
        const found = proposalsIn(await snapshotAt(endpoint, signal), [], options)
        return found.filter((proposal) => proposal.status === status)
      }, signal),
    readParameters: (signal) =>
      onHealthy(async (endpoint) => [readParameters(await snapshotAt(endpoint, signal))], signal),
    readMembers: () => Promise.resolve([]),
    check: (signal) => onHealthy(async (endpoint) => [readReport(await snapshotAt(endpoint, signal))], signal),
  }

  /** Sends a request to a node, and checks its chain id. */
  async function withClient<T>(
    endpoint: EvmEndpoint,
    ask: (client: EvmEndpoint['client']) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const client = clientUntil(endpoint.client, signal)
    try {
      const expected = options.chainId ?? memory.chainId
      const [, found] = await Promise.all([checkChainId(client, expected, chain, endpoint.host), ask(client)])
      return found
    } catch (cause) {
      if (cause instanceof SourceError) throw cause
      throw toSourceError(cause, chain, endpoint.host)
    }
  }
}

/** Reads at the first healthy node. A head that no node has any more is given up. */
function readOn(
  onHealthy: Failover,
  request: ReadRequest,
  options: ForkConfigReaderOptions,
  memory: Memory,
): Promise<GoodReading> {
  const { signal } = request
  return lookAgainIfContradicted(
    (mayFall, noting) =>
      onHealthy((endpoint) => noting(readNext(endpoint, request, options, memory, mayFall)), signal, ofReading),
    signal,
  )
}
