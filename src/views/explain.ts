import { dueText } from '../domain/plans/dueAt.js'
import { isActive, type Proposal } from '../domain/proposals/proposal.js'
import type { JsonObject } from '../domain/text/json.js'
import { isOwn } from '../domain/upgrades/upgrade.js'
import { type DetailedEntry, entriesOf, reasonsOf, textOf } from './auditDetails.js'
import { auditView } from './auditView.js'
import { describeFile, type FileStory } from './describeFile.js'
import { describeNotifications, type ToldEntries } from './describeNotifications.js'

/** Everything known about one key. */
export interface Explained extends ToldEntries, FileStory {
  readonly key: string
  readonly proposal?: Proposal
  /** Formats the id of a proposal for the reader. */
  readonly short: (id: string) => string
}

/** Why an upgrade was or was not scheduled, written and announced, in a few sentences each. */
export interface Explanation {
  readonly scheduled: readonly string[]
  readonly written: readonly string[]
  readonly told: readonly string[]
}

/** Explains what happened to a proposal or an upgrade, using the audit trail and the current state. */
export function explain(known: Explained): Explanation {
  return { scheduled: whyScheduled(known), written: describeFile(known), told: describeNotifications(known) }
}

/** The format of `explain --json`. Times in the sentences are ISO 8601 too. */
export function explanationView(known: Explained): JsonObject {
  const { key, proposal, upgrade, entries } = known
  return {
    key,
    chain: upgrade?.chain ?? proposal?.chain ?? key.slice(0, key.indexOf('/')),
    status: upgrade?.status ?? null,
    ...explain(known),
    audit: entries.map(auditView),
  }
}

function whyScheduled(known: Explained): readonly string[] {
  const moves = entriesOf(known, 'upgrade').flatMap((entry) => moveSentence(known, entry) ?? [])
  return moves.length > 0 ? moves : [stateSentence(known)]
}

/** Describes one move of an upgrade in the queue; what follows the height is described by `describeFile`. */
function moveSentence(known: Explained, { at, detail }: DetailedEntry): string | undefined {
  const time = known.time(at)
  const { type, status, name, height, due, from } = detail
  const reasons = reasonsOf(detail)
  const plan = `${textOf(name)} at ${textOf(due) || `height ${textOf(height)}`}`
  switch (type) {
    case 'pending':
      return detail['awaits'] === undefined
        ? `In the vote since ${time}: ${plan}.${reasons}`
        : `Its proposal had passed ${time}: ${plan} is scheduled once that is executed (scheduler.scheduleOn).${reasons}`
    case 'scheduled':
      return status === 'scheduled' && detail['silent'] !== true
        ? `Scheduled ${time}, ${plan}: ${causeOf(known, at)}.${reasons}`
        : undefined
    case 'refused':
      return status === 'scheduled' || detail['heldBack'] !== undefined
        ? undefined
        : `Refused ${time}, ${plan}.${reasons}`
    case 'rescheduled':
      return detail['silent'] === true
        ? undefined
        : `Changed ${time} to ${plan}${from === undefined || from === (due ?? height) ? '' : `; it was at ${due === undefined ? 'height ' : ''}${textOf(from)}`}.${reasons}`
    case 'cancelled':
      return `Called off ${time}.${reasons}`
    case 'dropped':
      return detail['awaits'] === undefined ? `Out of the vote ${time}.` : `No longer awaited ${time}.`
    case 'past':
      return reasons === ''
        ? `Not scheduled, ${time}: ${plan} was over before the first look.`
        : `Not scheduled, ${time}: nothing was to be done for ${plan}.${reasons}`
    default:
      return undefined
  }
}

function causeOf(known: Explained, at: number): string {
  const { proposal, upgrade, short } = known
  if (upgrade !== undefined && isOwn(upgrade))
    return `it is a plan of your own, ${upgrade.addedBy === undefined ? 'from the configuration' : `added by ${upgrade.addedBy}`}`
  if (upgrade?.announced === true)
    return upgrade.origin === 'chain'
      ? 'nodes have it in their configuration, no vote decides it'
      : 'its contract announced it, no vote decides it'
  if (upgrade?.origin === 'chain' || upgrade?.held === true) return 'the chain holds the plan'
  const what = proposal === undefined ? 'its proposal' : `proposal ${short(proposal.id)}`
  const moved = entriesOf(known, 'change').findLast(
    (entry) => entry.at <= at && entry.detail['type'] === 'statusMoved' && entry.detail['to'] !== 'voting',
  )
  return moved === undefined
    ? `${what} had passed`
    : `${what} went to ${textOf(moved.detail['to'])} in block ${textOf(moved.detail['at'])}`
}

/** Describes the current state if the audit trail contains no move. */
function stateSentence({ proposal, upgrade, short }: Explained): string {
  if (upgrade !== undefined)
    return `${upgrade.name} at ${dueText(upgrade)} is ${upgrade.status.replace('_', ' ')}; the audit trail no longer says why.`
  if (proposal === undefined) return 'Not seen by any poll so far: an added plan is used from the next one on.'
  const { finding } = proposal
  const id = short(proposal.id)
  if (finding === undefined) return `Not scheduled: proposal ${id} carries no plan, and none is bound to it.`
  const problems = finding.problems.join(' ')
  if (finding.withdrawn !== undefined) return `Not scheduled: ${finding.withdrawn}`
  if (proposal.announced === true)
    return `Not scheduled: ${proposal.status === 'canceled' ? 'the contract has cancelled it.' : problems}`.trim()
  return isActive(proposal)
    ? `Not scheduled yet: the vote on proposal ${id} runs. ${problems}`.trim()
    : `Not scheduled: proposal ${id} is ${proposal.status}. ${problems}`.trim()
}
