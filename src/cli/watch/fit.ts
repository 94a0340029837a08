import { stripVTControlCharacters } from 'node:util'
import { cutToWidth, displayWidth } from '../output/displayWidth.js'
import { paint, type Style } from '../output/paint.js'

/** Cuts a line to the width. A line that is cut loses its colours, because the cut could leave one open. */
export function fit(line: string, columns: number): string {
  return displayWidth(line) <= columns ? line : cutToWidth(stripVTControlCharacters(line), columns)
}

/** Renders a full-width line in a style. */
export function bar(line: string, columns: number, style: Style, color: boolean): string {
  const plain = cutToWidth(stripVTControlCharacters(line), columns)
  return paint(`${plain}${' '.repeat(Math.max(0, columns - displayWidth(plain)))}`, style, color)
}
