import { SourceError } from '../../../domain/errors.js'
import { isJsonObject, type Json } from '../../../domain/json.js'
import { cleanLine } from '../../../domain/text.js'
import { askRest, type Rest } from './askRest.js'

/** What a REST server says it is. */
export interface NodeInfo {
  readonly network?: string
  /** Name and version of the application, such as `gaia v18.1.0`. */
  readonly version?: string
  readonly sdk?: string
}

/**
 * Asks a REST server what it runs. Servers that do not tell are taken at their word.
 *
 * @throws SourceError, permanent, where it serves another chain than `expected`.
 */
export async function readNodeInfo(rest: Rest, expected: string): Promise<NodeInfo> {
  const answer = await askRest(rest, '/cosmos/base/tendermint/v1beta1/node_info')
  const info = answer.type === 'found' ? decodeNodeInfo(answer.body) : {}
  if (info.network !== undefined && info.network === '') {
    throw new SourceError('permanent', `${rest.place} serves chain ${info.network}, expected ${expected}: check governance.rest and rpc.chainId.`)
  }
  return info
}

/** What an answer tells of the node. Never throws. */
export function decodeNodeInfo(body: unknown): NodeInfo {
  if (!isJsonObject(body)) return {}
  const node = body['default_node_info'] ?? body['node_info']
  const application = body['application_version']
  const network = textIn(node, 'network')
  const version = [textIn(application, 'name'), textIn(application, 'version')].filter((part) => part !== undefined).join(' ')
  const sdk = textIn(application, 'cosmos_sdk_version')
  return { ...(network !== undefined && { network }), ...(version !== '' && { version }), ...(sdk !== undefined && { sdk }) }
}

function textIn(fields: Json | undefined, key: string): string | undefined {
  const value = isJsonObject(fields) ? fields[key] : undefined
  const text = typeof value === 'string' ? cleanLine(value, 100) : ''
  return text === '' ? undefined : text
}
