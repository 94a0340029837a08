import { keyOf } from '../../domain/proposals/proposal.js'
import { displayWidth } from '../output/displayWidth.js'
import { paint } from '../output/paint.js'
import { type Column, renderTable } from '../output/renderTable.js'
import { bar } from './fit.js'
import { isUnknown } from './isUnknown.js'
import type { Overview } from './Overview.js'
import { isSame, type List } from './stepView.js'
import { chainColumns, eventColumns, proposalColumns, upgradeColumns } from './tables.js'

/** One list of the overview, before its share of the room is known. */
export interface Panel {
  readonly name: List | 'chains'
  readonly lines: readonly string[]
  /** Index of the selected item, `-1` if none is. */
  readonly selected: number
  /** Text for an empty list. */
  readonly none: string
}

const gutter = 2
const notKnown = 'Not known yet.'

/** Returns the lists of the overview, in their order: chains, upgrades, votes and events. */
export function panelsOf(overview: Overview): readonly Panel[] {
  const { picture, now } = overview
  const { chains, upgrades, proposals, events } = picture
  const isKnown = !chains.some(isUnknown)
  const paces = new Map(chains.map(({ chain, state }) => [chain, state]))
  const indexOf = (list: List, keys: readonly string[]): number =>
    keys.findIndex((key) => isSame({ list, key }, overview.view.selected))
  return [
    {
      name: 'chains',
      lines: table(chainColumns(now), chains, overview),
      selected: -1,
      none: 'No chains yet: run "govstream run" first.',
    },
    {
      name: 'upgrades',
      lines: table(
        upgradeColumns(now, (chain) => paces.get(chain)),
        upgrades,
        overview,
      ),
      selected: indexOf(
        'upgrades',
        upgrades.map(({ key }) => key),
      ),
      none: isKnown ? 'No upgrades.' : notKnown,
    },
    {
      name: 'proposals',
      lines: table(proposalColumns(now), proposals, overview),
      selected: indexOf(
        'proposals',
        proposals.map(({ proposal }) => keyOf(proposal)),
      ),
      none: isKnown ? 'No proposals.' : notKnown,
    },
    {
      name: 'events',
      lines: table(eventColumns(now), events, overview),
      selected: indexOf(
        'events',
        events.map(({ id }) => id),
      ),
      none: 'No events yet.',
    },
  ]
}

/** Renders the titles and one line per item; nothing if there are no items. */
function table<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { columns: width, color }: Overview,
): readonly string[] {
  if (rows.length === 0) return []
  return renderTable(columns, rows, { width: Math.max(1, width - gutter), color }).split('\n')
}

/**
 * Shares the room among the panels: one item each in turn while there is room. The panel with the selected item comes
 * first; a panel without room for its titles and one item is left out.
 */
export function shareRoom(panels: readonly Panel[], room: number, gaps: number): ReadonlyMap<Panel, number> {
  const order = [...panels].sort((a, b) => Number(b.selected >= 0) - Number(a.selected >= 0))
  const shares = new Map<Panel, number>()
  let left = room
  for (const panel of order) {
    const least = gaps + (panel.lines.length === 0 ? 1 : 2)
    if (left < least) continue
    left -= least
    shares.set(panel, Math.min(1, panel.lines.length))
  }
  const isCut = (panel: Panel): boolean => (shares.get(panel) ?? Infinity) < panel.lines.length - 1
  while (left > 0 && order.some(isCut)) {
    for (const panel of order.filter(isCut).slice(0, left)) {
      shares.set(panel, (shares.get(panel) ?? 0) + 1)
      left -= 1
    }
  }
  return shares
}

/** Renders the titles of a panel and as many items as its share, around the selected one. */
export function panelLines(
  { lines: [titles = '', ...items], selected, none }: Panel,
  share: number,
  columns: number,
  color: boolean,
): readonly string[] {
  if (items.length === 0) return [paint(none, 'dim', color)]
  const start = Math.max(0, Math.min(selected - Math.floor(share / 2), items.length - share))
  const where = items.length > share ? `${start + 1}-${start + share} of ${items.length}` : ''
  const space = columns - gutter - displayWidth(titles) - where.length
  const head = where === '' || space < 2 ? titles : `${titles}${' '.repeat(space)}${paint(where, 'dim', color)}`
  return [
    `${' '.repeat(gutter)}${head}`,
    ...items
      .slice(start, start + share)
      .map((line, at) => (start + at === selected ? bar(`> ${line}`, columns, 'inverse', color) : `  ${line}`)),
  ]
}
