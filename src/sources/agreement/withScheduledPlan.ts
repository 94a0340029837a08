import { asyncScheduler, catchError, firstValueFrom, forkJoin, map, of, timeout } from 'rxjs'
import { defined } from '../../domain/defined.js'
import { contentOf } from '../../domain/plans/combinePlans.js'
import { isPassed } from '../../domain/plans/dueAt.js'
import type { PlanFinding, PlanRef } from '../../domain/plans/plan.js'
import { hiddenBy } from '../../domain/proposals/disagreement.js'
import { hasPassed, keyOf, type Proposal, type ProposalKey } from '../../domain/proposals/proposal.js'
import { proposalContent } from '../../domain/proposals/proposalContent.js'
import type { GoodReading } from '../../domain/reading.js'
import { fromAbortable } from '../fromAbortable.js'
import type { GovernanceReader } from '../governance/GovernanceReader.js'
import { agreedBy, type Testimony } from './askWitnesses.js'
import type { CrossCheckOptions } from './crossCheck.js'
import { createDistrustfulReader } from './distrustfulReader.js'

// Interval of the questions, in milliseconds. Each costs every server two requests, and public ones limit their number.
const everyMs = 60_000
// How long readings must lack a plan before their server is accused, in milliseconds. Servers behind one address may
// report the plan before its proposal, and one that cannot read a proposal reports its plan after a minute.
const patienceMs = 90_000
// Maximum wait for the answers, in milliseconds, because a reading waits for them.
const limitMs = 3_000

/** A plan that enough servers report. */
interface Scheduled {
  readonly plan: Proposal
  /** The block by which so many of them had it that one of these is honest. */
  readonly by: bigint
}

/** A server whose readings of later blocks do not know such a plan. */
interface Suspicion extends Scheduled {
  readonly host: string
  /** The first of these blocks, and when it was read, in milliseconds. */
  readonly at: bigint
  readonly since: number
}

/**
 * Wraps the reader of a chain that holds one plan itself, so that the server that is read cannot hide it. Every minute
 * each server is asked for the plan that the chain has scheduled. If `agreement` servers report one, later readings of
 * a minute and a half do not know it, and they still report it at the block of the first of them, the server of these
 * readings is read for an hour only if no other answers, and a warning says so. The others report the plan with the
 * next reading, and, unless it was passed over, its proposal.
 */
export function withScheduledPlan(reader: GovernanceReader, options: CrossCheckOptions): GovernanceReader {
  const { agreement, known, now } = options
  const first = createDistrustfulReader(reader, now)
  let askedAt = -Infinity
  /** What the servers agree on, by the lowest block that they named, until a reading can be compared with it. */
  let scheduled: Scheduled | undefined
  let suspicion: Suspicion | undefined

  function compare(reading: GoodReading, host: string | undefined): void {
    const wanted = suspicion ?? scheduled
    if (wanted === undefined || !isComparable(reading, wanted)) return
    scheduled = undefined
    if (host === undefined || knows(reading, wanted.plan, known().proposals)) suspicion = undefined
    else if (suspicion?.host !== host)
      suspicion = { plan: wanted.plan, by: wanted.by, host, at: reading.at.number, since: now() }
  }

  return {
    ...reader,
    async read(request) {
      const { reading, servedBy } = await first.read(request)
      if (reading.backlog > 0n || reading.lagging === true) return reading
      compare(reading, servedBy)
      const isTooSoon = suspicion !== undefined && now() - suspicion.since < patienceMs
      if (isTooSoon || now() - askedAt < everyMs) return reading
      askedAt = now()
      const told = await askForPlan(options)
      const agreed = scheduledBy(told, agreement)
      const wanted = suspicion ?? scheduled
      // Too few servers answered to say whether it stands.
      if (agreed === undefined && wanted !== undefined && told.filter(denies(wanted.plan)).length < agreement)
        return reading
      // If a later block counted, a server that stays a minute behind the others would never be compared.
      scheduled = earlier(scheduled, agreed)
      if (suspicion === undefined) return reading
      const { plan, host, at } = suspicion
      const isStill = isSamePlan(agreed, plan)
      // The chain may have cancelled the plan in a block that the others do not have yet.
      const isProven = isStill && isSamePlan(scheduledBy(told.filter(hasReached(at)), agreement), plan)
      if (isStill && !isProven) return reading
      suspicion = undefined
      if (!isProven) return reading
      first.distrust(host)
      return {
        ...reading,
        warnings: [...reading.warnings, hiddenText(plan, host, agreement)],
        disagreements: [...(reading.disagreements ?? []), hiddenBy(plan, [host])],
      }
    },
  }
}

