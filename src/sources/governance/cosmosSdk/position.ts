import type { HttpEndpoint } from '../../http/createHttpEndpoints.js'
import type { Failover } from '../../rpc/firstHealthy.js'
import type { ReadRequest } from '../GovernanceReader.js'
import { type OpeningMemory, takeOpening } from '../opening.js'
import { type Checkpoint, isPlaceholder } from './checkpoints.js'
import { type NodeStatus, readStatus } from './cometBft.js'
import { lookAgainIfContradicted } from './contradictedHead.js'
import { type NodeMemory, type Past, verifyPast } from './verifyPast.js'

export interface PositionOptions {
  readonly chain: string
  /** Expected chain id; a node of another chain is refused. @defaultValue the id of the first node that answers */
  readonly chainId?: string
  /** Returns the time in Unix milliseconds. */
  readonly now: () => number
}

export interface PositionMemory extends OpeningMemory<HttpEndpoint, NodeStatus>, NodeMemory {
  chainId?: string
}

/** The heads of the nodes of a chain, compared with what was read before. */
export interface Position {
  readonly status: NodeStatus
  /** True if the head that was read before was never on the chain. */
  readonly hasFallen: boolean
}

/** Creates the function that reads the position at the first healthy node. */
export function positionFinder(
  { chain, chainId, now }: PositionOptions,
  memory: PositionMemory,
  onRpc: Failover<HttpEndpoint>,
): (
  past: (Past & { readonly chainId: string }) | undefined,
  request: Pick<ReadRequest, 'head' | 'signal' | 'vouch'>,
) => Promise<Position> {
  return (past, { head, signal, vouch }) =>
    lookAgainIfContradicted(
      (mayFall, noting) =>
        onRpc(
          async (endpoint) => {
            const expected = chainId ?? past?.chainId ?? memory.chainId
            const opened = takeOpening(memory, endpoint, head)
            const status =
              opened !== undefined && opened.network === expected
                ? opened
                : await readStatus(endpoint, expected, chain, signal)
            const direction = await noting(
              verifyPast(status, past, { endpoint, chain, mayFall, now: now(), signal }, memory),
            )
            memory.chainId = status.network
            await vouch?.({
              head: status.head,
              at: status.head,
              host: endpoint.host,
              ...(past === undefined && { anchors: anchorsIn(status) }),
            })
            return { status, hasFallen: direction === 'fallen' }
          },
          signal,
          { headOf: ({ status: { head: found } }) => found },
        ),
      signal,
    )
}

/** The blocks of a first reading that are recorded. */
function anchorsIn({ head, earliest = head }: NodeStatus): readonly Checkpoint[] {
  return [earliest, head].filter(({ hash }) => !isPlaceholder(hash))
}
