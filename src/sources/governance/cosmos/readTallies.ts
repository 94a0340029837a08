import { isJsonObject } from '../../../domain/text/json.js'
import { mapLimited } from '../../http/mapLimited.js'
import type { Tally } from '../../../domain/proposals/proposal.js'
import { askRest, type Rest } from './askRest.js'
import type { Memory } from './CosmosContext.js'
import { votesOf } from '../cosmosSdk/proposalFields.js'
import { type GovProposal } from './decodeProposal.js'
import { readRules } from './readRules.js'
import { finalTally, liveTally } from './tallyOf.js'

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
