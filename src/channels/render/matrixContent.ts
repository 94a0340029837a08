import { escapeHtml } from '../../domain/text/escapeHtml.js'
import type { JsonObject } from '../../domain/text/json.js'
import type { Message } from '../../domain/notifications/message.js'
import { andMore, cutText, fitList, utf8Bytes } from '../cutText.js'
import type { Shown } from '../living.js'
import { footerOf } from './footerOf.js'

// Limits in bytes. An event holds 65,536 bytes, and an edit has both forms of the text twice: four times the sum of
// these limits, and of the tags, stays below that.
const limits = {
  title: 600,
  struck: 600,
  lines: 5_000,
  facts: 2_000,
  fact: 500,
  advice: 1_000,
  links: 8,
  label: 100,
  url: 450,
  footer: 200,
}

/** A piece of text with the element around it. */
interface Piece {
  readonly text: string
  readonly tag?: 'strong' | 'del'
  readonly href?: string
}

/** The content that a client shows, as text and as HTML. */
export type MatrixContent = JsonObject & { readonly body: string; readonly formatted_body: string }

/** Renders a message as the content of a Matrix event. It mentions nobody. */
export function matrixContent(message: Message, { title, struck }: Shown): MatrixContent {
  const heading = cut(title, limits.title)
  // A title that is cut off is repeated in full below.
  const lines = fit(heading === title ? message.lines : [title, ...message.lines], limits.lines, message.more)
  const facts = fit(
    message.facts.map(({ name, value }) => cut(`${name}: ${value}`, limits.fact)),
    limits.facts,
  )
  const { advice } = message
  const parts: readonly (readonly Piece[])[] = [
    ...(struck === undefined ? [] : [[tagged('del', cut(struck, limits.struck))]]),
    [tagged('strong', heading)],
    ...lines.map((text) => [{ text }]),
    ...(advice === undefined ? [] : [[tagged('strong', 'What to do:'), { text: ` ${cut(advice, limits.advice)}` }]]),
    ...facts.map((text) => [{ text }]),
    linksOf(message),
    [{ text: cut(footerOf(message), limits.footer) }],
  ]
  const paragraphs = parts.filter((pieces) => pieces.some(({ text }) => text !== ''))
  const written = (write: (piece: Piece) => string, end: string): string =>
    paragraphs.map((pieces) => pieces.map(write).join('')).join(end)
  return {
    // Clients play no sound for a notice.
    msgtype: message.priority === 'high' || message.priority === 'critical' ? 'm.text' : 'm.notice',
    body: written(({ text, href }) => (href === undefined ? text : `${text}: ${href}`), '\n'),
    format: 'org.matrix.custom.html',
    formatted_body: written(htmlOf, '<br>'),
    // Without this field, clients look for names and @room in the text.
    'm.mentions': {},
  }
}

function tagged(tag: 'strong' | 'del', text: string): Piece {
  return { text, tag }
}

function linksOf({ links }: Message): readonly Piece[] {
  // A URL is never cut, because half a link leads elsewhere.
  const shown = links.filter(({ url }) => measure(url) <= limits.url).slice(0, limits.links)
  const left = links.length - shown.length
  return [
    ...shown.flatMap(({ label, url }, at): readonly Piece[] => [
      ...(at === 0 ? [] : [{ text: ' · ' }]),
      { text: cut(label, limits.label), href: url },
    ]),
    ...(left === 0 ? [] : [{ text: `${shown.length === 0 ? '' : ' · '}${andMore(left)}` }]),
  ]
}

function htmlOf({ text, tag, href }: Piece): string {
  const shown = escapeHtml(text)
  if (href !== undefined) return `<a href="${escapeHtml(href)}">${shown}</a>`
  return tag === undefined || text === '' ? shown : `<${tag}>${shown}</${tag}>`
}

/** Size in bytes of the longer form: HTML, with the backslashes that JSON doubles. */
function measure(text: string): number {
  return utf8Bytes(escapeHtml(text).replaceAll('\\', '\\\\'))
}

function cut(text: string, max: number): string {
  return cutText(text, max, measure)
}

function fit(items: readonly string[], max: number, more = 0): readonly string[] {
  return fitList(items, { max, measure, separator: '<br>', more })
}
