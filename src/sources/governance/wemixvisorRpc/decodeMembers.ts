import { isJsonObject } from '../../../domain/text/json.js'
import { cleanLine } from '../../../domain/text/text.js'
import { wholeOf } from '../cosmos/scalars.js'
import type { Member } from '../GovernanceReader.js'

const maxMembers = 5_000

/** The validators in the answer to `validators`; what is none is left out. `undefined` where there is no list. */
export function decodeMembers(answer: unknown): readonly Member[] | undefined {
  const list: unknown = isJsonObject(answer) ? answer['validators'] : undefined
  if (list === null) return []
  if (!Array.isArray(list)) return undefined
  return list.slice(0, maxMembers).flatMap((entry: unknown): readonly Member[] => {
    if (!isJsonObject(entry)) return []
    const address = typeof entry['address'] === 'string' ? cleanLine(entry['address'], 128) : ''
    const weight = wholeOf(entry['voting_power'])
    return address === '' ? [] : [{ address, role: 'validator', ...(weight !== undefined && { weight }) }]
  })
}
