import { amountText } from '../../domain/notifications/phrases.js'
import { cleanLine } from '../../domain/text/text.js'
import { cutToWidth, displayWidth } from '../output/displayWidth.js'
import { paint } from '../output/paint.js'
import { clockText } from '../output/times.js'
import { wrapText } from '../output/wrapText.js'
import { continued, fit } from './fit.js'
import { helpLines } from './helpLines.js'
import { itemText } from './itemText.js'
import { overviewLines } from './overviewLines.js'
import type { Picture } from './Picture.js'
import type { PageSize, View } from './stepView.js'

/** Everything that determines a screen. */
export interface Scene {
  /** Absent until the first one was received. */
  readonly picture?: Picture
  readonly view: View
  readonly columns: number
  readonly rows: number
  readonly color: boolean
  /** Host clock, Unix milliseconds. */
  readonly now: number
}

const hints: Readonly<Record<View['page'], string>> = {
  overview: 'up/down select  enter open  tab next list  ? keys  q quit',
  item: 'up/down scroll  esc back  q quit',
  help: 'esc back  q quit',
}

/**
 * Renders the lines of the screen: at most `rows`, none wider than `columns`, and without control sequences except the
 * colours of this program.
 */
export function renderView(scene: Scene): readonly string[] {
  const { view, rows, color, columns } = scene
  const head = headLines(scene)
  const room = Math.max(0, rows - head.length - 1)
  const page = pageLines(scene)
  const start = view.page === 'overview' ? 0 : Math.min(view.scroll, Math.max(0, page.length - room))
  const body = page.slice(start, start + room)
  const rest = page.length - start - body.length
  const foot = paint(`${hints[view.page]}${rest > 0 ? `  (${amountText(rest, 'more line')})` : ''}`, 'dim', color)
  const filled = [...head, ...body, ...Array.from({ length: room - body.length }, () => ''), foot]
  return filled.slice(0, rows).map((line) => fit(line, columns))
}

/** Returns the page size, which the scroll keys need. */
export function pageSizeOf(scene: Scene): PageSize {
  const shown = Math.max(1, scene.rows - headLines(scene).length - 1)
  return { shown, all: scene.view.page === 'overview' ? shown : pageLines(scene).length }
}

function headLines(scene: Scene): readonly string[] {
  const { picture, columns, color, now } = scene
  const [name, clock] = ['govstream watch', clockText(now)]
  const from = cleanLine(picture?.from ?? '', 200)
  const left = cutToWidth(`${name}  ${from}`, Math.max(1, columns - clock.length - 1))
  const fill = ' '.repeat(Math.max(1, columns - displayWidth(left) - clock.length))
  return [paint(`${left}${fill}${clock}`, 'bold', color), ...problemLines(scene)]
}

// The end of a problem says what to do about it, so several lines are shown.
const mostProblemLines = 4

function problemLines({ picture, columns, color }: Scene): readonly string[] {
  const problem = picture?.problem
  if (problem === undefined) return []
  const lines = wrapText(cleanLine(problem, 400), columns).split('\n')
  const shown = [...lines.slice(0, mostProblemLines - 1), lines.slice(mostProblemLines - 1).join(' ')]
  return shown.filter((line) => line !== '').map((line) => paint(cutToWidth(line, columns), 'red', color))
}

function pageLines(scene: Scene): readonly string[] {
  const { picture, view, columns, rows, color, now } = scene
  if (view.page === 'help') return helpLines
  if (picture === undefined || picture.isUnread === true) return ['', 'Nothing has been read yet.']
  if (view.page === 'overview' || view.selected === undefined) {
    const room = Math.max(0, rows - headLines(scene).length - 1)
    return overviewLines({ picture, view, columns, room, color, now })
  }
  return itemText(view.selected, picture, { width: columns, color, now })
    .split('\n')
    .flatMap((line) => continued(line.replaceAll('\t', '  '), columns))
}
