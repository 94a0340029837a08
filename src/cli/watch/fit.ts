import { stripVTControlCharacters } from 'node:util'
import { cutToWidth, displayWidth, splitAtWidth } from '../output/displayWidth.js'
import { paint, type Style } from '../output/paint.js'

/** Cuts a line to the width. A line that is cut loses its colours, because the cut could leave one open. */
export function fit(line: string, columns: number): string {
  return displayWidth(line) <= columns ? line : cutToWidth(stripVTControlCharacters(line), columns)
}

/**
 * Continues what is wider than the screen, such as a long key, on further lines with the same indent, so that it can be
 * read whole. A line that is continued loses its colours.
 */
export function continued(line: string, columns: number): readonly string[] {
  if (displayWidth(line) <= columns) return [line]
  const plain = stripVTControlCharacters(line)
  const indent = plain.slice(0, plain.length - plain.trimStart().length)
  const room = columns - displayWidth(indent)
  return room < 1 ? [plain] : splitAtWidth(plain.trimStart(), room).map((part) => `${indent}${part}`)
}

/** Renders a full-width line in a style. */
export function bar(line: string, columns: number, style: Style, color: boolean): string {
  const plain = cutToWidth(stripVTControlCharacters(line), columns)
  return paint(`${plain}${' '.repeat(Math.max(0, columns - displayWidth(plain)))}`, style, color)
}
