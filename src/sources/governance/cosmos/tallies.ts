import type { Tally } from '../../../domain/proposals/proposal.js'
import { isJsonObject } from '../../../domain/text/json.js'
import { defined } from '../../../domain/defined.js'
import { mapLimited } from '../../http/mapLimited.js'
import { votesOf } from '../cosmosSdk/proposalFields.js'
import { integerOf } from '../cosmosSdk/scalars.js'
import type { CosmosContext, GovRules, Memory } from './context.js'
import { type GovProposal, type ParamsKind, paramsOf } from './decode.js'
import { optionalRequests } from '../cosmosSdk/optionalRequests.js'
import { asking, type AskPath, type Rest } from '../cosmosSdk/rest.js'
import { finalTally, liveTally, tallyRulesOf } from './toProposal.js'

const parallel = 4
const maxLive = 50
const unknownUnit = 'tokens'

interface TallyContext extends Pick<CosmosContext, 'now'> {
  /** The unit of the votes at an earlier reading. */
  readonly unit?: string | undefined
}

export interface TalliesRead {
  readonly tallies: ReadonlyMap<bigint, Tally>
  /** Ids of closed proposals with votes whose unit is unknown. */
  readonly withoutUnit: readonly bigint[]
}

/**
 * Reads the tallies by id: live ones are requested, the others are part of the proposal. A missing tally does not fail
 * the reading, because counting votes is the most expensive request and the first to hang. A tally that hung is
 * requested last the next time, so that the others are not lost.
 */
export async function readTallies(
  rest: Rest,
  proposals: readonly GovProposal[],
  memory: Memory,
  { now, unit: before }: TallyContext,
): Promise<TalliesRead> {
  const tallies = new Map<bigint, Tally>()
  const isLast = ({ id }: GovProposal): number => Number(memory.untoldTallies.has(id))
  const voting = proposals
    .filter(({ status }) => status === 'voting')
    .slice(0, maxLive)
    .sort((a, b) => isLast(a) - isLast(b))
  const closed = proposals.filter(({ status }) => status !== 'voting' && status !== 'submitted')
  if (voting.length === 0 && closed.length === 0 && memory.lacksUnit !== true) return { tallies, withoutUnit: [] }
  const wasKnown = memory.rules?.unit !== undefined
  const ask = optionalRequests(rest, memory.tallyHungAt, now)
  const rules = await readRules(rest, memory, now(), voting.length > 0, ask)
  const unit = nameOf(rules.unit) ?? nameOf(before) ?? rules.unit
  const withoutUnit = unit === undefined ? closed.flatMap((one) => (one.finalTally === undefined ? [] : [one.id])) : []
  for (const id of withoutUnit) memory.unitless.add(id)
  // These proposals are read again once the unit is known, with the next reading at the earliest.
  memory.lacksUnit = withoutUnit.length > 0 || (memory.lacksUnit === true && !wasKnown)
  if (unit === undefined) return { tallies, withoutUnit }
  for (const { id, status, finalTally: votes } of closed)
    if (votes !== undefined) tallies.set(id, finalTally(votes, unit, status))
  memory.untoldTallies.clear()
  const version = memory.versions.get(rest.endpoint) ?? 'v1'
  await mapLimited(voting, parallel, async ({ id, expedited }) => {
    const answer = await ask(`/cosmos/gov/${version}/proposals/${id}/tally`)
    const votes = answer.type === 'found' && isJsonObject(answer.body) ? votesOf(answer.body['tally']) : undefined
    if (votes !== undefined) tallies.set(id, liveTally(votes, { ...rules, unit }, expedited))
    if (answer.type === 'unknown' && answer.hasFailed === true) memory.untoldTallies.add(id)
  })
  return { tallies, withoutUnit }
}

/** The unit, unless it is only the placeholder for an unknown one. */
function nameOf(unit: string | undefined): string | undefined {
  return unit === unknownUnit ? undefined : unit
}

type Fields = Readonly<Record<string, unknown>>

// How long the rules are cached, in milliseconds. Governance can change its own rules.
const rulesMs = 600_000

/**
 * Reads the rules that decide votes now. Bonded tokens are requested each time, if needed, the rest every ten minutes.
 * If an answer is missing or unusable, it is requested again at once, and the known values stand until then.
 */
export async function readRules(
  rest: Rest,
  memory: Memory,
  now: number,
  withBonded: boolean,
  ask = asking(rest),
): Promise<GovRules> {
  if (memory.rules === undefined || now - (memory.rulesAt ?? -Infinity) > rulesMs) {
    const [tallying, staking] = await Promise.all([
      askParams(rest, 'tallying', memory, ask),
      askFields('/cosmos/staking/v1beta1/params', 'params', ask),
    ])
    const rules = tallyRulesOf(tallying.fields ?? {})
    const denom = staking.fields?.['bond_denom']
    const unit = typeof denom === 'string' && /^[\w/:.-]{1,128}$/.test(denom) ? denom : undefined
    // A missing answer may come next time. If the chain answers without a denomination, it counts something other than
    // tokens.
    const known = memory.rules?.unit ?? (staking.isUnknown ? undefined : unknownUnit)
    memory.rules = { ...memory.rules, ...rules, ...defined({ unit: unit ?? known }) }
    const isWhole = (rules.quorum !== undefined || tallying.isUnserved) && (unit !== undefined || staking.isUnserved)
    // A gateway in front of a starting node says that no path is served, so one such answer is not enough.
    const isUnserved = tallying.isUnserved || staking.isUnserved
    if (isWhole && (!isUnserved || memory.isUnserved === true)) memory.rulesAt = now
    else delete memory.rulesAt
    memory.isUnserved = isUnserved
  }
  if (!withBonded) return memory.rules
  const pool = await askFields('/cosmos/staking/v1beta1/pool', 'pool', ask)
  const bonded = integerOf(pool.fields?.['bonded_tokens'])
  return { ...memory.rules, ...defined({ bonded }) }
}

/**
 * Reads the parameters of one kind. Only the requested part is used, because before SDK 0.47 the others are returned as
 * zeros.
 */
export async function readParams(rest: Rest, kind: ParamsKind, memory: Memory): Promise<Fields | undefined> {
  return (await askParams(rest, kind, memory, asking(rest))).fields
}

/** The answer of a server about a part of its rules. */
interface ParamsAnswer {
  /** Absent if the answer holds none. */
  readonly fields?: Fields
  /** The chain does not have this part, and another request would not change that. */
  readonly isUnserved: boolean
  /** There was no answer at all. */
  readonly isUnknown: boolean
}

async function askParams(rest: Rest, kind: ParamsKind, memory: Memory, ask: AskPath): Promise<ParamsAnswer> {
  const version = memory.versions.get(rest.endpoint) ?? 'v1'
  return tell(await ask(`/cosmos/gov/${version}/params/${kind}`), (body) => paramsOf(body, kind))
}

async function askFields(path: string, key: string, ask: AskPath): Promise<ParamsAnswer> {
  return tell(await ask(path), (body) => {
    const fields = isJsonObject(body) ? body[key] : undefined
    return isJsonObject(fields) ? fields : undefined
  })
}

function tell(answer: Awaited<ReturnType<AskPath>>, decode: (body: unknown) => Fields | undefined): ParamsAnswer {
  const fields = answer.type === 'found' ? decode(answer.body) : undefined
  return {
    isUnserved: answer.type === 'unserved',
    isUnknown: answer.type === 'unknown',
    ...defined({ fields }),
  }
}
