import * as z from 'zod'
import { priorities } from '../../domain/notifications/notification.js'
import { events } from '../../channels/filter.js'
import { handlerSchema } from '../../channels/registry.js'
import { templatesSchema } from '../../channels/templates.js'
import { nameHandlers } from '../../channels/nameHandlers.js'
import { routeSchema } from './routeSchema.js'
import { duration, list, oneOf, timerDuration, timezone, voters, whole } from '../../schema/scalars.js'
import { hintsFor, section } from '../../schema/section.js'

const prioritiesSchema = z.partialRecord(z.enum(events), oneOf(priorities), {
  error: (issue) => {
    // zod reports unknown keys here too, although its types do not say so.
    const keys: unknown = issue['keys']
    return Array.isArray(keys) ? hintsFor(keys.map(String), events) : 'expected a mapping of events to priorities'
  },
})

/** The handlers if the configuration names none. */
export const defaultHandlers = [{ type: 'log' }] as const

const heartbeatSchema = section({
  url: z
    .url({ protocol: /^https?$/, error: 'expected an http or https URL' })
    .describe('URL that is called with GET. It is never shown.'),
  interval: timerDuration().prefault('1m').describe('Time between two calls.'),
}).describe(
  "For a dead man's switch: calls a URL as long as the last poll of every chain succeeded and is not older than `monitor.pollInterval`, a thirty-second of it, and `monitor.downAfter` together. It stops if a chain cannot be read or is no longer polled. A failed call is logged and delays nothing. `sync` calls once if it read every chain.",
)

/** How many notifications are kept, and where they are sent. */
export const notifierSchema = section({
  maxNotifications: whole(1).prefault(1_000).describe('Maximum number of notifications that are kept.'),
  maxAge: duration({ least: 1 }).prefault('30d').describe('How long notifications are kept.'),
  timezone: timezone()
    .prefault('UTC')
    .describe(
      'Time zone of the IANA database for times in messages, such as Europe/Berlin. The `message` of webhook, command, log and inbox has times in UTC.',
    ),
  reminders: list(duration({ least: 1 }), 'durations')
    .readonly()
    .prefault(['24h', '6h', '1h'])
    .describe(
      'How long before the end of a vote to send a reminder, and a warning if one of your accounts has not voted.',
    ),
  voters: voters()
    .prefault([])
    .describe(
      'Your accounts that vote: 0x addresses, or accounts of Cosmos chains. A validator (`cosmosvaloper1…`) counts as its account.',
    ),
  heartbeat: z.exactOptional(heartbeatSchema).describe("Signs of life for a dead man's switch."),
  templates: templatesSchema.prefault({}).describe('Your own texts for events, as Liquid templates.'),
  priorities: prioritiesSchema.prefault({}).describe('Priority by event, if it differs from the default.'),
  handlers: list(handlerSchema, 'handlers')
    .transform(nameHandlers)
    .prefault([...defaultHandlers])
    .describe('Where notifications go.'),
  routes: list(routeSchema, 'routes')
    .readonly()
    .prefault([])
    .describe(
      "Which handlers get which notifications. The first rule that matches a notification decides, and further rules as long as `continue` is true. A notification that matches no rule goes to every handler. The handlers' own filters apply last.",
    ),
})
