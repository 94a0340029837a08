import { defined } from '../../../domain/defined.js'
import { isJsonObject } from '../../../domain/text/json.js'
import { cleanLine } from '../../../domain/text/text.js'
import type { Member } from '../GovernanceReader.js'
import { pagesOf } from './pagesOf.js'
import { askRest, type Rest } from './rest.js'
import { integerOf } from './scalars.js'

/** Reads the bonded validators with their tokens. A validator votes for its delegators unless they vote themselves. */
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
    ...defined({ 'pagination.key': key }),
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

/** Decodes one validator; empty if the entry is something else. */
export function memberOf(value: unknown): readonly Member[] {
  const address = isJsonObject(value) ? value['operator_address'] : undefined
  if (!isJsonObject(value) || typeof address !== 'string') return []
  const weight = integerOf(value['tokens'])
  return [{ address: cleanLine(address, 128), role: 'validator', ...defined({ weight }) }]
}
