import type { Announcement } from '../domain/chainState.js'
import type { Change } from '../domain/proposals/change.js'
import { type Json, type JsonObject, isJsonObject } from '../domain/text/json.js'
import type { Plan } from '../domain/plans/plan.js'
import { isoOf } from '../domain/text/time.js'
import { keyOf, type Tally } from '../domain/proposals/proposal.js'
import type { Upgrade } from '../domain/upgrades/upgrade.js'
import type { UpgradeMove } from '../domain/upgrades/upgradeMove.js'

// Bigints become decimal strings, so that every tool reads the same value; undefined is left out.
function plain(value: unknown): Json {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  if (Array.isArray(value)) return value.map(plain)
  return isJsonObject(value) ? plainObject(value) : null
}

function plainObject(value: object): JsonObject {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== undefined)
      .map(([key, part]) => [key, plain(part)]),
  )
}

const planDetail = (plan: Plan | undefined): object | undefined =>
  plan === undefined ? undefined : { name: plan.name, height: plan.height, due: dueOf(plan) }

/** The due time of a plan without a height. It has a key of its own because `time` is the time of the move. */
function dueOf({ time }: Pick<Plan, 'time'>): string | undefined {
  return time === undefined ? undefined : isoOf(time)
}

/** The unit and the number of decimals of a count. */
function unitOf({ unit, decimals }: Partial<Pick<Tally, 'unit' | 'decimals'>> = {}): object {
  return decimals === undefined ? {} : { unit, decimals }
}

function difference(change: Change, tally: Tally | undefined): object {
  switch (change.type) {
    case 'proposalAppeared': {
      const { title, type, status, finding } = change.proposal
      return { title, kind: type, status, backfill: change.backfill, plan: planDetail(finding?.plan) }
    }
    case 'statusMoved':
      return { from: change.from, to: change.proposal.status, derived: change.proposal.derived }
    case 'tallyMoved': {
      const { yes, no, abstain, veto } = change.proposal.tally ?? {}
      return { yes, no, abstain, veto, ...unitOf(change.proposal.tally) }
    }
    case 'scheduleMoved':
      return { from: change.from, to: change.proposal.votingEnd }
    case 'planEdited': {
      const { plan, withdrawn, applied, unsure, missed } = change.proposal.finding ?? {}
      return { from: planDetail(change.from), to: planDetail(plan), withdrawn, applied, unsure, missed }
    }
    case 'voteCast':
      return { voter: change.vote.voter, choice: change.vote.choice, weight: change.vote.weight, ...unitOf(tally) }
    case 'detailsRead':
    case 'proposalRetracted':
      return { status: change.proposal.status }
  }
}

/**
 * The audit detail of a change: only what changed, not the whole proposal. Bigints are decimal strings. `tally` belongs
 * to the proposal on which a vote was cast and gives the unit of the vote.
 */
export function changeDetail(change: Change, tally?: Tally): JsonObject {
  const proposal = keyOf(change.type === 'voteCast' ? change.vote : change.proposal)
  return plainObject({ type: change.type, proposal, at: change.at, ...difference(change, tally) })
}

/** The audit detail of a move of an upgrade. */
export function moveDetail({
  type,
  upgrade,
  time,
  silent,
  before,
  reminder,
  isStuck,
  isUnwell,
  isFileless,
  leftAt,
}: UpgradeMove): JsonObject {
  const { key, name, height, status, reasons } = upgrade
  return plainObject({
    type,
    proposal: key,
    name,
    height,
    due: dueOf(upgrade),
    status,
    awaits: upgrade.awaits,
    reasons,
    time,
    silent,
    from: before === undefined ? undefined : (before.height ?? dueOf(before)),
    reminder,
    stuck: isStuck,
    unwell: isUnwell,
    fileless: isFileless,
    leftAt,
    heldBack: isHeldOrFreed(type, upgrade, before) ? upgrade.heldBack !== undefined : undefined,
    unheeded: type === 'unheeded' ? upgrade.unheeded : undefined,
  })
}

/** True if a move only says that an upgrade is held back because of a doubt, or no longer is. */
function isHeldOrFreed(type: UpgradeMove['type'], upgrade: Upgrade, before: Upgrade | undefined): boolean {
  return type === 'refused' && before !== undefined && before.heldBack !== upgrade.heldBack
}

/** The audit detail of a notification. Its message is in the inbox. */
export function announcementDetail({ subject, notification }: Announcement): JsonObject {
  const { id, event, priority, title } = notification
  return plainObject({ id, subject, event, priority, title })
}
