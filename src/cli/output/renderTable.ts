import { cleanLine } from '../../domain/text/text.js'
import type { Terminal } from '../Terminal.js'
import { cutToWidth, displayWidth } from './displayWidth.js'
import { paint, type Style } from './paint.js'
import { wrapText } from './wrapText.js'

export interface Column<Row> {
  readonly title: string
  readonly text: (row: Row) => string
  /** Numbers read best with their ends in line. @defaultValue `left` */
  readonly align?: 'left' | 'right'
  /** This column gives way where the terminal is narrow. @defaultValue `false` */
  readonly shrinks?: boolean
  /** So narrow and no narrower, as long as others can give way. @defaultValue 8 */
  readonly least?: number
  /** Left out where a column would become narrower than its least: the lowest number first. @defaultValue stays */
  readonly yields?: number
  /** What does not fit goes on below itself, between words, instead of being cut. For the last column. */
  readonly folds?: boolean
  readonly style?: (row: Row) => Style | undefined
}

/** A title of a proposal can be read from so many columns on. */
export const leastTitle = 30

const gap = '  '
const leastWidth = 8
// No cell of ours is longer; a hostile one is cut here even where nothing else cuts.
const longestCell = 400

/** Aligned columns under their titles, each row on one line no wider than the terminal, but for what folds. */
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
        // The last column needs no padding: trailing blanks only make lines wrap.
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
  /** Columns of the terminal that its widest cell takes. */
  readonly natural: number
  readonly least: number
}

/** Leaves out what may be left out, one column after the other, until the rest has the room it needs. */
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

/** Takes what is too much from the columns that give way, widest first; then from all. */
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
  return widths
}
