import { isJsonObject } from '../../../domain/json.js'
import type { Member } from '../GovernanceReader.js'
import { askRest, type Rest } from './askRest.js'
import { memberOf } from './memberOf.js'

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
