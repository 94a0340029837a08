import { isJsonObject } from '../../../domain/text/json.js'
import { askRest, type Rest } from './askRest.js'
import type { Memory } from './CosmosContext.js'
import { type GovRules, tallyRulesOf } from './tallyOf.js'
import { type ParamsKind, paramsOf } from './paramsOf.js'
import { wholeOf } from '../cosmosSdk/scalars.js'

type Fields = Readonly<Record<string, unknown>>

// Governance can change its own rules; within this time that is seen.
const rulesMs = 600_000

/** What votes are decided by now. Asks for the bonded tokens each time, where they are wanted, and for the rest now and then. */
export async function readRules(rest: Rest, memory: Memory, now: number, withBonded: boolean): Promise<GovRules> {
  if (memory.rules === undefined || now - (memory.rulesAt ?? 0) > rulesMs) {
    const [tallying, staking] = await Promise.all([
      readParams(rest, 'tallying', memory),
      fieldsAt(rest, '/cosmos/staking/v1beta1/params', 'params'),
    ])
    const denom = staking?.['bond_denom']
    memory.rules = {
      unit: typeof denom === 'string' && /^[\w/:.-]{1,128}$/.test(denom) ? denom : 'tokens',
      ...tallyRulesOf(tallying ?? {}),
    }
    memory.rulesAt = now
  }
  if (!withBonded) return memory.rules
  const pool = await fieldsAt(rest, '/cosmos/staking/v1beta1/pool', 'pool')
  const bonded = wholeOf(pool?.['bonded_tokens'])
  return { ...memory.rules, ...(bonded !== undefined && { bonded }) }
}

/**
 * The parameters of one kind. Only the part that was asked for is taken: before SDK 0.47 the others come back zeroed.
 */
export async function readParams(rest: Rest, kind: ParamsKind, memory: Memory): Promise<Fields | undefined> {
  const version = memory.versions.get(rest.endpoint) ?? 'v1'
  const answer = await askRest(rest, `/cosmos/gov/${version}/params/${kind}`)
  return answer.type === 'found' ? paramsOf(answer.body, kind) : undefined
}

async function fieldsAt(rest: Rest, path: string, key: string): Promise<Fields | undefined> {
  const answer = await askRest(rest, path)
  const fields = answer.type === 'found' && isJsonObject(answer.body) ? answer.body[key] : undefined
  return isJsonObject(fields) ? fields : undefined
}
