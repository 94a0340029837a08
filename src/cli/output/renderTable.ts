import { cleanLine } from '../../domain/text.js'
import type { Terminal } from '../Terminal.js'
import { cutToWidth, displayWidth } from './displayWidth.js'
import { paint, type Style } from './paint.js'

export interface Column<Row> {
  readonly title: string
  readonly text: (row: Row) => string
  /** Numbers read best with their ends in line. @defaultValue `left` */
  readonly align?: 'left' | 'right'
  /** This column gives way where the terminal is narrow. @defaultValue `false` */
  readonly shrinks?: boolean
  readonly style?: (row: Row) => Style | undefined
}

const gap = '  '
const leastWidth = 8
// No cell of ours is longer; a hostile one is cut here even where nothing else cuts.
const longestCell = 400

/** Aligned columns under their titles, each row on one line no wider than the terminal. */
export function renderTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[], { width, color }: Pick<Terminal, 'width' | 'color'>): string {
  const cells = rows.map((row) => columns.map(({ text }) => cleanLine(text(row), longestCell)))
  const natural = columns.map(({ title }, at) =>
    Math.max(displayWidth(title), ...cells.map((line) => displayWidth(line[at] ?? ''))))
  const widths = fit(natural, columns.map(({ shrinks = false }) => shrinks), width)

  const line = (texts: readonly string[], styleAt: (at: number) => Style | undefined): string => {
    const padded = columns.map(({ align = 'left' }, at) => {
      const size = widths[at] ?? 0
      const text = cutToWidth(texts[at] ?? '', size)
      const fill = ' '.repeat(size - displayWidth(text))
      // The last column needs no padding: trailing blanks only make lines wrap.
      const shown = align === 'right' ? fill + text : at === columns.length - 1 ? text : text + fill
      return paint(shown, styleAt(at), color)
    }).join(gap)
    return color ? padded : padded.trimEnd()
  }

  return [
    line(columns.map(({ title }) => title), () => 'bold'),
    ...rows.map((row, index) => line(cells[index] ?? [], (at) => columns[at]?.style?.(row))),
  ].join('\n')
}

/** Takes what is too much from the columns that give way, widest first; then from all. */
function fit(natural: readonly number[], shrinks: readonly boolean[], width: number): readonly number[] {
  const widths = [...natural]
  const total = (): number => widths.reduce((sum, size) => sum + size, 0) + gap.length * (widths.length - 1)
  const narrow = (candidates: readonly number[]): void => {
    while (total() > width) {
      const widest = candidates.reduce((best, at) => ((widths[at] ?? 0) > (widths[best] ?? 0) ? at : best), candidates[0] ?? 0)
      const size = widths[widest] ?? 0
      if (size <= leastWidth) return
      widths[widest] = size - 1
    }
  }
  narrow(widths.map((_, at) => at).filter((at) => shrinks[at]))
  narrow(widths.map((_, at) => at))
  return widths
}
