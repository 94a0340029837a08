import { type BlockTime, etaOf } from './blockTime.js'
import type { Telling } from './chainState.js'
import type { Head } from './head.js'
import type { Json } from './json.js'
import type { NotificationEvent } from './notification.js'
import { telling } from './telling.js'
import { cleanLine } from './text.js'
import { durationText, isoOf } from './time.js'
import type { Upgrade, UpgradeMove } from './upgrade.js'

const events: Readonly<Record<UpgradeMove['type'], NotificationEvent>> = {
  scheduled: 'upgrade_scheduled',
  refused: 'upgrade_refused',
  rescheduled: 'upgrade_rescheduled',
  imminent: 'upgrade_imminent',
  triggered: 'upgrade_triggered',
  completed: 'upgrade_completed',
  failed: 'upgrade_failed',
  cancelled: 'upgrade_cancelled',
}

/** What a move of an upgrade has to say. */
export function tellUpgrade(move: UpgradeMove, head?: Head, blockTime?: BlockTime): readonly Telling[] {
  if (move.silent) return []
  const { upgrade, type, time } = move
  const left = countdown(upgrade, head, blockTime)
  const data: Record<string, Json> = {
    contract: upgrade.contract,
    proposalId: upgrade.proposalId,
    name: cleanLine(upgrade.name, maxName),
    height: upgrade.height,
    status: upgrade.status,
    origin: upgrade.origin,
    reasons: upgrade.reasons,
  }
  if (upgrade.info !== undefined) data['info'] = upgrade.info
  if (head !== undefined) data['block'] = String(head.number)
  return [telling({
    chain: upgrade.chain,
    event: events[type],
    subject: upgrade.key,
    fact: factOf(move),
    title: titleOf(move),
    message: [`${upgrade.chain}: ${detail(move)}`, ...upgrade.reasons, ...(left === undefined ? [] : [left])].join('\n'),
    timestamp: isoOf(time),
    data,
  })]
}

// What a plan may be named and still be acted on; a host's own `extractPlan` may bring anything.
const maxName = 128

function nameOf({ name }: Pick<Upgrade, 'name'>): string {
  return cleanLine(name, maxName) || 'an unnamed plan'
}

/** The plan makes the fact; a reminder and the ways to fail have more of their own. */
function factOf({ upgrade, type, reminder, before }: UpgradeMove): string {
  const round = upgrade.round === 1 ? '' : `.${upgrade.round}`
  const plan = `${upgrade.name}@${upgrade.height}${round}`
  if (type === 'imminent') return `${plan}.${reminder ?? ''}`
  if (type === 'failed') return `${plan}.${upgrade.status === 'scheduled' ? 'write' : before === undefined ? 'stall' : 'withdrawn'}`
  if (isHeldBack(upgrade, type, before)) return `${plan}.held`
  return plan
}

/** Not refused for good: see `holdBack`. */
function isHeldBack({ status }: Upgrade, type: UpgradeMove['type'], before: Upgrade | undefined): boolean {
  return type === 'refused' && status === 'scheduled' && before !== undefined
}

function titleOf({ upgrade, type, before }: UpgradeMove): string {
  const { height, status } = upgrade
  const what = nameOf(upgrade)
  switch (type) {
    case 'scheduled': return `Upgrade ${what} scheduled for height ${height}`
    case 'refused': return `Upgrade ${what} at height ${height} ${isHeldBack(upgrade, type, before) ? 'held back' : 'refused'}`
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

function detail({ upgrade, type, before }: UpgradeMove): string {
  const from = `proposal ${upgrade.proposalId}`
  const name = nameOf(upgrade)
  const { height } = upgrade
  switch (type) {
    case 'scheduled': return `${from} passed; the node switches to ${name} at height ${height}. Have the binary in place.`
    case 'refused': return isHeldBack(upgrade, type, before)
      ? `${from} is in a state that cannot be read. Look at the contract: the file for ${name} waits.`
      : `${from} asks for an upgrade that govstream does not act on. Nothing is written for it.`
    case 'rescheduled': return `${from} now means ${name} at height ${height}; it meant ${before === undefined ? 'something else' : `${nameOf(before)} at ${before.height}`}.`
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

function countdown({ status, height }: Upgrade, head?: Head, blockTime?: BlockTime): string | undefined {
  if (status !== 'scheduled' || head === undefined || !Number.isSafeInteger(height)) return undefined
  const blocks = BigInt(height) - head.number
  if (blocks <= 0n) return undefined
  const eta = blockTime === undefined ? undefined : etaOf(BigInt(height), head, blockTime)
  const blockText = `${blocks} block${blocks === 1n ? '' : 's'} to go`
  return eta === undefined ? `${blockText}.` : `${blockText}, about ${durationText(Number(eta - head.timestamp))} (${isoOf(eta)}).`
}
