import { SourceError } from '../../../domain/errors.js'
import { askRest, type Rest } from './askRest.js'
import { decodeNodeInfo, type NodeInfo } from './decodeNodeInfo.js'

/**
 * Asks a REST server what it runs. Servers that do not tell are taken at their word.
 *
 * @throws SourceError, permanent, where it serves another chain than `expected`.
 */
export async function readNodeInfo(rest: Rest, expected: string): Promise<NodeInfo> {
  const answer = await askRest(rest, '/cosmos/base/tendermint/v1beta1/node_info')
  const info = answer.type === 'found' ? decodeNodeInfo(answer.body) : {}
  if (info.network !== undefined && info.network !== expected) {
    throw new SourceError(
      'permanent',
      `${rest.place} serves chain ${info.network}, expected ${expected}: check governance.rest and rpc.chainId.`,
    )
  }
  return info
}
