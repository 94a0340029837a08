import { defined } from '../../domain/defined.js'
import type { Message } from '../../domain/notifications/message.js'
import { andMore, cutText, fitList } from '../cutText.js'
import type { Shown } from '../living.js'
import { footerOf } from './footerOf.js'

// Telegram takes 4,096 letters in all, without the tags. A text never has fewer UTF-16 code units than letters.
const limits = { title: 300, struck: 300, lines: 1_800, facts: 700, advice: 400, links: 8, label: 40, footer: 150 }

/** A piece of text with the tags around it. */
interface Piece {
  readonly text: string
  readonly tag?: 'b' | 's'
  readonly href?: string
}

/** Renders a message as Telegram HTML, and as plain text in case the HTML is refused. */
export function telegramText(
  message: Message,
  { title, struck }: Shown,
): { readonly html: string; readonly plain: string } {
  const heading = cut(title, limits.title)
  // A title that is cut off is repeated in full below.
  const lines = fitList(heading === title ? message.lines : [title, ...message.lines], {
    max: limits.lines,
    measure,
    ...defined({ more: message.more }),
  })
  const facts = fitList(
    message.facts.map(({ name, value }) => cut(`${name}: ${value}`, limits.facts / 3)),
    { max: limits.facts, measure },
  )
  const { advice } = message
  const parts: readonly (readonly Piece[])[] = [
    ...(struck === undefined ? [] : [[tagged('s', cut(struck, limits.struck))]]),
    [tagged('b', heading)],
    ...lines.map((text) => [{ text }]),
    ...(advice === undefined ? [] : [[tagged('b', 'What to do:'), { text: ` ${cut(advice, limits.advice)}` }]]),
    ...facts.map((text) => [{ text }]),
    linksOf(message),
    [{ text: cut(footerOf(message), limits.footer) }],
  ]
  const paragraphs = parts.filter((pieces) => pieces.some(({ text }) => text !== ''))
  const written = (write: (piece: Piece) => string): string =>
    paragraphs.map((pieces) => pieces.map(write).join('')).join('\n')
  return {
    html: written(htmlOf),
    plain: written(({ text, href }) => mentionless(href === undefined ? text : `${text}: ${href}`))
      .slice(0, 4_096)
      .toWellFormed(),
  }
}

function tagged(tag: 'b' | 's', text: string): Piece {
  return { text, tag }
}

function linksOf({ links }: Message): readonly Piece[] {
  const shown = links.slice(0, limits.links)
  const left = links.length - shown.length
  return [
    ...shown.flatMap(({ label, url }, at): readonly Piece[] => [
      ...(at === 0 ? [] : [{ text: ' · ' }]),
      { text: cut(label, limits.label), href: url },
    ]),
    ...(left === 0 ? [] : [{ text: ` · ${andMore(left)}` }]),
  ]
}

function htmlOf({ text, tag, href }: Piece): string {
  const shown = escaped(mentionless(text))
  if (href !== undefined) return `<a href="${escaped(href)}">${shown}</a>`
  return tag === undefined || text === '' ? shown : `<${tag}>${shown}</${tag}>`
}

/** Telegram cannot turn mentions off, so an invisible word joiner separates the @ from the name. */
function mentionless(text: string): string {
  return text.replaceAll('@', '@\u2060')
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

function measure(text: string): number {
  return mentionless(text).length
}

function cut(text: string, max: number): string {
  return cutText(text, max, measure)
}
