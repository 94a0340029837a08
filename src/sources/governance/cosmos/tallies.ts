import type { Tally } from '../../../domain/proposals/proposal.js'
import { isJsonObject } from '../../../domain/text/json.js'
import { defined } from '../../../domain/defined.js'
import { mapLimited } from '../../http/mapLimited.js'
import { votesOf } from '../cosmosSdk/proposalFields.js'
import { wholeOf } from '../cosmosSdk/scalars.js'
import type { CosmosContext, GovRules, Memory } from './context.js'
import { type GovProposal, type ParamsKind, paramsOf } from './decode.js'
import { askAside } from '../cosmosSdk/askAside.js'
import { asking, type AskPath, type Rest } from '../cosmosSdk/rest.js'
import { finalTally, liveTally, tallyRulesOf } from './toProposal.js'

const parallel = 4
const maxLive = 50
const unknownUnit = 'tokens'

interface TallyContext extends Pick<CosmosContext, 'now'> {
  /** What votes were counted in at an earlier reading. */
  readonly unit?: string | undefined
}

export interface TalliesRead {
  readonly tallies: ReadonlyMap<bigint, Tally>
  /** Ids of closed proposals that tell their votes while nobody tells the unit of these. */
  readonly withoutUnit: readonly bigint[]
}

/**
 * The tallies that can be told, by id: live ones are asked for, the others stand in the proposal. A server that does
 * not answer is no reason to read nothing: to count a vote is the dearest question of all, and the first to hang. One
 * that hangs is asked for last next time, for the others must not be lost by it.
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
  const ask = askAside(rest, memory.tallyHungAt, now)
  const rules = await readRules(rest, memory, now(), voting.length > 0, ask)
  const unit = nameOf(rules.unit) ?? nameOf(before) ?? rules.unit
  const withoutUnit = unit === undefined ? closed.flatMap((one) => (one.finalTally === undefined ? [] : [one.id])) : []
  // Those are read again once it is known: with the reading after this one at the soonest.
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

/** The unit, unless it only stands for one that nobody told. */
function nameOf(unit: string | undefined): string | undefined {
  return unit === unknownUnit ? undefined : unit
}

type Fields = Readonly<Record<string, unknown>>

// Governance can change its own rules; within this time that is seen.
const rulesMs = 600_000

/**
 * What votes are decided by now. Asks for the bonded tokens each time, where they are wanted, and for the rest now and
 * then: at once again where it was answered with something else, and what was known before stands until then.
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
    // What was asked and not answered may be answered next time; a chain that answers otherwise counts something else.
    const known = memory.rules?.unit ?? (staking.isUnknown ? undefined : unknownUnit)
    memory.rules = { ...memory.rules, ...rules, ...defined({ unit: unit ?? known }) }
    const isWhole = (rules.quorum !== undefined || tallying.isUnserved) && (unit !== undefined || staking.isUnserved)
    // A gateway before a node that starts says of every path that it is not served: once is not believed.
    const isUnserved = tallying.isUnserved || staking.isUnserved
    if (isWhole && (!isUnserved || memory.isUnserved === true)) memory.rulesAt = now
    else delete memory.rulesAt
    memory.isUnserved = isUnserved
  }
  if (!withBonded) return memory.rules
  const pool = await askFields('/cosmos/staking/v1beta1/pool', 'pool', ask)
  const bonded = wholeOf(pool.fields?.['bonded_tokens'])
  return { ...memory.rules, ...defined({ bonded }) }
}

/**
 * The parameters of one kind. Only the part that was asked for is taken: before SDK 0.47 the others come back zeroed.
 */
export async function readParams(rest: Rest, kind: ParamsKind, memory: Memory): Promise<Fields | undefined> {
  return (await askParams(rest, kind, memory, asking(rest))).fields
}

/** What a server says of a part of its rules. */
interface Told {
  /** Absent where the answer holds none. */
  readonly fields?: Fields
  /** The chain has no such part, and asking again gives nothing else. */
  readonly isUnserved: boolean
  /** It was not answered at all. */
  readonly isUnknown: boolean
}

async function askParams(rest: Rest, kind: ParamsKind, memory: Memory, ask: AskPath): Promise<Told> {
  const version = memory.versions.get(rest.endpoint) ?? 'v1'
  return tell(await ask(`/cosmos/gov/${version}/params/${kind}`), (body) => paramsOf(body, kind))
}

async function askFields(path: string, key: string, ask: AskPath): Promise<Told> {
  return tell(await ask(path), (body) => {
    const fields = isJsonObject(body) ? body[key] : undefined
    return isJsonObject(fields) ? fields : undefined
  })
}

function tell(answer: Awaited<ReturnType<AskPath>>, decode: (body: unknown) => Fields | undefined): Told {
  const fields = answer.type === 'found' ? decode(answer.body) : undefined
  return {
    isUnserved: answer.type === 'unserved',
    isUnknown: answer.type === 'unknown',
    ...defined({ fields }),
  }
}
