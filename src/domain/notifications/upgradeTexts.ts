import { isHeldBack } from '../upgrades/rules/holdBack.js'
import type { LocalTime, Viewpoint } from '../text/localTime.js'
import { shownPlanName } from '../plans/plan.js'
import type { Notification } from './notification.js'
import type { RefusedData, SwitchData, UpgradeCause, UpgradeData, UpgradeEvent } from './upgradeData.js'
import { blocksText, heightText } from './phrases.js'
import { isOwn, type UpgradeMove } from '../upgrades/upgrade.js'

const unnamed = 'an unnamed plan'

/** A move of an upgrade in one line. */
export function upgradeTitle({ upgrade, type, before, isStuck }: UpgradeMove): string {
  const { height, status } = upgrade
  const what = `${shownPlanName(upgrade) || unnamed}${isOwn(upgrade) ? ' (your own plan)' : ''}`
  switch (type) {
    case 'scheduled':
      return `Upgrade ${what} scheduled for height ${heightText(height)}`
    case 'refused':
      return isHeldBack({ upgrade, type, before })
        ? `Upgrade ${what} at height ${heightText(height)} held back`
        : status === 'scheduled'
          ? `upgrade-info.json for ${what} is not written`
          : `Upgrade ${what} at height ${heightText(height)} refused`
    case 'rescheduled':
      return before === undefined || before.height === height
        ? `Upgrade ${what} changed, still at height ${heightText(height)}`
        : `Upgrade ${what} moved from height ${heightText(before.height)} to ${heightText(height)}`
    case 'imminent':
      return `Upgrade ${what} is near: height ${heightText(height)}`
    case 'halted':
      return `The halt height of ${what} is reached: block ${heightText(height - 1)}`
    case 'triggered':
      return `Upgrade ${what} triggered at height ${heightText(height)}`
    case 'restarted':
      return `The node restarted at upgrade ${what}, with the version it ran before`
    case 'completed':
      return `Upgrade ${what} completed`
    case 'failed':
      if (isStuck === true) return `The node has not come past upgrade ${what} at height ${heightText(height)}`
      return status === 'scheduled' ? `upgrade-info.json for ${what} cannot be written` : `Upgrade ${what} failed`
    case 'cancelled':
      return `Upgrade ${what} cancelled`
    case 'pending':
      return `Upgrade ${what} at height ${heightText(height)} is in the vote`
    case 'past':
      return `Upgrade ${what} at height ${heightText(height)} was over already`
    case 'dropped':
      return `Upgrade ${what} at height ${heightText(height)} lost its vote`
  }
}

type UpgradeNotification = Extract<Omitted<Notification>, { readonly event: UpgradeEvent }>
type Omitted<N> = N extends Notification ? Pick<N, 'event' | 'data'> : never

/** What happened to an upgrade, for people: a clause that ends in a full stop. */
export function upgradeDetail(notification: UpgradeNotification): string {
  const { data } = notification
  const { height } = data
  const name = data.name || unnamed
  switch (notification.event) {
    case 'upgrade_scheduled':
      return `${scheduledBy(data)}; the node switches to ${name} at height ${heightText(height)}.`
    case 'upgrade_refused':
      return refused(notification.data, name)
    case 'upgrade_rescheduled': {
      const { before } = notification.data
      return `${askerOf(data)} now means ${name} at height ${heightText(height)}; it meant ${before === null ? 'something else' : `${before.name || unnamed} at ${heightText(before.height)}`}.`
    }
    case 'upgrade_imminent':
      return `${name} is due at height ${heightText(height)}.`
    case 'upgrade_halt_reached':
      return `block ${heightText(height - 1)} is the last one that the old binary can process. A node without ${name} stops here, writes upgrade-info.json by itself and waits: its process manager switches the binary now.`
    case 'upgrade_triggered':
      return triggered(data, name)
    case 'upgrade_restarted':
      return `the node was out of reach after ${name} was triggered and runs ${notification.data.newVersion ?? 'the same version'} again: a restart, not a switch.`
    case 'upgrade_completed':
      return completed(notification.data, name)
    case 'upgrade_failed':
      return failed(data, name)
    case 'upgrade_cancelled':
      return `${name} at height ${heightText(height)} is off.`
  }
}

/** What the reader should do about it, a sentence or more; absent where there is nothing to do. */
export function upgradeAdvice({ event, data }: UpgradeNotification): string | undefined {
  switch (event) {
    case 'upgrade_scheduled':
      return 'Have the binary in place.'
    case 'upgrade_imminent':
      return `Check that the binary of ${data.name || unnamed} is in place.`
    case 'upgrade_halt_reached':
      return `Where no process manager does it, start ${data.name || unnamed} by hand now.`
    case 'upgrade_restarted':
      return 'Look whether the process manager has the new binary.'
    case 'upgrade_rescheduled':
      return 'Check that the binary in place is the one for this plan.'
    case 'upgrade_triggered':
      return 'Watch the node come back.'
    case 'upgrade_cancelled':
      return 'Take the binary out again, where it was put in place.'
    case 'upgrade_refused':
      if (isOwn(data))
        return 'Take the plan back (govstream plan remove, or its entry in plans) or correct it, and settle with your people which counts.'
      return data.why === 'held_back'
        ? 'Look at the contract: the file waits.'
        : data.why === 'file_withheld'
          ? 'Prepare the switch by hand.'
          : 'Settle with your people whether the upgrade comes, and prepare it by hand where it does.'
    case 'upgrade_failed':
      return failureAdvice[data.why ?? 'no_proof']
    default:
      return undefined
  }
}

