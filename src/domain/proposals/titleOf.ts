import { markdownBlocks } from '../markdown/markdownBlocks.js'
import { cleanLine } from '../text/text.js'
import { withoutProposer } from './withoutProposer.js'

/** Title of a proposal whose text gives none. */
export const untitled = '(untitled)'

const maxTitle = 120
// A title is shorter than this. The bound keeps the patterns below fast on long texts without line breaks.
const maxLine = 1000
const quotes = '"\'“”„«»'
const heading = /^ {0,3}(#{1,6})(?:[ \t]+|$)/
// Words in headings and labels that do not say what is proposed.
const sections: ReadonlySet<string> = new Set([
  'abstract',
  'background',
  'category',
  'change log',
  'changelog',
  'constitutional',
  'context',
  'description',
  'details',
  'executive summary',
  'full proposal',
  'introduction',
  'motivation',
  'next steps',
  'non-constitutional',
  'overview',
  'preamble',
  'problem',
  'problem statement',
  'proposal',
  'proposal summary',
  'rationale',
  'simple summary',
  'specification',
  'summary',
  'table of contents',
  'title',
  'tl;dr',
  'tldr',
  'type',
])
const label = /^(?:authors?|category|created|date|status|type|updated)\s?:/i
const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  ndash: '–',
  mdash: '—',
  hellip: '…',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
}

/**
 * Returns the title of a proposal as plain text on one line, at most 120 code points and never empty.
 *
 * The title is the first meaningful line if that is a heading; otherwise the first top-level heading, wherever it is;
 * otherwise that first line. Front matter, code, comments, scripts and tables are skipped. Lines that only name a
 * section ("Summary", "Constitutional") or a label ("Category: …") are skipped if there is anything else.
 */
export function titleOf(description: string): string {
  let first: string | undefined
  let section: string | undefined
  for (const text of linesOf(withoutFrontMatter(withoutProposer(description)))) {
    if (text.trim() === '') continue
    const line = text.slice(0, maxLine).replace(/^\p{Default_Ignorable_Code_Point}+/u, '')
    const marks = heading.exec(line)
    // Below a heading that only names a section, the next heading of the same level is a section too.
    const isTop = marks?.[1] === '#' && (first === undefined || section === undefined)
    if (!isTop && (first !== undefined || isTable(line))) continue
    const title = plainOf(line.slice(marks?.[0].length ?? 0))
    if (title === '') continue
    if (sections.has(title.toLowerCase().replace(/[ :;.]{1,4}$/, '')) || (marks === null && label.test(title))) {
      section ??= title
      continue
    }
    if (isTop || (marks !== null && first === undefined)) return title
    first = title
  }
  return first ?? section ?? untitled
}

/** Yields the lines that hold text, including their tags. */
function* linesOf(text: string): Generator<string, void, undefined> {
  for (const block of markdownBlocks(text)) {
    if (block.kind === 'line') yield block.text
    else if (block.kind === 'html' && block.isMarkup) yield* block.body.split('\n')
  }
}

function withoutFrontMatter(text: string): string {
  if (!/^\ufeff?---[ \t]*\r?\n/.test(text)) return text
  const end = /\n---[ \t]*(?:\r?\n|$)/.exec(text)
  return end === null ? text : text.slice(end.index + end[0].length)
}

function isTable(line: string): boolean {
  return /^\s*\|/.test(line)
}

/** Returns one line of Markdown or HTML as the words that a reader would see. */
function plainOf(line: string): string {
  const text = line
    .replace(/\s+/g, ' ')
    .replace(/^ ?(?:(?:>|[-*+])\s+)+/, '')
    // For texts that lost their line breaks: the next heading ends this one.
    .replace(/\s#{2,6}(?:\s.*)?$/s, '')
    .replace(/\s+#+\s*$/, '')
    .replace(/\s*\{#[^{}]*\}\s*$/, '')
    .replace(/!\[[^[\]]*\]\([^()]*\)/g, '')
    .replace(/\[((?:[^[\]\\]|\\.)*)\]\([^()]*\)/g, '$1')
    .replace(/<(https?:[^<>\s]*)>/g, '$1')
    .replace(/<\/?[a-z][^<>]*>|<!--[^<>]*-->/gi, ' ')
    .replace(/\*{1,3}([^*\s](?:[^*]*[^*\s])?)\*{1,3}/g, '$1')
    .replace(/(?<!\w)_{1,3}([^_\s](?:[^_]*[^_\s])?)_{1,3}(?!\w)/g, '$1')
    .replace(/~~|`+/g, '')
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
    .replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,6}));/gi, decoded)
  const title = unquoted(cleanLine(text, maxLine))
  return /[\p{L}\p{N}\p{S}]/u.test(title) && !/^[-=_*+]+$/.test(title) ? shortened(title) : ''
}

/** Removes the quotes around a text. It avoids regular expressions, which take cubic time here. */
function unquoted(title: string): string {
  let start = 0
  let end = title.length
  while (start < end && quotes.includes(title.charAt(start))) start += 1
  if (start === 0) return title
  while (end > start && quotes.includes(title.charAt(end - 1))) end -= 1
  return start < end && end === title.length ? title : title.slice(start, end).trim()
}

function decoded(whole: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) return Object.hasOwn(entities, name) ? (entities[name] ?? whole) : whole
  const point = decimal === undefined ? parseInt(hex ?? '', 16) : Number(decimal)
  return point > 0x10ffff ? whole : String.fromCodePoint(point)
}

/** Cuts a text to the maximum length, between two words if that loses little. */
function shortened(title: string): string {
  const cut = cleanLine(title, maxTitle)
  const space = cut.lastIndexOf(' ')
  const isWhole = cut === title || title.charAt(cut.length - 1) === ' '
  return isWhole || space < maxTitle * 0.6 ? cut : `${cut.slice(0, space).replace(/[\s,;:.\u2013\u2014-]+$/, '')}…`
}
