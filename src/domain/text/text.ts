import { withoutTerminalCommands } from './terminalCommands.js'

const lineBreaks = /\r\n|[\r\u000b\u000c\u0085\u2028\u2029]/g

// Controls, bidi controls, zero-width and filler characters, tags, variation selectors, annotation marks. The joiner is
// removed too, although some emoji need it: an emoji that falls apart can still be read, while two texts that differ
// only in invisible characters cannot be distinguished.
const unseen =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\ufff9-\ufffb]/gu

// Normalising sorts a run of marks by insertion. Without a bound, a long run takes quadratic time.
const endlessMarks = /(\p{M}{32})\p{M}+/gu
const stackedMarks = /(\p{M}{8})\p{M}+/gu

const plain = /^[\u0020-\u007e\n]*$/

/** Returns true if a text contains an invisible character, a control character or an unpaired surrogate. */
export function hasInvisible(text: string): boolean {
  return !text.isWellFormed() || text.search(unseen) >= 0 || /[\t\n\u2028\u2029]/.test(text)
}

/**
 * Makes text from a chain safe to show on several lines.
 *
 * - Line breaks of every kind become `\n`, with at most one empty line in a row; tabs are kept.
 * - Terminal commands, control characters, invisible characters and those that change the reading direction are
 *   removed.
 * - The result is well-formed, in normal form C, with at most eight marks per letter, and at most `max` code points
 *   including the ellipsis.
 * - It takes time proportional to the input; cleaning twice changes nothing.
 */
export function cleanText(text: string, max: number): string {
  return cap(
    seen(text)
      .replace(/\n{3,}/g, '\n\n')
      .trim(),
    max,
  )
}

/** Like {@link cleanText}, on one line: each run of white space becomes one space. */
export function cleanLine(text: string, max: number): string {
  return cap(
    seen(text)
      .replace(/(?: ?[^\S ]| ?\u2800| {2})[\s\u2800]*/g, ' ')
      .trim(),
    max,
  )
}

function seen(text: string): string {
  if (plain.test(text)) return text
  return withoutTerminalCommands(text.toWellFormed())
    .replace(lineBreaks, '\n')
    .replace(unseen, '')
    .replace(endlessMarks, '$1')
    .normalize('NFC')
    .replace(stackedMarks, '$1')
}

/** Cuts a text to `max` code points including the ellipsis; a letter is not separated from its marks. */
function cap(text: string, max: number): string {
  if (text.length <= max) return text
  const ends: number[] = []
  let end = 0
  for (const point of text) {
    if (ends.length > max) break
    ends.push(end)
    end += point.length
  }
  if (ends.length <= max) return text
  let kept = Math.max(0, max - 1)
  while (kept > 0 && /^[\p{M}\p{Emoji_Modifier}]/u.test(text.slice(ends[kept], ends[kept + 1]))) kept -= 1
  return max < 1 ? '' : `${text.slice(0, ends[kept]).trimEnd()}…`
}

/** Returns the text with its first letter in upper case. */
export function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
}
