import type { BlockTime } from '../blocks/blockTime.js'
import type { Head } from '../blocks/head.js'
import { distanceOf } from '../plans/dueAt.js'
import type { Reminder } from './reminder.js'
import type { Upgrade } from './upgrade.js'

/**
 * Returns the reminders that are due and were not given yet, the tightest one last. Only that one is announced; the
 * others count as given with it. A reminder in blocks is never due for an upgrade with a time.
 */
export function remindersDue(
  upgrade: Upgrade,
  head: Head,
  blockTime: BlockTime,
  reminders: readonly Reminder[],
): readonly Reminder[] {
  const ahead = distanceOf(upgrade, head, blockTime)
  if (ahead === undefined) return []
  const { blocksLeft, eta } = ahead
  const secondsLeft = eta === undefined ? undefined : Number(eta - head.timestamp)
  const pace = secondsLeft === undefined || blocksLeft === undefined ? 1 : secondsLeft / Number(blocksLeft)
  const distance = (reminder: Reminder): number =>
    reminder.kind === 'blocks' ? reminder.blocks * pace : reminder.ms / 1000
  return reminders
    .filter(
      (reminder) =>
        !upgrade.reminded.includes(reminder.text) &&
        (reminder.kind === 'blocks'
          ? blocksLeft !== undefined && blocksLeft <= BigInt(reminder.blocks)
          : secondsLeft !== undefined && secondsLeft * 1000 <= reminder.ms),
    )
    .sort((a, b) => distance(b) - distance(a))
}
