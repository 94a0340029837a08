import { cleanLine } from '../../domain/text/text.js'
import { cutToWidth, displayWidth } from '../output/displayWidth.js'
import { paint } from '../output/paint.js'
import { clockText } from '../output/times.js'
import { fit } from './fit.js'
import { helpLines } from './helpLines.js'
import { itemText } from './itemText.js'
import { overviewLines } from './overviewLines.js'
import type { Picture } from './Picture.js'
import type { PageSize, View } from './stepView.js'

/** All that a screen depends on. */
export interface Scene {
  /** Absent until the first one has come. */
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
 * The lines of the screen: at most `rows`, none wider than `columns`, and nothing in them that steers a terminal but
 * the colours of this program.
 */
export function renderView(scene: Scene): readonly string[] {
  const { view, rows, color, columns } = scene
  const head = headLines(scene)
  const room = Math.max(0, rows - head.length - 1)
  const page = pageLines(scene)
  const start = view.page === 'overview' ? 0 : Math.min(view.scroll, Math.max(0, page.length - room))
  const body = page.slice(start, start + room)
  const rest = page.length - start - body.length
  const foot = paint(`${hints[view.page]}${rest > 0 ? `  (${rest} more lines)` : ''}`, 'dim', color)
  const filled = [...head, ...body, ...Array.from({ length: room - body.length }, () => ''), foot]
  return filled.slice(0, rows).map((line) => fit(line, columns))
}

/** What the keys that scroll have to know. */
export function pageSizeOf(scene: Scene): PageSize {
  const shown = Math.max(1, scene.rows - headLines(scene).length - 1)
  return { shown, all: scene.view.page === 'overview' ? shown : pageLines(scene).length }
}

function headLines({ picture, columns, color, now }: Scene): readonly string[] {
  const [name, clock] = ['govstream watch', clockText(now)]
  const from = cleanLine(picture?.from ?? '', 200)
  const left = cutToWidth(`${name}  ${from}`, Math.max(1, columns - clock.length - 1))
  const fill = ' '.repeat(Math.max(1, columns - displayWidth(left) - clock.length))
  const problem = picture?.problem
  return [
    paint(`${left}${fill}${clock}`, 'bold', color),
    ...(problem === undefined ? [] : [paint(cutToWidth(cleanLine(problem, 400), columns), 'red', color)]),
  ]
}

function pageLines(scene: Scene): readonly string[] {
  const { picture, view, columns, rows, color, now } = scene
  if (view.page === 'help') return helpLines
  if (picture === undefined) return ['', 'Nothing has been read yet.']
  if (view.page === 'overview' || view.selected === undefined) {
    const room = Math.max(0, rows - headLines(scene).length - 1)
    return overviewLines({ picture, view, columns, room, color, now })
  }
  return itemText(view.selected, picture, { width: columns, color, now })
    .split('\n')
    .map((line) => line.replaceAll('\t', '  '))
}
