import { asyncScheduler, catchError, firstValueFrom, forkJoin, map, of, timeout } from 'rxjs'
import { defined } from '../../domain/defined.js'
import { isPassed } from '../../domain/plans/dueAt.js'
import { hiddenBy } from '../../domain/proposals/disagreement.js'
import { hasPassed, type Proposal } from '../../domain/proposals/proposal.js'
import { proposalContent } from '../../domain/proposals/proposalContent.js'
import type { GoodReading } from '../../domain/reading.js'
import { fromAbortable } from '../fromAbortable.js'
import type { GovernanceReader } from '../governance/GovernanceReader.js'
import { agreedBy, type Testimony } from './askWitnesses.js'
import type { CrossCheckOptions } from './crossCheck.js'
import { createDistrustfulReader } from './distrustfulReader.js'

type AskOptions = Pick<CrossCheckOptions, 'witnesses' | 'agreement' | 'now' | 'scheduler'>

// Interval of the questions, in milliseconds. Each costs every server two requests, and public ones limit their number.
const everyMs = 60_000
// Maximum wait for the answers, in milliseconds, because a reading waits for them.
const limitMs = 3_000

/** A server whose reading of a block does not know a plan that the chain had scheduled before. */
interface Suspicion {
  readonly plan: Proposal
  readonly host: string
  readonly at: bigint
}

/**
 * Wraps the reader of a chain that holds one plan itself, so that the server that is read cannot hide it. Every minute
 * each server is asked for the plan that the chain has scheduled. If `agreement` servers report one, a later reading
 * does not know it, and they still report it at the block of that reading, the server of the reading is read for an
 * hour only if no other answers, and a warning says so. The others report the plan with the next reading, and, unless
 * it was passed over, its proposal.
 */
export function withScheduledPlan(reader: GovernanceReader, options: AskOptions): GovernanceReader {
  const { agreement, now } = options
  const first = createDistrustfulReader(reader, now)
  let askedAt = -Infinity
  /** What the servers agreed on when they were last asked, until a reading can be compared with it. */
  let scheduled: Proposal | undefined
  let suspicion: Suspicion | undefined
  return {
    ...reader,
    async read(request) {
      const { reading, servedBy } = await first.read(request)
      if (reading.backlog > 0n || reading.lagging === true) return reading
      if (scheduled !== undefined && isComparable(reading, scheduled)) {
        const isHidden = servedBy !== undefined && !knows(reading, scheduled)
        if (isHidden) suspicion ??= { plan: scheduled, host: servedBy, at: reading.at.number }
        scheduled = undefined
      }
      if (suspicion === undefined && now() - askedAt < everyMs) return reading
      askedAt = now()
      const told = await askForPlan(options)
      scheduled = agreedBy(told, agreement, proposalContent)
      if (suspicion === undefined) return reading
      const { plan, host, at } = suspicion
      const isStill = scheduled !== undefined && proposalContent(scheduled) === proposalContent(plan)
      // The chain may have cancelled the plan in a block that the others do not have yet.
      const isProven = isStill && agreedBy(told.filter(hasReached(at)), agreement, proposalContent) !== undefined
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
function askForPlan({ witnesses, scheduler = asyncScheduler }: AskOptions): Promise<readonly Testimony[]> {
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

function hasReached(block: bigint): (testimony: Testimony) => boolean {
  return ({ proposal }) => proposal !== undefined && proposal.readAt >= block
}

/**
 * True if the reading says which plans the chain has, at a later block than the one at which the servers had this plan,
 * and below its height, where it is no longer scheduled.
 */
function isComparable({ at, standings }: GoodReading, { readAt, finding }: Proposal): boolean {
  return standings !== undefined && at.number > readAt && finding !== undefined && !isPassed(finding.plan, at)
}

/** True if the server of the reading reports the plan, too. */
function knows({ proposals, standings = [] }: GoodReading, { finding: hidden }: Proposal): boolean {
  const isIt = ({ name, height }: { readonly name: string; readonly height?: number | undefined }): boolean =>
    name === hidden?.plan.name && height === hidden.plan.height
  return (
    standings.some((one) => isIt(one) && one.withdrawn === undefined) ||
    proposals.some(
      (one) =>
        hasPassed(one) && one.finding !== undefined && isIt(one.finding.plan) && one.finding.withdrawn === undefined,
    )
  )
}

function hiddenText({ chain, finding }: Proposal, host: string, agreement: number): string {
  const { name, height } = finding?.plan ?? {}
  return `${host} of ${chain} does not report the upgrade ${name} at height ${height}, which ${agreement} servers say that the chain has scheduled. For an hour it is read only if no other answers: check it.`
}
