import { readAgreed } from '../../readAgreed.js'
import { provenIn } from '../cosmosSdk/doubts.js'
import { restAt } from '../cosmosSdk/rest.js'
import { agreedAnswer } from './agreed.js'
import type { ScheduledSwitch } from './decode.js'
import { readScheduled } from './questions.js'
import { planHeightOf } from './toProposal.js'
import type { Visit } from './visit.js'

/** What counts of a reported schedule. */
export interface Believed {
  readonly scheduled?: ScheduledSwitch | undefined
  /** The reported schedule, as `version@height`, if it contradicts one that is known. */
  readonly moved?: string | undefined
  readonly warnings: readonly string[]
}

/**
 * Decides whether the schedule that a server reports counts. The chain can neither withdraw, move nor replace one, so a
 * wrong answer would be believed until its height:
 *
 * - One that is not known yet is asked for again, or, if several servers must agree, at the others.
 * - One that contradicts a known one counts once it was reported for longer than a server may be wrong.
 */
export async function believeSchedule(visit: Visit, told: ScheduledSwitch | undefined): Promise<Believed> {
  const { rest, status, cursor, context } = visit
  const needed = Math.min(context.agreement, context.rest.length)
  const agreed =
    needed > 1
      ? await confirmedSchedule(visit, told, needed)
      : { scheduled: await repeatedSchedule(visit, told), warnings: [] }
  const moved = movedIn(visit, agreed.scheduled)
  if (moved === undefined) return agreed
  if (provenIn(cursor?.moved, status.head).has(moved)) return { ...agreed, moved }
  return { moved, warnings: [...agreed.warnings, movedText(rest.place, moved)] }
}

/** Asks the same server again about a schedule that is not known yet. */
async function repeatedSchedule(visit: Visit, told: ScheduledSwitch | undefined): Promise<ScheduledSwitch | undefined> {
  if (!isNews(visit, told)) return told
  const { rest, status } = visit
  const where = `${rest.place}, about the scheduled upgrade,`
  return readAgreed(() => readScheduled(rest, status), told, { where, meaningOf: scheduleText })
}

/**
 * Asks the other servers, too: the schedule is what enough of them report, whichever is read. If they do not agree, a
 * known schedule stands, and a new one does not count yet.
 */
async function confirmedSchedule(visit: Visit, told: ScheduledSwitch | undefined, needed: number): Promise<Believed> {
  const { rest, status, context } = visit
  const named = new Map([[scheduleText(told), told]])
  const question = { servers: context.rest, needed, signal: rest.signal }
  const agreed = await agreedAnswer(question, async (endpoint, signal) => {
    if (endpoint === rest.endpoint) return scheduleText(told)
    const scheduled = await readScheduled(restAt(endpoint, context.chain, status.head, undefined, signal), status)
    named.set(scheduleText(scheduled), scheduled)
    return scheduleText(scheduled)
  })
  if (agreed !== undefined) return { scheduled: named.get(agreed), warnings: [] }
  if (!isNews(visit, told)) return { scheduled: told, warnings: [] }
  return {
    warnings: [
      `${rest.place} has version ${told.version} scheduled for block ${planHeightOf(told)}. It counts once ${needed} servers report it.`,
    ],
  }
}

/** True if there is a schedule that has not taken place and is not known. */
function isNews(
  { status: { running }, known }: Visit,
  scheduled: ScheduledSwitch | undefined,
): scheduled is ScheduledSwitch {
  if (scheduled === undefined || scheduled.version <= running) return false
  return known.get(scheduled.version)?.finding?.plan.height !== planHeightOf(scheduled)
}

/** The schedule, as `version@height`, if it contradicts one that is known and waits for its height. */
function movedIn(
  { status: { head, running }, known }: Visit,
  scheduled: ScheduledSwitch | undefined,
): string | undefined {
  if (scheduled === undefined || scheduled.version <= running) return undefined
  const isOther = [...known].some(([version, { finding: { plan, withdrawn } = {} }]) => {
    if (plan?.height === undefined || withdrawn !== undefined || head.number >= BigInt(plan.height)) return false
    return version !== scheduled.version || plan.height !== planHeightOf(scheduled)
  })
  return isOther ? scheduleText(scheduled) : undefined
}

function scheduleText(scheduled: ScheduledSwitch | undefined): string {
  return scheduled === undefined ? 'none' : `${scheduled.version}@${planHeightOf(scheduled)}`
}

function movedText(place: string, moved: string): string {
  const [version, height] = moved.split('@')
  return `${place} has version ${version} scheduled for block ${height} in place of what was scheduled before. It counts once it was reported for longer than a server may be wrong.`
}
