import { isHeldBack } from './holdBack.js'
import { cleanLine } from './text.js'
import type { Upgrade, UpgradeMove } from './upgrade.js'

/** What a plan may be named and still be acted on; a host's own `extractPlan` may bring anything. */
export const maxName = 128

export function nameOf({ name }: Pick<Upgrade, 'name'>): string {
  return cleanLine(name, maxName) || 'an unnamed plan'
}

/** A move of an upgrade in one line. */
export function titleOf({ upgrade, type, before }: UpgradeMove): string {
  const { height, status } = upgrade
  const what = nameOf(upgrade)
  switch (type) {
    case 'scheduled': return `Upgrade ${what} scheduled for height ${height}`
    case 'refused': return `Upgrade ${what} at height ${height} ${isHeldBack({ upgrade, type, before }) ? 'held back' : 'refused'}`
    case 'rescheduled': return before === undefined || before.height === height
      ? `Upgrade ${what} changed, still at height ${height}`
      : `Upgrade ${what} moved from height ${before.height} to ${height}`
    case 'imminent': return `Upgrade ${what} is near: height ${height}`
    case 'triggered': return `Upgrade ${what} triggered at height ${height}`
    case 'completed': return `Upgrade ${what} completed`
    case 'failed': return status === 'scheduled' ? `upgrade-info.json for ${what} cannot be written` : `Upgrade ${what} failed`
    case 'cancelled': return `Upgrade ${what} cancelled`
  }
}

/** What a move of an upgrade means for people, and what they should do. */
export function detailOf({ upgrade, type, before }: UpgradeMove): string {
  const name = nameOf(upgrade)
  const { height } = upgrade
  switch (type) {
    case 'scheduled': return upgrade.origin === 'chain'
      ? `the chain has it scheduled; the node switches to ${name} at height ${height}. Have the binary in place.`
      : `the proposal passed; the node switches to ${name} at height ${height}. Have the binary in place.`
    case 'refused': return isHeldBack({ upgrade, type, before })
      ? 'the proposal is in a state that cannot be read. Look at the contract: the file waits.'
      : 'the proposal asks for an upgrade that govstream does not act on. Nothing is written for it.'
    case 'rescheduled': return `the proposal now means ${name} at height ${height}; it meant ${before === undefined ? 'something else' : `${nameOf(before)} at ${before.height}`}.`
    case 'imminent': return `${name} is due at height ${height}. Is the binary in place?`
    case 'triggered': return upgrade.writtenAt === undefined
      ? `the height of ${name} is reached. No file is written here by configuration.`
      : `upgrade-info.json carries ${name}; the process manager switches the binary now.`
    case 'completed': return `${name} is done: the chain is past height ${height} and moves on.`
    case 'failed': return upgrade.status === 'scheduled'
      ? `the file for ${name} could not be written. Each poll tries again.`
      : `${name} was triggered, but there is no proof that the node carries on. Look at it now.`
    case 'cancelled': return `${name} at height ${height} is off.`
  }
}
