import * as z from 'zod'
import { isJsonObject, type Json } from '../domain/text/json.js'
import type { Notification, NotificationEvent, Priority } from '../domain/notifications/notification.js'
import { cleanLine, cleanText } from '../domain/text/text.js'
import { section } from '../schema/section.js'
import { channelKeys, defineChannel, type LogWriter } from './Channel.js'
import type { Handler } from './Handler.js'

/** Writes notifications to the log. */
export const log = defineChannel({
  bundles: false,
  schema: section({
    type: z.literal('log').describe('Writes to the log.'),
    ...channelKeys,
  }).describe(
    'One line for each notification, with its text and data as fields. Low and medium priority are logged as `info`, high as `warn`, critical as `error`; an upgrade that goes as planned is `warn`.',
  ),
  keeps: 'nothing',
  preview: ({ title }) => title,
  placeOf: () => [],
  secrets: () => ({}),
  open: (_settings, deps) => ({ handler: logHandler({ write: deps.log }) }),
})

export interface LogHandlerOptions {
  readonly write: LogWriter
}

const levels = { low: 'info', medium: 'info', high: 'warn', critical: 'error' } as const satisfies Record<
  Priority,
  keyof LogWriter
>
// An event that went as planned is no error, however high its priority.
const asPlanned: ReadonlySet<NotificationEvent> = new Set(['upgrade_triggered', 'upgrade_halt_reached'])
const maxLetters = 4_000

/**
 * Writes one structured line per notification, at a level that follows from its priority. All text is made printable
 * first, so that text from a chain cannot move a cursor, recolour a terminal or forge another line.
 */
export function logHandler({ write }: LogHandlerOptions): Handler {
  return {
    type: 'log',
    handle: (notification) => {
      write[asPlanned.has(notification.event) ? 'warn' : levels[notification.priority]](
        fieldsOf(notification),
        cleanLine(notification.title, maxLetters),
      )
      return Promise.resolve()
    },
  }
}

function fieldsOf({
  id,
  event,
  priority,
  chain,
  message,
  timestamp,
  labels,
  data,
}: Notification): Readonly<Record<string, Json>> {
  return {
    notification: cleanLine(id, maxLetters),
    event,
    priority,
    chain: cleanLine(chain, maxLetters),
    timestamp,
    ...(labels !== undefined && Object.keys(labels).length > 0 && { labels }),
    // Its line breaks are our own; text from a chain never spans lines.
    message: cleanText(message, maxLetters),
    data: clean(data),
  }
}

function clean(value: Json): Json {
  if (typeof value === 'string') return cleanLine(value, maxLetters)
  if (isJsonObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [cleanLine(name, maxLetters), clean(part)]))
  }
  return isList(value) ? value.map(clean) : value
}

// Array.isArray does not narrow a readonly array.
function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
