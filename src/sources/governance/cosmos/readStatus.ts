import { SourceError } from '../../../domain/errors.js'
import type { HttpEndpoint } from '../../http/createHttpEndpoints.js'
import { refusalOf } from '../../http/refusalOf.js'
import { decodeStatus, type NodeStatus } from './decodeStatus.js'

/**
 * Asks a CometBFT node where it stands.
 *
 * @throws SourceError where it is on another chain than `expected`, or still catching up.
 */
export async function readStatus(
  endpoint: HttpEndpoint,
  expected: string | undefined,
  chain: string,
  signal: AbortSignal,
): Promise<NodeStatus> {
  const place = `${endpoint.host} of ${chain}`
  const plain = await endpoint.get('/status', {}, signal)
  // CometBFT 1.0 may serve its methods below a version only.
  const answer = plain.status === 404 ? await endpoint.get('/v1/status', {}, signal) : plain
  if (answer.status < 200 || answer.status > 299) throw refusalOf(answer, place)
  const status = decodeStatus(answer.body)
  if (status === undefined)
    throw new SourceError(
      'transient',
      `${place} answered with something that is no CometBFT status: check that rpc.urls are CometBFT endpoints.`,
    )
  const { network, head, catchingUp } = status
  if (expected !== undefined && network !== expected) {
    throw new SourceError(
      'permanent',
      `${place} stands on chain ${network}, expected ${expected}: check rpc.urls and rpc.chainId.`,
    )
  }
  if (catchingUp)
    throw new SourceError(
      'transient',
      `${place} is still catching up with its chain, at block ${head.number}: it is read once it has.`,
    )
  return status
}
