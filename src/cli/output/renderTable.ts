import { cleanLine } from '../../domain/text/text.js'
import type { Terminal } from '../Terminal.js'
import { cutToWidth, displayWidth } from './displayWidth.js'
import { paint, type Style } from './paint.js'
import { wrapText } from './wrapText.js'

export interface Column<Row> {
  readonly title: string
  readonly text: (row: Row) => string
  /** Numbers are easier to read right-aligned. @defaultValue `left` */
  readonly align?: 'left' | 'right'
  /** This column becomes narrower if the terminal is narrow. @defaultValue `false` */
  readonly shrinks?: boolean
  /** Minimum width, as long as other columns can shrink. @defaultValue 8 */
  readonly least?: number
  /** Dropped if columns would otherwise shrink below their minimum, lowest number first. @defaultValue never dropped */
  readonly yields?: number
  /** Text that does not fit wraps below itself instead of being cut. Only for the last column. */
  readonly folds?: boolean
  readonly style?: (row: Row) => Style | undefined
}

/** Minimum width at which the title of a proposal is readable. */
export const leastTitle = 30

const gap = '  '
const leastWidth = 8
// Maximum length of a cell, longer than any of ours; it cuts hostile texts even if nothing else does.
const longestCell = 400

/** Renders aligned columns below their titles. A row is one line within the terminal's width, except what wraps. */
export function renderTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { width, color }: Pick<Terminal, 'width' | 'color'>,
): string {
  const measured = columns.map((column): Measured<Row> => {
    const cells = rows.map((row) => cleanLine(column.text(row), longestCell))
    const natural = Math.max(displayWidth(column.title), ...cells.map(displayWidth))
    return { ...column, cells, natural, least: Math.min(natural, column.least ?? leastWidth) }
  })
  const shown = dropYielding(measured, width)
  const widths = fit(shown, width)

  const line = (
    textOf: (column: Measured<Row>) => string,
    styleOf: (column: Measured<Row>) => Style | undefined,
  ): string => {
    const padded = shown
      .map((column, at) => {
        const size = widths[at] ?? 0
        const text = cutToWidth(textOf(column), size)
        const fill = ' '.repeat(size - displayWidth(text))
        // The last column is not padded, because trailing blanks may wrap the line.
        return paint(
          column.align === 'right' ? fill + text : at === shown.length - 1 ? text : text + fill,
          styleOf(column),
          color,
        )
      })
      .join(gap)
    return color ? padded : padded.trimEnd()
  }

  return [
    line(
      ({ title }) => title,
      () => 'bold',
    ),
    ...rows.flatMap((row, index) => {
      const folded = shown.map(({ cells, folds }, at) => {
        const cell = cells[index] ?? ''
        return folds === true ? wrapText(cell, widths[at] ?? 0).split('\n') : [cell]
      })
      return Array.from({ length: Math.max(...folded.map(({ length }) => length)) }, (_, below) =>
        line(
          (column) => folded[shown.indexOf(column)]?.[below] ?? '',
          ({ style }) => style?.(row),
        ),
      )
    }),
  ].join('\n')
}

interface Measured<Row> extends Column<Row> {
  readonly cells: readonly string[]
  /** Width of its widest cell, in columns of the terminal. */
  readonly natural: number
  readonly least: number
}

/** Drops columns that may be dropped, one after the other, until the rest fits. */
function dropYielding<Row>(columns: readonly Measured<Row>[], width: number): readonly Measured<Row>[] {
  const needed =
    columns.reduce((sum, { shrinks = false, least, natural }) => sum + (shrinks ? least : natural), 0) +
    gap.length * (columns.length - 1)
  const [first] = columns.filter(({ yields }) => yields !== undefined).sort((a, b) => (a.yields ?? 0) - (b.yields ?? 0))
  return needed <= width || first === undefined
    ? columns
    : dropYielding(
        columns.filter((column) => column !== first),
        width,
      )
}

/** Narrows the columns that may shrink, widest first; then all others. */
function fit<Row>(columns: readonly Measured<Row>[], width: number): readonly number[] {
  const widths = columns.map(({ natural }) => natural)
  const total = (): number => widths.reduce((sum, size) => sum + size, 0) + gap.length * (widths.length - 1)
  const narrow = (candidates: readonly number[], leastOf: (at: number) => number): void => {
    while (total() > width) {
      const open = candidates.filter((at) => (widths[at] ?? 0) > leastOf(at))
      const widest = open.reduce((best, at) => ((widths[at] ?? 0) > (widths[best] ?? 0) ? at : best), open[0] ?? -1)
      if (widest < 0) return
      widths[widest] = (widths[widest] ?? 0) - 1
    }
  }
  const all = columns.map((_, at) => at)
  narrow(
    all.filter((at) => columns[at]?.shrinks),
    (at) => columns[at]?.least ?? leastWidth,
  )
  narrow(
    all.filter((at) => columns[at]?.least !== leastTitle),
    () => leastWidth,
  )
  narrow(all, () => leastWidth)
  // A line that is too wide would be broken by the terminal, in the middle of a word.
  narrow(all, () => 1)
  return widths
}
