import { isJsonObject } from '../../../domain/text/json.js'
import { cleanLine } from '../../../domain/text/text.js'
import type { Member } from '../GovernanceReader.js'
import { wholeOf } from '../cosmosSdk/scalars.js'

/** One validator; none where the entry is something else. */
export function memberOf(value: unknown): readonly Member[] {
  const address = isJsonObject(value) ? value['operator_address'] : undefined
  if (!isJsonObject(value) || typeof address !== 'string') return []
  const weight = wholeOf(value['tokens'])
  return [{ address: cleanLine(address, 128), role: 'validator', ...(weight !== undefined && { weight }) }]
}
