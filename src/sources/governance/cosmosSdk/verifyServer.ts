import { SourceError } from '../../../domain/errors.js'
import type { HttpEndpoint } from '../../http/createHttpEndpoints.js'
import { decodeNodeInfo, networkOfBlock, type NodeInfo } from './nodeInfo.js'
import { asking, type AskPath, askRest, type Rest } from './rest.js'

export const nodeInfoPath = '/cosmos/base/tendermint/v1beta1/node_info'

/**
 * Asks a REST server for its version and chain. If it does not tell, the result is empty and the server is accepted.
 *
 * @param ask - How to send the request. @defaultValue a request whose failure throws
 * @throws SourceError, permanent, if it serves another chain than `expected`.
 */
export async function readNodeInfo(rest: Rest, expected: string, ask = asking(rest)): Promise<NodeInfo> {
  return nodeInfoIn(await ask(nodeInfoPath), rest, expected)
}

function nodeInfoIn(answer: Awaited<ReturnType<AskPath>>, rest: Rest, expected: string): NodeInfo {
  const info = answer.type === 'found' ? decodeNodeInfo(answer.body) : {}
  if (info.network !== undefined) requireNetwork(rest, info.network, expected)
  return info
}

function requireNetwork({ place }: Rest, network: string, expected: string): void {
  if (network === expected) return
  throw new SourceError(
    'permanent',
    `${place} serves chain ${network}, expected ${expected}: check governance.rest and rpc.chainId.`,
  )
}

/**
 * Finds out which chain a server serves, and its version. A server that does not answer the node info request may
 * answer all others; its newest block names the chain then.
 *
 * @throws SourceError if it serves another chain, or tells its chain in neither way.
 */
async function identify(rest: Rest, expected: string, aside: AskPath): Promise<NodeInfo> {
  const info = await aside(nodeInfoPath)
  if (info.type !== 'unknown') return nodeInfoIn(info, rest, expected)
  const block = await askRest(rest, '/cosmos/base/tendermint/v1beta1/blocks/latest')
  const network = block.type === 'found' ? networkOfBlock(block.body) : undefined
  if (network === undefined)
    throw new SourceError('transient', `${rest.place} does not answer when it is asked which chain it serves.`)
  requireNetwork(rest, network, expected)
  return {}
}

/** What is known about REST servers, in memory only. */
export interface RestMemory {
  /** The servers that serve this chain. */
  readonly verified: Set<HttpEndpoint>
  /** The version that the first server, the operator's own, reported; absent while another server is used. */
  nodeVersion?: string
  /** Host time at which the version was last requested. */
  versionAskedAt?: number
  /** By REST server: the host time at which the request for its version last hung. */
  readonly infoHungAt: Map<HttpEndpoint, number>
}

/** Which version to request from a server, besides its chain. */
interface VersionQuestion {
  /**
   * True for the first server of the list, the operator's own. The version of other servers says nothing about its
   * upgrade.
   */
  readonly isOwn: boolean
  /** True if a plan from a vote is pending. */
  readonly isWanted: boolean
  /** Host time, in Unix milliseconds. */
  readonly now: number
}

// Interval of version requests, in milliseconds. It is short because no reader knows the operator's own plans, whose
// file counts as not taken one minute after the height.
const versionEveryMs = 20_000

/**
 * Ensures that the server serves this chain, and requests the version of the operator's own server. The latter uses
 * `aside`, so that a server that does not answer cannot delay the reading past the height of an upgrade. Without an
 * answer the last known version stands, because an absent one would count as an outage.
 */
export async function verifyServer(
  rest: Rest,
  network: string,
  { isOwn, isWanted, now }: VersionQuestion,
  memory: RestMemory,
  aside: AskPath,
): Promise<void> {
  if (!isOwn) {
    delete memory.nodeVersion
    delete memory.versionAskedAt
  }
  const isDue = isOwn && (isWanted || Math.abs(now - (memory.versionAskedAt ?? -Infinity)) >= versionEveryMs)
  const isVerified = memory.verified.has(rest.endpoint)
  if (isVerified && !isDue) return
  const { version } = isVerified ? await readNodeInfo(rest, network, aside) : await identify(rest, network, aside)
  memory.verified.add(rest.endpoint)
  if (!isOwn) return
  memory.versionAskedAt = now
  if (version !== undefined) memory.nodeVersion = version
}
