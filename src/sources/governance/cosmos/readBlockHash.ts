import { isJsonObject } from '../../../domain/text/json.js'
import type { HttpEndpoint } from '../../http/createHttpEndpoints.js'
import { hashOf } from './decodeStatus.js'
import { wholeOf } from '../cosmosSdk/scalars.js'

/** The hash of the block a CometBFT node has at a height; `undefined` where it has none, or does not tell. */
export async function readBlockHash(
  endpoint: HttpEndpoint,
  height: bigint,
  signal: AbortSignal,
): Promise<string | undefined> {
  for (const path of ['/commit', '/block']) {
    const { status, body } = await endpoint.get(path, { height: height.toString() }, signal)
    const hash = status >= 200 && status <= 299 ? hashIn(body, height) : undefined
    if (hash !== undefined) return hash
  }
  return undefined
}

/** The hash in an answer to `/commit` or `/block`; `undefined` where it is about another height. Never throws. */
export function hashIn(body: unknown, height: bigint): string | undefined {
  const result = isJsonObject(body) && isJsonObject(body['result']) ? body['result'] : body
  const signed = partOf(result, 'signed_header')
  const header = partOf(signed, 'header') ?? partOf(partOf(result, 'block'), 'header')
  const id = partOf(partOf(signed, 'commit'), 'block_id') ?? partOf(result, 'block_id')
  return wholeOf(header?.['height']) === height ? hashOf(id?.['hash']) : undefined
}

function partOf(value: unknown, key: string): Readonly<Record<string, unknown>> | undefined {
  const part = isJsonObject(value) ? value[key] : undefined
  return isJsonObject(part) ? part : undefined
}
