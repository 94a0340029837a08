import * as z from 'zod'
import { cronProblem } from '../../notify/digestTimes.js'
import { isMatchKey, matchKeys, matchProblem } from '../../notify/match.js'
import { hasOpenMinute, parseQuietHours } from '../../notify/quietHours.js'
import { flag, list, text, timerDuration } from '../../schema/scalars.js'
import { section } from '../../schema/section.js'

const matched = (what: string): z.ZodExactOptional<z.ZodString> =>
  z.exactOptional(text()).describe(`${what} Exact, a glob with \`*\`, or \`re2:\` and a regular expression.`)

/** The conditions of a route; a notification must meet all of them. */
const matchSchema = z
  .object(
    {
      chain: matched('Name of the chain.'),
      system: matched('Governance system.'),
      event: matched('The event.'),
      type: matched('Type of the proposal.'),
      priority: z.exactOptional(text()).describe('Minimum priority.'),
      title: matched('Title of the notification or of the proposal.'),
      subject: matched('What it is about: chain/contract/id of a proposal, or a chain.'),
    },
    { error: 'expected a mapping of keys to what they must be like' },
  )
  .catchall(text())
  .superRefine((match, context) => {
    for (const [key, value] of Object.entries(match)) {
      const message = matchProblem(key, value)
      if (message !== undefined) context.addIssue({ code: 'custom', path: [key], message })
    }
  })

const groupSchema = section({
  by: list(
    text().refine(isMatchKey, { error: `expected one of ${matchKeys.join(', ')} or label.NAME` }),
    'keys of a match',
  )
    .readonly()
    .prefault(['chain', 'subject'])
    .describe('Notifications that are equal in all of these form one group.'),
  wait: timerDuration().prefault('30s').describe('Time from the first notification of a group to its message.'),
  interval: timerDuration().prefault('5m').describe('Minimum time between two messages of a group.'),
})

const span = 'expected a span of each day such as 22:00-07:00'
const quietSchema = list(
  text(span).transform((written, context) => {
    const hours = parseQuietHours(written)
    if (hours !== undefined) return hours
    context.addIssue({ code: 'custom', message: span })
    return z.NEVER
  }),
  'spans such as 22:00-07:00',
)
  .superRefine((spans, context) => {
    if (hasOpenMinute(spans)) return
    const message = 'expected some time of the day that is not quiet'
    context.addIssue({ code: 'custom', path: [spans.length - 1], message })
  })
  .readonly()

const digestSchema = text().superRefine((written, context) => {
  const message = cronProblem(written)
  if (message !== undefined) context.addIssue({ code: 'custom', message })
})

/** One rule about where and when notifications are sent. */
export const routeSchema = section({
  match: matchSchema
    .prefault({})
    .describe(
      'The notifications that the rule applies to: those that match every entry. Labels are written as `label.NAME`. Default: all.',
    ),
  to: z
    .exactOptional(list(text(), 'names of handlers').min(1, { error: 'expected at least one handler' }).readonly())
    .describe('Names of the handlers that get them. Default: every handler.'),
  continue: flag().prefault(false).describe('True if the next rules are evaluated too.'),
  group: z
    .exactOptional(groupSchema)
    .describe(
      'Joins the notifications of a burst into one message, or a digest into one message for each group. Critical ones are sent at once.',
    ),
  quietHours: z
    .exactOptional(quietSchema)
    .describe(
      'Times, in `notifier.timezone`, at which only critical notifications are sent, and those that would otherwise come after their own deadline or height.',
    ),
  digest: z
    .exactOptional(digestSchema)
    .describe(
      'When everything that has come so far is sent, as one message, or with a `group` as one message for each group. A cron expression of five fields, in `notifier.timezone`.',
    ),
})
