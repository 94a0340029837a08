import type { BlockTime } from '../blocks/blockTime.js'
import type { Head } from '../blocks/head.js'
import type { Judgement } from './judgeCompletion.js'
import { remindersDue } from './remindersDue.js'
import type { Scheduling } from './scheduling.js'
import type { Upgrade, UpgradeMove } from './upgrade.js'

/** What the judgement about an upgrade in progress does to it: a restart is told, also where it is not the end. */
export function concluded(upgrade: Upgrade, judgement: Judgement, time: bigint): readonly UpgradeMove[] {
  const { evidence, restart } = judgement
  const seen: Upgrade = { ...upgrade, evidence }
  const restarted: readonly UpgradeMove[] =
    restart === undefined ? [] : [{ type: 'restarted', upgrade: seen, time, silent: false, seen: restart }]
  if (judgement.verdict === 'waiting') return restarted
  const over = { ...seen, status: judgement.verdict, completedAt: time }
  return judgement.verdict === 'completed'
    ? [
        ...restarted,
        { type: 'completed', upgrade: { ...over, reasons: [] }, time, silent: false, seen: judgement.seen },
      ]
    : [...restarted, { type: 'failed', upgrade: { ...over, reasons: [judgement.reason] }, time, silent: false }]
}

/** A reorg took the proposal of an upgrade. */
export function withdraw(upgrade: Upgrade | undefined, time: bigint): readonly UpgradeMove[] {
  if (upgrade === undefined || upgrade.withdrawn === true) return []
  const { status, reasons, writtenAt } = upgrade
  if (status === 'cancelled' || status === 'completed') return []
  if (status === 'pending' || status === 'past') return [{ type: 'dropped', upgrade, time, silent: true }]
  if (status === 'in_progress' || status === 'failed') {
    const reason = `A reorg removed the proposal after ${writtenAt === undefined ? 'the height was reached' : 'the file was written'}: look at the node before it switches.`
    return [
      {
        type: 'failed',
        upgrade: { ...upgrade, status: 'failed', withdrawn: true, completedAt: time, reasons: [...reasons, reason] },
        time,
        silent: false,
        before: upgrade,
      },
    ]
  }
  const cancelled: Upgrade = {
    ...upgrade,
    status: 'cancelled',
    completedAt: time,
    reasons: ['A reorg removed the proposal from the chain.'],
  }
  return [{ type: 'cancelled', upgrade: cancelled, time, silent: status === 'refused', before: upgrade }]
}

export function remind(
  upgrade: Upgrade | undefined,
  { head, blockTime }: { readonly head: Head; readonly blockTime: BlockTime },
  { reminders }: Pick<Scheduling, 'reminders'>,
): readonly UpgradeMove[] {
  if (upgrade?.status !== 'scheduled' || reminders.length === 0) return []
  const due = remindersDue(upgrade, head, blockTime, reminders)
  const tightest = due.at(-1)
  if (tightest === undefined) return []
  const reminded: Upgrade = { ...upgrade, reminded: [...upgrade.reminded, ...due.map(({ text }) => text)] }
  return [{ type: 'imminent', upgrade: reminded, time: head.timestamp, silent: false, reminder: tightest.text }]
}

/** The last block of the old binary, at which the nodes of a chain that holds the plan itself stop; told once. */
export function halted(upgrade: Upgrade | undefined, head: Head): readonly UpgradeMove[] {
  if (
    upgrade?.status !== 'scheduled' ||
    upgrade.held !== true ||
    upgrade.haltReachedAt !== undefined ||
    head.number !== BigInt(upgrade.height) - 1n
  )
    return []
  return [
    { type: 'halted', upgrade: { ...upgrade, haltReachedAt: head.timestamp }, time: head.timestamp, silent: false },
  ]
}
