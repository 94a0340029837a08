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
    .describe('What is called with GET. It is never shown.'),
  interval: timerDuration().prefault('1m').describe('From one call to the next.'),
}).describe(
  "For a dead man's switch: calls an address while the last poll of every chain is good, and not older than `monitor.pollInterval` and `monitor.downAfter` together; it stops where a chain cannot be read or nothing moves on. A call that fails is logged and delays nothing. `sync` calls once where it read every chain.",
)

/** How many notifications are kept, and where they are sent. */
export const notifierSchema = section({
  maxNotifications: whole(1).prefault(1_000).describe('Most notifications kept.'),
  maxAge: duration({ least: 1 }).prefault('30d').describe('How long notifications are kept.'),
  timezone: timezone()
    .prefault('UTC')
    .describe(
      'Zone of the IANA database in which times are told, such as Europe/Berlin. The `message` that webhook, command and log have, as the inbox, says them in UTC.',
    ),
  reminders: list(duration({ least: 1 }), 'durations')
    .readonly()
    .prefault(['24h', '6h', '1h'])
    .describe('How long before the end of a vote it is told once more, and that one of yours has not voted.'),
  voters: voters()
    .prefault([])
    .describe(
      'Accounts of yours that vote: 0x addresses, or accounts of Cosmos chains, of which a validator (`cosmosvaloper1…`) stands for its account.',
    ),
  heartbeat: z.exactOptional(heartbeatSchema).describe("Signs of life for a dead man's switch."),
  templates: templatesSchema.prefault({}).describe('Texts of your own for an event, as templates of Liquid.'),
  priorities: prioritiesSchema.prefault({}).describe('Priority per event, where it is not the default.'),
  handlers: list(handlerSchema, 'handlers')
    .transform(nameHandlers)
    .prefault([...defaultHandlers])
    .describe('Where notifications go.'),
  routes: list(routeSchema, 'routes')
    .readonly()
    .prefault([])
    .describe(
      "Which handlers get what: the first rule that fits a notification decides, and the next ones while `continue` says so. What no rule fits goes to every handler; the handlers' own filters apply last.",
    ),
})
