import { type Priority, priorities } from '../../domain/notifications/notification.js'
import { isJsonObject, type Json, type JsonObject } from '../../domain/text/json.js'
import { cleanLine } from '../../domain/text/text.js'
import { cutToWidth, displayWidth } from './displayWidth.js'
import { eventDetails } from './eventDetails.js'
import { paint, type Style } from './paint.js'
import { leastTitle } from './renderTable.js'
import { clockText } from './times.js'
import { toneOf } from './toneOf.js'
import { wrapText } from './wrapText.js'

export interface PrettyOptions {
  /** Columns of the terminal. */
  readonly width: number
  readonly color: boolean
}

const gap = '  '
const eventWidth = 20
const priorityWidth = 8
const chainWidth = 12
// Maximum width of the details, in columns, because longer lines are hard to read.
const mostColumns = 120
const mostLines = 7
const pinoWarn = 40
const pinoError = 50
// Fields that every line has, or that are shown in another way.
const own = new Set([
  'level',
  'time',
  'pid',
  'hostname',
  'msg',
  'chain',
  'notification',
  'event',
  'priority',
  'timestamp',
  'message',
  'data',
  'err',
])

/** Renders one log line for people: time, event, priority, chain and title, with details below. */
export function prettyLine(fields: JsonObject, { width, color }: PrettyOptions): string {
  const clock = clockText(Date.parse(textOf(fields['time'])))
  const event = textOf(fields['event'])
  const priority = priorities.find((one) => one === fields['priority'])
  const options = { width, color, clock }
  return event === '' || priority === undefined
    ? plainLine(fields, options)
    : eventLine(fields, { ...options, event, priority })
}

interface Line extends PrettyOptions {
  readonly clock: string
}

function eventLine(
  fields: JsonObject,
  { width, color, clock, event, priority }: Line & { readonly event: string; readonly priority: Priority },
): string {
  const chain = cleanLine(textOf(fields['chain']), 100)
  const tone = toneOf(event, priority)
  const start = `${clock}${gap}${event.padEnd(eventWidth)}${gap}${priority.padEnd(priorityWidth)}${gap}`
  // A long chain name moves into the title, because it would leave no room for it.
  const place =
    displayWidth(chain) <= chainWidth && displayWidth(start) + displayWidth(chain) + gap.length + leastTitle <= width
      ? `${chain}${gap}`
      : ''
  const indent = displayWidth(start) + displayWidth(place)
  const title = titleLines(
    `${place === '' && chain !== '' ? `${chain}: ` : ''}${shortened(textOf(fields['msg']))}`,
    Math.max(leastTitle, width - indent),
  )
  const head = title.map((text, at) =>
    at === 0
      ? `${paint(clock, 'dim', color)}${gap}${paint(`${event.padEnd(eventWidth)}${gap}${priority.padEnd(priorityWidth)}`, tone, color)}${gap}${place}${paint(text, tone, color)}`
      : `${' '.repeat(indent)}${paint(text, tone, color)}`,
  )
  return [...head, ...detailLines(fields, { indent: displayWidth(clock) + gap.length, width, color })].join('\n')
}

/** At most two lines. */
function titleLines(title: string, room: number): readonly string[] {
  const [first = '', ...rest] = wrapText(title, room).split('\n')
  return rest.length === 0 ? [cutToWidth(first, room)] : [first, cutToWidth(rest.join(' '), room)]
}

/** Renders the details, dim and below the event, up to a few lines. */
function detailLines(
  fields: JsonObject,
  { indent, width, color }: PrettyOptions & { readonly indent: number },
): readonly string[] {
  const room = Math.max(leastTitle, Math.min(width, mostColumns) - indent)
  const lines = eventDetails(fields, Date.parse(textOf(fields['time']))).flatMap((line) =>
    wrapText(shortened(line), room).split('\n'),
  )
  const shown = lines.length > mostLines ? [...lines.slice(0, mostLines - 1), '…'] : lines
  return shown.map((line) => `${' '.repeat(indent)}${paint(line, 'dim', color)}`)
}

function plainLine(fields: JsonObject, { width, color, clock }: Line): string {
  const level = Number(fields['level'])
  const [word, style]: readonly [string, Style | undefined] =
    level >= pinoError ? ['error: ', 'red'] : level >= pinoWarn ? ['warning: ', 'yellow'] : ['', undefined]
  const chain = textOf(fields['chain'])
  const error = isJsonObject(fields['err']) ? textOf(fields['err']['message']) : ''
  const said = [chain === '' ? '' : `${chain}: `, textOf(fields['msg']), error === '' ? '' : `: ${error}`].join('')
  const rest = Object.entries(fields)
    .filter(([name]) => !own.has(name))
    .map(([name, value]) => `${name} ${textOf(value)}`)
    .join(', ')
  const indent = displayWidth(clock) + gap.length
  const lines = wrapText(
    shortened(`${word}${said}${rest === '' ? '' : ` (${rest})`}`),
    Math.max(leastTitle, width - indent),
  ).split('\n')
  return lines
    .map(
      (line, at) =>
        `${at === 0 ? `${paint(clock, 'dim', color)}${gap}` : ' '.repeat(indent)}${paint(line, style, color)}`,
    )
    .join('\n')
}

/** Shortens ids of up to 78 digits and hashes; commands accept the start of an id. */
function shortened(text: string): string {
  return cleanLine(text, 4_000)
    .replace(/\b(\d{8})\d{12,}\b/g, '$1…')
    .replace(/\b0x([0-9a-fA-F]{6})[0-9a-fA-F]{30,}([0-9a-fA-F]{4})\b/g, '0x$1…$2')
}

function textOf(value: Json | undefined): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return value.map((item: Json) => textOf(item)).join(' ')
  return isJsonObject(value)
    ? Object.entries(value)
        .map(([name, part]) => `${name} ${textOf(part)}`)
        .join(' ')
    : ''
}
