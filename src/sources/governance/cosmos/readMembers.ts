import { isJsonObject } from '../../../domain/text/json.js'
import type { Member } from '../GovernanceReader.js'
import { askRest, type Rest } from './askRest.js'
import { memberOf } from './memberOf.js'
import { pagesOf } from './pagesOf.js'

/** The bonded validators with their tokens, which vote where their delegators do not. */
export async function readMembers(rest: Rest): Promise<readonly Member[]> {
  const members: Member[] = []
  for await (const page of pagesOf((key) => pageAt(rest, key), rest.place)) members.push(...page.members)
  return members
}

async function pageAt(
  rest: Rest,
  key: string | undefined,
): Promise<
  { readonly members: readonly Member[]; readonly ids: readonly string[]; readonly next?: string } | undefined
> {
  const answer = await askRest(rest, '/cosmos/staking/v1beta1/validators', {
    status: 'BOND_STATUS_BONDED',
    'pagination.limit': '200',
    ...(key !== undefined && { 'pagination.key': key }),
  })
  if (answer.type !== 'found' || !isJsonObject(answer.body)) return undefined
  const { validators, pagination } = answer.body
  const members = (Array.isArray(validators) ? validators : []).flatMap(memberOf)
  const next = isJsonObject(pagination) ? pagination['next_key'] : undefined
  return {
    members,
    ids: members.map(({ address }) => address),
    ...(typeof next === 'string' && next !== '' && { next }),
  }
}
