import { defined } from '../../../domain/defined.js'
import { isJsonObject, type Json } from '../../../domain/text/json.js'
import { cleanLine } from '../../../domain/text/text.js'

/** What a REST server reports about itself. */
export interface NodeInfo {
  readonly network?: string
  /** Name and version of the application, for example `gaia v18.1.0`. */
  readonly version?: string
  readonly sdk?: string
}

/** Decodes the node info in an answer. Never throws. */
export function decodeNodeInfo(body: unknown): NodeInfo {
  if (!isJsonObject(body)) return {}
  const node = body['default_node_info'] ?? body['node_info']
  const application = body['application_version']
  const network = textIn(node, 'network')
  const version = [textIn(application, 'name'), textIn(application, 'version')]
    .filter((part) => part !== undefined)
    .join(' ')
  const sdk = textIn(application, 'cosmos_sdk_version')
  return {
    ...defined({ network }),
    ...(version !== '' && { version }),
    ...defined({ sdk }),
  }
}

/** Extracts the chain id from a block. Never throws. */
export function networkOfBlock(body: unknown): string | undefined {
  const block = isJsonObject(body) ? (body['block'] ?? body['sdk_block']) : undefined
  return textIn(isJsonObject(block) ? block['header'] : undefined, 'chain_id')
}

function textIn(fields: Json | undefined, key: string): string | undefined {
  const value = isJsonObject(fields) ? fields[key] : undefined
  const text = typeof value === 'string' ? cleanLine(value, 100) : ''
  return text === '' ? undefined : text
}
