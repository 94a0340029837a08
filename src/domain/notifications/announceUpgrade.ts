import type { BlockTime } from '../blocks/blockTime.js'
import type { Announcement } from '../chainState.js'
import type { Head } from '../blocks/head.js'
import type { RescheduledData, SwitchData, UpgradeCause, UpgradeData } from './events/upgradeData.js'
import type { UpgradeEvent } from './events/upgradeEvents.js'
import { type Draft, draftNotification } from './announcement.js'
import { distanceOf, dueJson, dueMark } from '../plans/dueAt.js'
import { shownPlanName, type UnreadyNode } from '../plans/plan.js'
import { isoOf } from '../text/time.js'
import { isBlocked, proposalOf, type Upgrade } from '../upgrades/upgrade.js'
import type { UpgradeMove } from '../upgrades/upgradeMove.js'
import { isHeldBack } from '../upgrades/rules/holdBack.js'
import type { DisagreementData } from './events/disagreementTexts.js'

/** Returns the announcements of a move of an upgrade. */
export function announceUpgrade(move: UpgradeMove, head?: Head, blockTime?: BlockTime): readonly Announcement[] {
  if (move.silent) return []
  const { upgrade, time } = move
  const data = upgradeData(move, head, blockTime)
  const event = eventOf(move, data)
  if (event === undefined) return []
  const common = { chain: upgrade.chain, subject: upgrade.key, fact: factOf(move), timestamp: isoOf(time) }
  return [draftNotification({ ...common, ...event })]
}

type EventAndData = Draft extends infer D
  ? D extends Draft & { readonly event: UpgradeEvent | 'endpoints_disagree' }
    ? Pick<D, 'event' | 'data'>
    : never
  : never

function eventOf(move: UpgradeMove, data: UpgradeData): EventAndData | undefined {
  switch (move.type) {
    case 'scheduled':
      return { event: 'upgrade_scheduled', data }
    case 'refused':
      return { event: 'upgrade_refused', data: { ...data, more: move.more ?? 0 } }
    case 'rescheduled':
      return {
        event: 'upgrade_rescheduled',
        data: { ...data, before: move.before === undefined ? null : formerData(move.before) },
      }
    case 'imminent':
      return { event: 'upgrade_imminent', data: { ...data, reminder: move.reminder ?? null } }
    case 'halted':
      return { event: 'upgrade_halt_reached', data }
    case 'restarted':
      return { event: 'upgrade_restarted', data: switchData(move, data) }
    case 'unconsumed': {
      const { unconsumed: found } = move
      return found === undefined ? undefined : { event: 'file_not_consumed', data: { ...data, ...found } }
    }
    case 'unready':
      return { event: 'endpoints_disagree', data: disagreementData(move.upgrade, data) }
    case 'triggered':
      return { event: 'upgrade_triggered', data }
    case 'completed':
      return { event: 'upgrade_completed', data: switchData(move, data) }
    case 'failed':
      return { event: 'upgrade_failed', data }
    case 'cancelled':
      return { event: 'upgrade_cancelled', data }
    case 'unheeded':
    case 'pending':
    case 'past':
    case 'dropped':
      return undefined
  }
}

function upgradeData(move: UpgradeMove, head: Head | undefined, blockTime: BlockTime | undefined): UpgradeData {
  const { upgrade } = move
  // A refused plan may still happen on the chain, so its reader also needs to know when.
  const isAhead = (upgrade.status === 'scheduled' || upgrade.status === 'refused') && head !== undefined
  const { blocksLeft, eta } = (isAhead && distanceOf(upgrade, head, blockTime)) || {}
  const { key, contract, status, origin, info, reasons, scheduledAt, triggeredAt } = upgrade
  return {
    key,
    kind: upgrade.kind ?? 'governance',
    contract,
    proposalId: proposalOf(upgrade) ?? null,
    follows: move.follows ?? null,
    addedBy: upgrade.addedBy ?? null,
    name: shownPlanName(upgrade),
    ...dueJson(upgrade),
    status,
    origin,
    info: info ?? null,
    reasons,
    why: causeOf(move),
    file: upgrade.writtenAt !== undefined ? 'written' : upgrade.unwritten === true ? 'withheld' : 'none',
    isHeld: upgrade.held === true,
    block: head?.number.toString() ?? null,
    blocksLeft: blocksLeft?.toString() ?? null,
    eta: eta === undefined ? null : isoOf(eta),
    scheduledAt: scheduledAt === undefined ? null : isoOf(scheduledAt),
    triggeredAt: triggeredAt === undefined ? null : isoOf(triggeredAt),
  }
}

