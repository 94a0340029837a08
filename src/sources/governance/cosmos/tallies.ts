import type { Tally } from '../../../domain/proposals/proposal.js'
import { isJsonObject } from '../../../domain/text/json.js'
import { defined } from '../../../domain/defined.js'
import { mapLimited } from '../../http/mapLimited.js'
import { votesOf } from '../cosmosSdk/proposalFields.js'
import { wholeOf } from '../cosmosSdk/scalars.js'
import type { GovRules, Memory } from './context.js'
import { type GovProposal, type ParamsKind, paramsOf } from './decode.js'
import { askRest, type Rest } from '../cosmosSdk/rest.js'
import { finalTally, liveTally, tallyRulesOf } from './toProposal.js'

const parallel = 4
const maxLive = 50

/** The tallies that can be told, by id: live ones are asked for, the others stand in the proposal. */
export async function readTallies(
  rest: Rest,
  proposals: readonly GovProposal[],
  memory: Memory,
  now: number,
): Promise<ReadonlyMap<bigint, Tally>> {
  const tallies = new Map<bigint, Tally>()
  const voting = proposals.filter(({ status }) => status === 'voting').slice(0, maxLive)
  const closed = proposals.filter(({ status }) => status !== 'voting' && status !== 'submitted')
  if (voting.length === 0 && closed.length === 0) return tallies
  const rules = await readRules(rest, memory, now, voting.length > 0)
  for (const { id, status, finalTally: votes } of closed)
    if (votes !== undefined) tallies.set(id, finalTally(votes, rules.unit, status))
  const version = memory.versions.get(rest.endpoint) ?? 'v1'
  await mapLimited(voting, parallel, async ({ id, expedited }) => {
    const answer = await askRest(rest, `/cosmos/gov/${version}/proposals/${id}/tally`)
    const votes = answer.type === 'found' && isJsonObject(answer.body) ? votesOf(answer.body['tally']) : undefined
    if (votes !== undefined) tallies.set(id, liveTally(votes, rules, expedited))
  })
  return tallies
}

type Fields = Readonly<Record<string, unknown>>

// Governance can change its own rules; within this time that is seen.
const rulesMs = 600_000

/**
 * What votes are decided by now. Asks for the bonded tokens each time, where they are wanted, and for the rest now and
 * then.
 */
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
  return { ...memory.rules, ...defined({ bonded }) }
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
