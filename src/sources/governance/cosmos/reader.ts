import { isSameBlock } from '../../../domain/blocks/head.js'
import { defined } from '../../../domain/defined.js'
import type { GoodReading } from '../../../domain/reading.js'
import type { HttpEndpoint } from '../../http/createHttpEndpoints.js'
import { type Failover, firstHealthy, headLook, ofReading } from '../../rpc/firstHealthy.js'
import { readVouched } from '../readVouched.js'
import { readMembers } from '../cosmosSdk/members.js'
import { positionFinder } from '../cosmosSdk/position.js'
import type { GovernanceReader } from '../GovernanceReader.js'
import type { ReaderTraits } from '../ReaderTraits.js'
import { unchangedReading } from '../unchangedReading.js'
import { type NodeStatus, readHeight, readNodeState, readStatus } from '../cosmosSdk/cometBft.js'
import { type CosmosContext, type CosmosReaderOptions, type Memory, newMemory } from './context.js'
import { type Cursor, parseCursor } from './cursor.js'
import { readNext } from './readNext.js'
import { readProposal, readProposals, readScheduled } from './readProposals.js'
import { readParameters, readReport } from './report.js'
import { type Rest, restAt } from '../cosmosSdk/rest.js'
import { readSignature } from '../cosmosSdk/signatures.js'

// The servers report closed proposals, too, except those that the chain deletes.
export const cosmosTraits: ReaderTraits = { repeatsEnds: 'always', deletesProposals: true }

/**
 * Reads the governance of a Cosmos SDK chain: x/gov v1, or v1beta1 if there is no v1, and x/upgrade.
 *
 * - Heights come from CometBFT, everything else from the REST servers. Both have their own fail-over.
 * - A poll without a new block costs one request. Otherwise it requests the open proposals, the new ones, each that is
 *   no longer open, the live tallies, the votes of `voters`, and last the scheduled plan. Closed proposals are never
 *   read again.
 * - CometBFT blocks are final: there are no reorgs, and the configured finality has no effect.
 * - Nothing is requested before the first call.
 */
export function createCosmosReader(options: CosmosReaderOptions): GovernanceReader {
  const { chain, rpc, rest, now, chainId, classify = [], voters = [] } = options
  const network = chainId === undefined ? {} : { chainId: String(chainId) }
  const context: CosmosContext = { chain, rpc, rest, now, classify, voters, ...network }
  const memory = newMemory()
  const onRpc = firstHealthy({ chain, endpoints: rpc, now })
  const onRest = firstHealthy({ chain, endpoints: rest, api: 'rest', now })
  const findPosition = positionFinder(context, memory, onRpc)

  const ask = asker(chain, findPosition, onRest)

  return {
    chain,
    system: 'cosmos',
    traits: cosmosTraits,
    endpoints: () => [...onRpc.scores(), ...onRest.scores()],
    async read(request) {
      const cursor = request.cursor === undefined ? undefined : parseCursor(request.cursor, chain)
      const { status, hasFallen } = await findPosition(cursor, request)
      if (cursor !== undefined && request.cursor !== undefined && !hasFallen && isUnchanged(cursor, status, memory))
        return {
          ...unchangedReading(context, { head: cursor.head, cursor: request.cursor }),
          ...defined({ nodeVersion: memory.nodeVersion }),
          ...(status.head.number < cursor.head.number && { lagging: true as const }),
        }
      const past = cursor === undefined || !hasFallen ? cursor : { ...cursor, head: status.head }
      const start = { status, cursor: past }
      const readAt = (endpoint: HttpEndpoint): Promise<GoodReading> =>
        readVouched(endpoint, withHost(endpoint, readNext(endpoint, start, request, context, memory)), request)
      const reading = await onRest(readAt, request.signal, ofReading)
      return hasFallen ? { ...reading, rewoundTo: status.head.number } : reading
    },
    readHead: (signal) =>
      onRpc(
        async (endpoint) => {
          const found = await readStatus(endpoint, context.chainId ?? memory.chainId, chain, signal)
          memory.opening = { endpoint, head: found.head, found }
          return found.head
        },
        signal,
        headLook,
      ),
    readNodeState: (signal) =>
      onRpc((endpoint) => readNodeState(endpoint, context.chainId ?? memory.chainId, chain, signal), signal),
    readBlock: (height, signal) =>
      onRpc((endpoint) => readHeight(endpoint, height, context.chainId ?? memory.chainId, chain, signal), signal),
    readSignature: (height, validator, signal) =>
      onRpc((endpoint) => {
        const expected = context.chainId ?? memory.chainId
        return readSignature(endpoint, { height, validator, expected, chain }, signal)
      }, signal),
    // A server that does not have the block `near` yet cannot tell whether the proposal exists.
    readProposal: (contract, id, signal, near) =>
      ask((rest, { head }) => readProposal({ rest, head, context, memory }, contract, id), signal, near),
    readScheduled: (signal) => ask((rest, { head }) => readScheduled({ rest, head, context, memory }), signal),
    readProposals: (status, signal) =>
      ask((rest, { head }) => readProposals({ rest, head, context, memory }, status), signal),
    readParameters: (signal) => ask(async (server) => [await readParameters(server, memory, now())], signal),
    readMembers: (signal) => ask((server) => readMembers(server), signal),
    check: (signal) =>
      ask(async (server, { network, head }) => [await readReport(server, network, head, memory, now())], signal),
  }
}

/** Returns the function that asks the first healthy server. An answer for a block below `least` counts as a failure. */
function asker(chain: string, findPosition: ReturnType<typeof positionFinder>, onRest: Failover<HttpEndpoint>) {
  return async <T>(
    run: (server: Rest, status: NodeStatus) => Promise<T>,
    signal: AbortSignal,
    least = 0n,
  ): Promise<T> => {
    const { status } = await findPosition(undefined, { signal })
    return onRest((endpoint) => {
      const rest = restAt(endpoint, chain, status.head, undefined, signal)
      return run({ ...rest, floor: rest.floor > least ? rest.floor : least }, status)
    }, signal)
  }
}

/** True if there is nothing to read: no newer block, the list read to its end, and its state as new as the block. */
function isUnchanged({ head, next, state }: Cursor, status: NodeStatus, { lacksUnit = false }: Memory): boolean {
  if (next !== undefined || lacksUnit) return false
  return status.head.number < head.number || (isSameBlock(status.head, head) && state >= head.number)
}

async function withHost({ host }: HttpEndpoint, reading: Promise<GoodReading>): Promise<GoodReading> {
  return { ...(await reading), host }
}
