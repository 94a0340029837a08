import * as z from 'zod'
import { defined } from '../domain/defined.js'
import type { Message } from '../domain/notifications/message.js'
import type { Notification, NotificationEvent } from '../domain/notifications/notification.js'
import { cleanLine } from '../domain/text/text.js'
import { parseTemplate, type Template, templateProblem, templateReason } from '../schema/liquid.js'
import { hintsFor, section } from '../schema/section.js'
import { text } from '../schema/scalars.js'
import { events } from './filter.js'
import type { LogWriter } from './LogWriter.js'

/** The operator's own texts for an event, in place of the default ones. */
interface EventTemplates {
  readonly title?: string | undefined
  readonly body?: string | undefined
}

type Part = keyof EventTemplates

export type Templates = Readonly<Partial<Record<NotificationEvent, EventTemplates>>>

/** The names that a template may use: the fields of the message and of its notification. */
const names = [
  ...['id', 'subject', 'event', 'priority', 'chain', 'title', 'lines', 'facts', 'advice', 'links', 'timestamp'],
  ...['when', 'standing', 'message', 'labels', 'data'],
]

const templateText = text('expected a template').superRefine((written, context) => {
  const problem = templateProblem(written, names)
  if (problem !== undefined) context.addIssue({ code: 'custom', message: `expected a template of Liquid: ${problem}` })
})

/** The key `templates` in the configuration. */
export const templatesSchema = z.partialRecord(
  z.enum(events),
  section({
    title: z.exactOptional(templateText).describe('Template of the title, one line.'),
    body: z
      .exactOptional(templateText)
      .describe('Template of everything below the title. It replaces lines, facts and advice.'),
  }),
  {
    error: (issue) => {
      // zod reports unknown keys here too, though its types do not say so.
      const keys: unknown = issue['keys']
      return Array.isArray(keys) ? hintsFor(keys.map(String), events) : 'expected a mapping of events to templates'
    },
  },
)

type Compose = (notification: Notification) => Message

interface TemplateDeps {
  readonly log: Pick<LogWriter, 'warn'>
  readonly timezone: string
  /** Name of the handler that the templates belong to, for the log. */
  readonly handler: string
}

const maxTitle = 300
const maxLine = 2_000
const maxLines = 60

/**
 * Composes messages with the operator's own texts where there are some; those of a handler precede the common ones. If
 * a template fails, the default text is used and the failure is logged.
 */
export function withTemplates(
  compose: Compose,
  layers: readonly (Templates | undefined)[],
  { log, timezone, handler }: TemplateDeps,
): Compose {
  const parsed = new Map<string, Template>()
  const fill = (part: Part, notification: Notification, message: Message): readonly string[] | undefined => {
    const { event } = notification
    const written = layers.map((layer) => layer?.[event]?.[part]).find((one) => one !== undefined)
    if (written === undefined) return undefined
    try {
      const template = parsed.get(written) ?? parseTemplate(written, timezone)
      parsed.set(written, template)
      return linesOf(part, template(scopeOf(notification, message)))
    } catch (error) {
      log.warn(
        { handler, event, part, problem: templateReason(error) },
        `The template of ${event} cannot be filled: its default ${part} is used`,
      )
      return undefined
    }
  }
  return (notification) => {
    const message = compose(notification)
    const [title] = fill('title', notification, message) ?? []
    const lines = fill('body', notification, message)
    return { ...(lines === undefined ? message : withBody(message, lines)), ...defined({ title }) }
  }
}

function scopeOf({ data, labels = {}, message }: Notification, parts: Message): Readonly<Record<string, unknown>> {
  return { advice: null, ...parts, message, labels, data }
}

/** Cleans what a template made. An empty result counts as a mistake: a title alone does not say what to do. */
function linesOf(part: Part, made: string): readonly string[] {
  const lines =
    part === 'title' ? [cleanLine(made, maxTitle)] : made.split('\n').map((line) => cleanLine(line, maxLine))
  const written = lines.filter((line) => line !== '')
  if (written.length === 0) throw new Error('its result is empty')
  return written.slice(0, maxLines)
}

function withBody({ advice: _advice, ...message }: Message, lines: readonly string[]): Message {
  return { ...message, lines, facts: [] }
}
