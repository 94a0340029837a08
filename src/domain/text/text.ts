import { withoutTerminalCommands } from './terminalCommands.js'

const lineBreaks = /\r\n|[\r\u000b\u000c\u0085\u2028\u2029]/g

// Controls, bidi controls, zero-width and filler characters, tags, variation selectors, annotation marks. The
// joiner goes too, though it holds some emoji together: a family that falls apart can still be read, while two
// texts that differ only in what nobody sees cannot be told apart.
const unseen =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\ufff9-\ufffb]/gu

// Normalising sorts a run of marks by insertion: without a bound, a long one takes time that grows with its square.
const endlessMarks = /(\p{M}{32})\p{M}+/gu
const stackedMarks = /(\p{M}{8})\p{M}+/gu

const plain = /^[\u0020-\u007e\n]*$/

/** True where a text holds a character that cannot be seen, steers a terminal or is half of a pair. */
export function hasInvisible(text: string): boolean {
  return !text.isWellFormed() || text.search(unseen) >= 0 || /[\t\n\u2028\u2029]/.test(text)
}

/**
 * Chain text made safe to show on several lines.
 *
 * - Line breaks of every kind become `\n`, and never more than one empty line in a row; tabs stay.
 * - Terminal commands, controls, and whatever is invisible or turns the reading direction go.
 * - Well-formed, in normal form C, at most eight marks on a letter, at most `max` code points with the ellipsis.
 * - Takes time in proportion to its input; cleaning twice changes nothing.
 */
export function cleanText(text: string, max: number): string {
  return cap(
    seen(text)
      .replace(/\n{3,}/g, '\n\n')
      .trim(),
    max,
  )
}

/** As {@link cleanText}, on one line: all white space in a row becomes one space. */
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

/** At most `max` code points, the ellipsis included; a letter keeps its marks or goes with them. */
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

/** The same text, with its first letter as it begins a sentence. */
export function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
}
