import { defined } from '../../domain/defined.js'
import type { Message } from '../../domain/notifications/message.js'
import type { MessageLink } from '../../domain/notifications/messageLinks.js'
import type { JsonObject } from '../../domain/text/json.js'
import { andMore, codePoints, cutText, fitList } from '../cutText.js'
import type { Shown } from '../living.js'
import { footerOf } from './footerOf.js'

// Discord counts the code points of the text as sent and takes at most 6,000; the sum of these limits is lower.
const limits = { title: 256, struck: 256, lines: 2_000, advice: 500, links: 600, facts: 2_000, fields: 24, footer: 200 }
const factLimits = { name: 100, value: 300 }

const colors = { low: 0x95a5a6, medium: 0x3498db, high: 0xe67e22, critical: 0xe74c3c } as const
const closed = 0x7f8c8d

/** Renders a message as an embed of Discord. Foreign text is escaped for its Markdown. */
export function discordEmbed(message: Message, { title, struck }: Shown): JsonObject {
  const heading = cut(title, limits.title)
  // A title that is cut off is repeated in full below.
  const lines = heading === title ? message.lines : [title, ...message.lines]
  const description = [
    ...(struck === undefined ? [] : [`~~${markdown(cut(struck, limits.struck))}~~`]),
    ...fitList(lines, { max: limits.lines, measure, ...defined({ more: message.more }) }).map(markdown),
    ...(message.advice === undefined ? [] : [`**What to do:** ${markdown(cut(message.advice, limits.advice))}`]),
    ...linksOf(message.links),
  ].join('\n')
  const fields = fieldsOf(message)
  return {
    ...(heading !== '' && { title: markdown(heading) }),
    ...(description !== '' && { description }),
    ...(fields.length > 0 && { fields }),
    color: message.standing === 'open' ? colors[message.priority] : closed,
    footer: { text: cutText(footerOf(message), limits.footer) },
  }
}

function fieldsOf({ facts }: Message): readonly JsonObject[] {
  const fields: JsonObject[] = []
  let size = 0
  for (const fact of facts) {
    const name = cut(fact.name, factLimits.name)
    const value = cut(fact.value, factLimits.value)
    size += measure(name) + measure(value)
    if (size > limits.facts || fields.length === limits.fields) break
    // Neither may be empty.
    fields.push({ name: markdown(name) || '–', value: markdown(value) || '–', inline: true })
  }
  const left = facts.length - fields.length
  return left === 0 ? fields : [...fields, { name: '…', value: andMore(left), inline: true }]
}

function linksOf(links: readonly MessageLink[]): readonly string[] {
  if (links.length === 0) return []
  const shown = links.map(
    ({ label, url }) => `[${labelOf(label)}](${url.replaceAll('(', '%28').replaceAll(')', '%29')})`,
  )
  // A URL is never cut, because half a link leads elsewhere.
  const fitting = shown.filter((link) => codePoints(link) <= limits.links - 20)
  return [fitList(fitting, { max: limits.links, separator: ' · ' }).join(' · ')].filter((line) => line !== '')
}

/**
 * Removes special characters from a label: a backslash would be visible, and an address in the label breaks the link.
 */
function labelOf(label: string): string {
  const plain = cutText(label.replace(/[^\p{L}\p{M}\p{N}\p{Zs}.,'\u2019-]/gu, ''), 100).trim()
  return plain === '' ? 'Link' : plain
}

const special = /[\\*_~>#\-[\]()`|<]/
const address = /https?:\/\/[^\s\\*~>[\]()`|<"']+/g

/**
 * Escapes everything that formats, links or mentions, so that text shows as it is. Addresses stay whole and clickable.
 */
export function markdown(text: string): string {
  let shown = ''
  let kept = 0
  for (const { 0: found, index } of text.matchAll(address)) {
    shown += escaped(text.slice(kept, index)) + found
    kept = index + found.length
  }
  return shown + escaped(text.slice(kept))
}

function escaped(text: string): string {
  return text.replace(new RegExp(special, 'g'), '\\$&')
}

/** An upper bound of the size of the text as sent. */
function measure(text: string): number {
  let size = 0
  for (const point of text) size += special.test(point) ? 2 : 1
  return size
}

function cut(text: string, max: number): string {
  return cutText(text, max, measure)
}
