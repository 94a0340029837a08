import { isHeldBack } from '../upgrades/rules/holdBack.js'
import { cleanLine } from '../text/text.js'
import type { Upgrade, UpgradeMove } from '../upgrades/upgrade.js'

/** What a plan may be named and still be acted on; a host's own `extractPlan` may bring anything. */
export const maxName = 128

function nameOf({ name }: Pick<Upgrade, 'name'>): string {
  return cleanLine(name, maxName) || 'an unnamed plan'
}

/** A move of an upgrade in one line. */
export function upgradeTitle({ upgrade, type, before, isStuck }: UpgradeMove): string {
  const { height, status } = upgrade
  const what = nameOf(upgrade)
  switch (type) {
    case 'scheduled':
      return `Upgrade ${what} scheduled for height ${height}`
    case 'refused':
      return isHeldBack({ upgrade, type, before })
        ? `Upgrade ${what} at height ${height} held back`
        : status === 'scheduled'
          ? `upgrade-info.json for ${what} is not written`
          : `Upgrade ${what} at height ${height} refused`
    case 'rescheduled':
      return before === undefined || before.height === height
        ? `Upgrade ${what} changed, still at height ${height}`
        : `Upgrade ${what} moved from height ${before.height} to ${height}`
    case 'imminent':
      return `Upgrade ${what} is near: height ${height}`
    case 'halted':
      return `The halt height of ${what} is reached: block ${height - 1}`
    case 'triggered':
      return `Upgrade ${what} triggered at height ${height}`
    case 'restarted':
      return `The node restarted at upgrade ${what}, with the version it ran before`
    case 'completed':
      return `Upgrade ${what} completed`
    case 'failed':
      if (isStuck === true) return `The node has not come past upgrade ${what} at height ${height}`
      return status === 'scheduled' ? `upgrade-info.json for ${what} cannot be written` : `Upgrade ${what} failed`
    case 'cancelled':
      return `Upgrade ${what} cancelled`
    case 'pending':
      return `Upgrade ${what} at height ${height} is in the vote`
    case 'past':
      return `Upgrade ${what} at height ${height} was over already`
    case 'dropped':
      return `Upgrade ${what} at height ${height} lost its vote`
  }
}

/** What a move of an upgrade means for people, and what they should do. */
export function upgradeDetail(move: UpgradeMove): string {
  const { upgrade, type, before } = move
  const name = nameOf(upgrade)
  const { height } = upgrade
  switch (type) {
    case 'scheduled':
      return `${upgrade.origin === 'chain' ? 'the chain has it scheduled' : 'the proposal passed'}; the node switches to ${name} at height ${height}. Have the binary in place.`
    case 'refused':
      return refused(move, name)
    case 'rescheduled':
      return `the proposal now means ${name} at height ${height}; it meant ${before === undefined ? 'something else' : `${nameOf(before)} at ${before.height}`}.`
    case 'imminent':
      return `${name} is due at height ${height}. Is the binary in place?`
    case 'halted':
      return `block ${height - 1} is the last one that the old binary can process. A node without ${name} stops here, writes upgrade-info.json by itself and waits: its process manager switches the binary now. Without one, start ${name} by hand.`
    case 'triggered':
      return triggered(upgrade, name)
    case 'restarted':
      return `the node was out of reach after ${name} was triggered and runs ${move.seen?.newVersion ?? 'the same version'} again: a restart, not a switch. Look whether the process manager has the new binary.`
    case 'completed':
      return completed(move, name)
    case 'failed':
      return failed(move, name)
    case 'cancelled':
      return `${name} at height ${height} is off.`
    case 'pending':
    case 'past':
    case 'dropped':
      return upgradeTitle(move)
  }
}

function refused({ upgrade: { status, height }, type, upgrade, before, more = 0 }: UpgradeMove, name: string): string {
  if (isHeldBack({ upgrade, type, before }))
    return 'the proposal is in a state that cannot be read. Look at the contract: the file waits.'
  if (status === 'scheduled')
    return `the chain holds ${name} and its nodes switch at height ${height} all the same: reminders and the rest go on. govstream writes no file for it.`
  const others = more === 0 ? '' : ` So it is with ${more} more at once: see govstream upgrades.`
  return `the proposal asks for an upgrade that govstream does not act on. Nothing is written for it.${others}`
}

function triggered({ writtenAt, unwritten, held, height }: Upgrade, name: string): string {
  if (writtenAt !== undefined) return `upgrade-info.json carries ${name}; the process manager switches the binary now.`
  const why =
    unwritten === true ? 'No file is written for it by govstream.' : 'No file is written here by configuration.'
  return `the height of ${name} is reached: block ${height}. ${why}${held === true ? ' The nodes of this chain switch by themselves.' : ''}`
}

function completed({ upgrade: { height }, seen }: UpgradeMove, name: string): string {
  const { evidence, oldVersion, newVersion } = seen ?? {}
  switch (evidence) {
    case 'chain_applied':
      return `${name} is done: the chain says that it carried the plan out.`
    case 'version_changed':
      return `${name} is done: the node runs ${newVersion ?? 'another version'}, it ran ${oldVersion ?? 'another one'} before, and the chain is past height ${height}.`
    case 'same_version_after_outage':
      return `${name} counts as done: the node came back after an outage and the chain is past height ${height}. It still tells the version ${oldVersion ?? 'it had before'}.`
    case 'blocks_past_height':
    case undefined:
      return `${name} counts as done: the chain is past height ${height}. No other version of the node was seen.`
  }
}

function failed({ upgrade, isStuck }: UpgradeMove, name: string): string {
  const { height, status, withdrawn, writtenAt } = upgrade
  if (isStuck === true)
    return `the nodes of this chain stop at block ${height - 1} and go on only with ${name}. Nothing shows that they do: look at the node now. The upgrade still waits.`
  if (status === 'scheduled') return `the file for ${name} could not be written. Each poll tries again.`
  if (withdrawn === true)
    return `the proposal of ${name} is lost after its height was reached${writtenAt === undefined ? '' : ' and its file was written'}. Look at the node now.`
  return `${name} was triggered, but there is no proof that the node carries on. Look at it now.`
}
