import { isJsonObject } from '../../../domain/json.js'
import { cleanLine } from '../../../domain/text.js'
import type { Member } from '../GovernanceReader.js'
import { askRest, type Rest } from './askRest.js'
import { wholeOf } from './scalars.js'

const maxPages = 20

/** The bonded validators with their tokens, which vote where their delegators do not. */
export async function readMembers(rest: Rest): Promise<readonly Member[]> {
  const members: Member[] = []
  let key: string | undefined
  for (let pages = 0; pages < maxPages; pages++) {
    const answer = await askRest(rest, '/cosmos/staking/v1beta1/validators', {
      status: 'BOND_STATUS_BONDED', 'pagination.limit': '200', ...(key !== undefined && { 'pagination.key': key }),
    })
    if (answer.type !== 'found' || !isJsonObject(answer.body)) return members
    const { validators, pagination } = answer.body
    members.push(...(Array.isArray(validators) ? validators : []).flatMap(memberOf))
    const next = isJsonObject(pagination) ? pagination['next_key'] : undefined
    if (typeof next !== 'string' || next === '') return members
    key = next
  }
  return members
}

/** One validator; none where the entry is something else. */
export function memberOf(value: unknown): readonly Member[] {
  const address = isJsonObject(value) ? value['operator_address'] : undefined
  if (!isJsonObject(value) || typeof address !== 'string') return []
  const weight = wholeOf(value['tokens'])
  return [{ address: cleanLine(address, 128), role: 'validator', ...(weight !== undefined && { weight }) }]
}
