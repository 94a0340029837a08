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
      priority: z.exactOptional(text()).describe('Least priority.'),
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
    .describe('What is equal in all of these goes together.'),
  wait: timerDuration().prefault('30s').describe('From the first notification of a group to its message.'),
  interval: timerDuration().prefault('5m').describe('At least, from one message of a group to the next.'),
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
      'Which notifications it is about: those that fit every entry, also of labels as `label.NAME`. Default: all.',
    ),
  to: z
    .exactOptional(list(text(), 'names of handlers').min(1, { error: 'expected at least one handler' }).readonly())
    .describe('Names of the handlers that get them. Default: every handler.'),
  continue: flag().prefault(false).describe('Whether the next rules are looked at too.'),
  group: z
    .exactOptional(groupSchema)
    .describe('Makes one message of a burst, or of a digest one for each group. Critical ones are told at once.'),
  quietHours: z
    .exactOptional(quietSchema)
    .describe(
      'When nothing is told but what is critical, or would come out after its own deadline or height; in `notifier.timezone`.',
    ),
  digest: z
    .exactOptional(digestSchema)
    .describe(
      'When all is told that came until then, as one message, or with a `group` as one for each: a cron expression of five fields, in `notifier.timezone`.',
    ),
})
