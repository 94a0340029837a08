import { defined } from '../../domain/defined.js'
import type { Json, JsonObject } from '../../domain/text/json.js'
import type { Message } from '../../domain/notifications/message.js'
import { andMore, cutText, fitList, utf16Units } from '../cutText.js'
import type { Shown } from '../living.js'
import { footerOf } from './footerOf.js'

// Slack does not document the unit. A text is never shorter in UTF-16 code units than in any other count of letters.
const limits = {
  header: 150,
  text: 3_000,
  fields: 10,
  facts: 3_400,
  fact: 300,
  advice: 1_000,
  links: 10,
  url: 900,
  label: 150,
  fallback: 1_000,
}

/**
 * Renders a message as the `text` and `blocks` of Slack. Foreign text is only in objects that Slack does not parse for
 * markup: `plain_text`, and the texts of `rich_text`. `text` is what a phone shows, and the only part that is escaped.
 */
export function slackContent(
  message: Message,
  { title, struck }: Shown,
): { readonly text: string; readonly blocks: Json } {
  const header = cut(title, limits.header)
  // A title that is cut off is repeated in full below.
  const lines = fitList(header === title ? message.lines : [title, ...message.lines], {
    max: limits.text,
    measure: utf16Units,
    ...defined({ more: message.more }),
  })
  return {
    text: escaped(cutText([title, ...message.lines].join('\n'), limits.fallback, (text) => escaped(text).length)),
    blocks: [
      ...(struck === undefined ? [] : [richText(textElement(cut(struck, limits.text), { strike: true }))]),
      ...(header === '' ? [] : [{ type: 'header', text: plain(header) }]),
      ...(lines.length === 0 ? [] : [{ type: 'section', text: plain(lines.join('\n')) }]),
      ...(message.advice === undefined
        ? []
        : [richText(textElement('What to do: ', { bold: true }), textElement(cut(message.advice, limits.advice)))]),
      ...factsOf(message),
      ...linksOf(message),
      { type: 'context', elements: [plain(cut(footerOf(message), limits.label * 2))] },
    ],
  }
}

function factsOf({ facts }: Message): readonly JsonObject[] {
  const texts = facts.map(({ name, value }) => cut(`${name}\n${value}`, limits.fact))
  const fields = fitList(texts, { max: limits.facts, measure: sizeInList }).map(plain)
  // A section takes ten fields.
  const sections = Array.from({ length: Math.ceil(fields.length / limits.fields) }, (_, at) => at * limits.fields)
  return sections.map((from) => ({ type: 'section', fields: fields.slice(from, from + limits.fields) }))
}

/** What stands around a field in the blocks, whose size Slack limits, too, counts with it. */
function sizeInList(text: string): number {
  return text === '\n' ? 50 : utf16Units(text)
}

function linksOf(message: Message): readonly JsonObject[] {
  // A URL is never cut, because half a link leads elsewhere.
  const links = message.links.filter(({ url }) => url.length <= limits.url)
  if (links.length === 0) return []
  const shown = links.slice(0, limits.links)
  const elements = shown.flatMap(({ label, url }, at) => [
    ...(at === 0 ? [] : [textElement(' · ')]),
    { type: 'link', url, text: cut(label, limits.label) },
  ])
  const left = links.length - shown.length
  return [richText(...elements, ...(left === 0 ? [] : [textElement(` · ${andMore(left)}`)]))]
}

function cut(text: string, max: number): string {
  return cutText(text, max, utf16Units)
}

function plain(text: string): JsonObject {
  return { type: 'plain_text', text, emoji: false }
}

function richText(...elements: readonly JsonObject[]): JsonObject {
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] }
}

function textElement(text: string, style?: { readonly bold: true } | { readonly strike: true }): JsonObject {
  return { type: 'text', text, ...(style !== undefined && { style }) }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
