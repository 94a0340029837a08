import { indentOf, isBlank, type MarkdownLine, skipIndent, skipMark } from './markdownLine.js'

/** The marks that begin and end blocks of Markdown. The functions look for them at the next character of a line. */

export function isQuoteMark(line: MarkdownLine): boolean {
  return line.nextColumn - line.column < 4 && line.text.charCodeAt(line.next) === 0x3e
}

/** Reads `>` and one column of white space after it. */
export function readQuoteMark(line: MarkdownLine): void {
  skipMark(line, 1)
  skipIndent(line, 1)
}

const headingMark = /#{1,6}(?:[ \t]|$)/y

export function isHeading(line: MarkdownLine): boolean {
  headingMark.lastIndex = line.next
  return headingMark.test(line.text)
}

/** Returns true if the line consists only of `=` or `-`, as below the text of a heading. */
export function underlines({ text, next }: MarkdownLine): boolean {
  const mark = text.charAt(next)
  return (mark === '=' || mark === '-') && isNothing(text, runEnd(text, next))
}

/**
 * Returns the marks and the info string of a fence that opens here. An info string after backticks contains no
 * backtick.
 */
export function openingFence({
  text,
  next,
}: MarkdownLine): { readonly marks: string; readonly info: string } | undefined {
  const mark = text.charAt(next)
  if (mark !== '`' && mark !== '~') return undefined
  const end = runEnd(text, next)
  if (end - next < 3 || (mark === '`' && text.includes('`', end))) return undefined
  return { marks: text.slice(next, end), info: text.slice(end).trim() }
}

export function closesFence(line: MarkdownLine, marks: string): boolean {
  const { text, next } = line
  if (indentOf(line) >= 4 || !text.startsWith(marks, next)) return false
  return isNothing(text, runEnd(text, next))
}

/**
 * Reads the mark of a list item. Only an item with text, and with the number 1 if it is numbered, may end a paragraph.
 *
 * @returns The number of columns that its further lines are indented by; `undefined` if no item begins here.
 */
export function readItemMark(line: MarkdownLine, isInterrupting: boolean): number | undefined {
  const { text, next } = line
  const first = text.charCodeAt(next)
  const isBullet = first === 0x2d || first === 0x2a || first === 0x2b
  const end = isBullet ? next + 1 : numberEnd(text, next)
  if (end < 0 || !isSpaceOrEnd(text, end)) return undefined
  if (isInterrupting && (isNothing(text, end) || (!isBullet && Number(text.slice(next, end - 1)) !== 1)))
    return undefined
  const indent = indentOf(line)
  skipMark(line, end - next)
  // If more than four columns follow, or nothing, one column belongs to the mark, and the rest is indented code.
  const space = isBlank(line) || indentOf(line) > 4 ? 1 : indentOf(line)
  skipIndent(line, space)
  return indent + end - next + space
}

/** Returns the index after a number of at most nine digits and its `.` or `)`; -1 if there is none. */
function numberEnd(text: string, start: number): number {
  let at = start
  while (at - start < 10 && isDigit(text.charCodeAt(at))) at += 1
  const mark = text.charAt(at)
  return at > start && at - start < 10 && (mark === '.' || mark === ')') ? at + 1 : -1
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

function isSpaceOrEnd(text: string, at: number): boolean {
  return at >= text.length || text.charCodeAt(at) === 0x20 || text.charCodeAt(at) === 0x09
}

/** Returns the index after the run of one character that begins here. */
function runEnd(text: string, start: number): number {
  const mark = text.charAt(start)
  let end = start
  while (end < text.length && text.charAt(end) === mark) end += 1
  return end
}

function isNothing(text: string, start: number): boolean {
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code !== 0x20 && code !== 0x09) return false
  }
  return true
}