function causeOf(move: UpgradeMove): UpgradeCause | null {
  const { type, upgrade, isStuck, isUnwell, isFileless } = move
  if (type === 'refused') {
    if (isHeldBack(move)) return 'held_back'
    if (isBlocked(upgrade)) return 'file_in_the_way'
    return upgrade.status === 'scheduled' ? 'file_withheld' : 'refused'
  }
  if (type !== 'failed') return null
  if (isStuck === true) return 'stuck'
  if (isUnwell === true) return 'unwell'
  if (isFileless === true) return 'not_confirmed'
  return upgrade.status === 'scheduled' ? 'not_written' : upgrade.withdrawn === true ? 'withdrawn' : 'no_proof'
}

function switchData({ seen, upgrade: { postCheck } }: UpgradeMove, data: UpgradeData): SwitchData {
  return {
    ...data,
    oldVersion: seen?.oldVersion ?? null,
    newVersion: seen?.newVersion ?? null,
    evidence: seen?.evidence ?? 'blocks_past_height',
    checks: (postCheck?.checks ?? []).map(({ id, verdict, reason, todo }) => ({
      id,
      verdict,
      reason,
      todo: todo ?? null,
    })),
  }
}

/** Returns which nodes are not ready, and what they report instead. */
function disagreementData(
  { unready = [] }: Upgrade,
  { key, contract, proposalId, name, time }: UpgradeData,
): DisagreementData {
  return {
    key,
    contract,
    proposalId,
    about: 'fork',
    sides: [],
    odd: unready.map(({ host }) => host),
    isSettled: false,
    fork: { name, time, reasons: unready.map(({ reason }) => reason) },
    height: null,
  }
}

function formerData(upgrade: Upgrade): RescheduledData['before'] {
  const { key } = upgrade
  return { key, proposalId: proposalOf(upgrade) ?? null, name: shownPlanName(upgrade), ...dueJson(upgrade) }
}

/**
 * Servers behind one address may alternate with each poll, so an unready node is announced once, unless it had been
 * ready for long.
 */
function unreadyMark({ host, readyUntil }: UnreadyNode): string {
  return readyUntil === undefined ? host : `${host}@${readyUntil}`
}

/** Identifies a fact by its plan. Reminders, and the ways to fail, are distinguished further. */
function factOf({ upgrade, type, reminder, before, isStuck, isUnwell, isSeenNow }: UpgradeMove): string {
  const revision = upgrade.revision === 1 ? '' : `.${upgrade.revision}`
  const plan = `${upgrade.name}@${dueMark(upgrade)}${revision}`
  if (type === 'unready') return `${plan}.${(upgrade.unready ?? []).map(unreadyMark).join('+')}`
  if (type === 'imminent') return `${plan}.${reminder ?? ''}`
  if (type === 'refused') return upgrade.status === 'scheduled' ? `${plan}.write` : plan
  if (isStuck === true) return `${plan}.halt`
  // An upgrade that was announced as completed and then failed its checks, or the reverse, is announced again.
  if (isUnwell === true || isSeenNow === true || (type === 'completed' && upgrade.postCheck?.hasFailed === true))
    return `${plan}.after`
  if (type === 'failed')
    return `${plan}.${upgrade.status === 'scheduled' ? 'write' : before === undefined ? 'stall' : 'withdrawn'}`
  if (isHeldBack({ upgrade, type, before })) return `${plan}.held`
  return plan
}
