import * as z from 'zod'
import { parseReminder } from '../../domain/upgrades/reminder.js'
import { duration, flag, list, oneOf, whole } from '../../schema/scalars.js'
import { section } from '../../schema/section.js'

const expectedReminder = 'expected a duration such as 24h, or a count such as 100 blocks'

const reminderSchema = z
  .string({ error: expectedReminder })
  .regex(/^(\d{1,12}(ms|s|m|h|d)|\d{1,12} blocks?)$/, { error: expectedReminder, abort: true })
  .transform((written, context) => {
    const reminder = parseReminder(written)
    if (reminder !== undefined) return reminder
    context.addIssue({ code: 'custom', message: `${expectedReminder}, above zero` })
    return z.NEVER
  })

/** What happens after a proposal passed. */
export const schedulerSchema = section({
  minUpgradeDelay: duration().prefault('10m').describe('Minimum time between scheduling and writing the file.'),
  maxConcurrentUpgrades: whole(1).prefault(1).describe('Maximum number of upgrades in progress at the same time.'),
  validationEnabled: flag()
    .prefault(true)
    .describe('False if plans whose info has malformed addresses or checksums are accepted.'),
  scheduleOn: oneOf(['passed', 'executed']).prefault('passed').describe('When a plan is scheduled.'),
  leadBlocks: whole(0).prefault(0).describe('Write the file this many blocks before the height.'),
  reminders: list(reminderSchema, 'reminders')
    .readonly()
    .prefault(['24h', '1h', '100 blocks'])
    .describe('When to announce an upgrade again: a duration or a number of blocks before its height.'),
  stallTimeout: duration()
    .prefault('30m')
    .describe(
      'An upgrade counts as failed if the chain does not move for this long after its height, or at the block before it if nodes stop there.',
    ),
  completion: oneOf(['version', 'height'])
    .prefault('version')
    .describe('What completes an upgrade: another node version after the height, or the height alone.'),
  lateLimit: duration()
    .prefault('1h')
    .describe('How long after its height the file of a plan may still be written if the monitor was not running.'),
})
