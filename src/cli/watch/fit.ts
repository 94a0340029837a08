import { stripVTControlCharacters } from 'node:util'
import { cutToWidth, displayWidth } from '../output/displayWidth.js'
import { paint, type Style } from '../output/paint.js'

/** A line that does not fit loses its colours: a cut would leave one open. */
export function fit(line: string, columns: number): string {
  return displayWidth(line) <= columns ? line : cutToWidth(stripVTControlCharacters(line), columns)
}

/** A whole line in a style, as wide as the terminal. */
export function bar(line: string, columns: number, style: Style, color: boolean): string {
  const plain = cutToWidth(stripVTControlCharacters(line), columns)
  return paint(`${plain}${' '.repeat(Math.max(0, columns - displayWidth(plain)))}`, style, color)
}