const failureAdvice: Readonly<Partial<Record<UpgradeCause, string>>> = {
  stuck: 'Look at the node now. The upgrade still waits.',
  not_written: 'Mend that now: each poll tries again.',
  withdrawn: 'Look at the node now: which binary does it run?',
  no_proof: 'Look at the node now: is it up, and which version does it run?',
}

/** True where a contract announced it, without a vote. */
function isAnnounced(data: Pick<UpgradeData, 'kind' | 'proposalId'>): boolean {
  return data.proposalId === null && !isOwn(data)
}

function askerOf(data: UpgradeData): string {
  return isOwn(data) ? 'your own plan' : isAnnounced(data) ? 'the contract' : 'the proposal'
}

function scheduledBy(data: UpgradeData): string {
  const { origin } = data
  if (isOwn(data)) return 'it is your own plan, no vote decided it'
  if (isAnnounced(data)) return 'its contract announces it, no vote decides it'
  return origin === 'chain' ? 'the chain has it scheduled' : 'the proposal passed'
}

function refused(data: RefusedData, name: string): string {
  const { why, height, more } = data
  if (why === 'held_back')
    return isAnnounced(data) ? 'it is in doubt what holds.' : 'the proposal is in a state that cannot be read.'
  if (why === 'file_withheld')
    return `the chain holds ${name} and its nodes switch at height ${heightText(height)} all the same: reminders and the rest go on. govstream writes no file for it.`
  const others = more === 0 ? '' : ` So it is with ${more} more at once: see govstream upgrades.`
  return `${askerOf(data)} asks for an upgrade that govstream does not act on. Nothing is written for it.${others}`
}

function triggered({ file, isHeld, height }: UpgradeData, name: string): string {
  if (file === 'written') return `upgrade-info.json carries ${name}; the process manager switches the binary now.`
  const why =
    file === 'withheld' ? 'No file is written for it by govstream.' : 'No file is written here by configuration.'
  return `the height of ${name} is reached: block ${heightText(height)}. ${why}${isHeld ? ' The nodes of this chain switch by themselves.' : ''}`
}

function completed({ height, evidence, oldVersion, newVersion }: SwitchData, name: string): string {
  switch (evidence) {
    case 'chain_applied':
      return `${name} is done: the chain says that it carried the plan out.`
    case 'version_changed':
      return `${name} is done: the node runs ${newVersion ?? 'another version'}, it ran ${oldVersion ?? 'another one'} before, and the chain is past height ${heightText(height)}.`
    case 'same_version_after_outage':
      return `${name} counts as done: the node came back after an outage and the chain is past height ${heightText(height)}. It still tells the version ${oldVersion ?? 'it had before'}.`
    case 'blocks_past_height':
      return `${name} counts as done: the chain is past height ${heightText(height)}. No other version of the node was seen.`
  }
}

function failed(data: UpgradeData, name: string): string {
  const { why, height, file } = data
  if (why === 'stuck')
    return `the nodes of this chain stop at block ${heightText(height - 1)} and go on only with ${name}. Nothing shows that they do.`
  if (why === 'not_written') return `the file for ${name} could not be written.`
  if (why === 'withdrawn')
    return `the ${isAnnounced(data) ? 'announcement' : 'proposal'} of ${name} is lost after its height was reached${file === 'written' ? ' and its file was written' : ''}.`
  return `${name} was triggered, but there is no proof that the node carries on.`
}

/**
 * What is known of an upgrade beside the event, the most important first: where it goes on, that is when its height
 * comes; else why it does not.
 */
export function upgradeLines(
  { event, data }: UpgradeNotification,
  from: Viewpoint,
  clock: LocalTime,
): readonly string[] {
  const arrival = arrivalLines(data, from, clock)
  const isExplained = event === 'upgrade_refused' || event === 'upgrade_failed'
  return isExplained ? [...data.reasons, ...arrival] : [...arrival, ...data.reasons]
}

/** When the height of an upgrade that is ahead comes. */
function arrivalLines(
  { height, blocksLeft, eta }: UpgradeData,
  { from, isLate }: Viewpoint,
  clock: LocalTime,
): readonly string[] {
  if (blocksLeft === null) return []
  const isAhead = eta === null || Date.parse(eta) > Date.parse(from)
  const comes = eta === null ? 'is ahead' : isAhead ? `comes ${clock.ahead(eta, from)}` : `was due ${clock.full(eta)}`
  return [`Block ${heightText(height)} ${comes}${isLate ? '' : `: ${blocksText(BigInt(blocksLeft))} to go`}.`]
}