/** Asks every server for the plan that the chain has scheduled. Never rejects. */
function askForPlan({ witnesses, scheduler = asyncScheduler }: CrossCheckOptions): Promise<readonly Testimony[]> {
  const answers = witnesses.map((witness) => {
    const { host = 'a node' } = witness
    return fromAbortable(async (signal) => witness.readScheduled?.(signal)).pipe(
      timeout({ first: limitMs, scheduler }),
      map((proposal): Testimony => ({ host, ...defined({ proposal }) })),
      catchError(() => of<Testimony>({ host, hasFailed: true })),
    )
  })
  return firstValueFrom(forkJoin(answers), { defaultValue: [] })
}

/** False also for a server that failed. */
function denies(plan: Proposal): (testimony: Testimony) => boolean {
  return ({ proposal, hasFailed }) =>
    hasFailed !== true && (proposal === undefined || proposalContent(proposal) !== proposalContent(plan))
}

function hasReached(block: bigint): (testimony: Testimony) => boolean {
  return ({ proposal }) => proposal !== undefined && proposal.readAt >= block
}

/** Returns the plan that so many servers report. A dishonest one may have named it too early, or a wrong block. */
function scheduledBy(told: readonly Testimony[], agreement: number): Scheduled | undefined {
  const plan = agreedBy(told, agreement, proposalContent)
  if (plan === undefined) return undefined
  const blocks = told
    .flatMap(({ proposal }) =>
      proposal !== undefined && proposalContent(proposal) === proposalContent(plan) ? [proposal.readAt] : [],
    )
    .sort((a, b) => (a < b ? -1 : 1))
  return { plan, by: blocks[agreement - 1] ?? plan.readAt }
}

function earlier(before: Scheduled | undefined, agreed: Scheduled | undefined): Scheduled | undefined {
  return before !== undefined && isSamePlan(agreed, before.plan) && agreed !== undefined && before.by < agreed.by
    ? before
    : agreed
}

function isSamePlan(scheduled: Scheduled | undefined, plan: Proposal): boolean {
  return scheduled !== undefined && proposalContent(scheduled.plan) === proposalContent(plan)
}

/**
 * True if the reading says which plans the chain has, at a later block than the one by which the servers had this plan,
 * and below its height, where it is no longer scheduled.
 */
function isComparable({ at, standings }: GoodReading, { plan: { finding }, by }: Scheduled): boolean {
  return standings !== undefined && at.number > by && finding !== undefined && !isPassed(finding.plan, at)
}

/** True if the server of the reading reports the plan, too, and not one that differs in its info. */
function knows(
  { proposals, standings = [] }: GoodReading,
  { finding: hidden }: Proposal,
  known: ReadonlyMap<ProposalKey, Proposal>,
): boolean {
  const read = new Map(proposals.map((proposal) => [keyOf(proposal), proposal]))
  const isIt = ({ name, height }: PlanRef, finding: PlanFinding | undefined): boolean =>
    name === hidden?.plan.name &&
    height === hidden.plan.height &&
    // Of a proposal with several plans, the chain has the last one.
    (finding === undefined || finding.problems.length > 0 || contentOf(finding.plan) === contentOf(hidden.plan))
  return (
    standings.some(
      (one) => one.withdrawn === undefined && isIt(one, (read.get(one.key) ?? known.get(one.key))?.finding),
    ) ||
    proposals.some((one) => {
      const { finding } = one
      return finding !== undefined && finding.withdrawn === undefined && hasPassed(one) && isIt(finding.plan, finding)
    })
  )
}

function hiddenText({ chain, finding }: Proposal, host: string, agreement: number): string {
  const { name, height } = finding?.plan ?? {}
  return `${host} of ${chain} does not report the upgrade ${name} at height ${height} as ${agreement} servers say that the chain has scheduled it. For an hour it is read only if no other answers: check it.`
}
