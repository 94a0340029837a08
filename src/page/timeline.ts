import { defined } from '../domain/defined.js'
import { shortText } from './format.js'
import type { ShownUpgrade } from './state.js'

const minute = 60_000
const marks = [
  ['1 min', minute],
  ['10 min', 10 * minute],
  ['1 h', 60 * minute],
  ['6 h', 360 * minute],
  ['1 d', 1_440 * minute],
  ['7 d', 10_080 * minute],
  ['30 d', 43_200 * minute],
  ['1 y', 525_600 * minute],
] as const

/** A point or a span of the time line, in percent of its length. */
export interface Placed {
  readonly upgrade: ShownUpgrade
  readonly at: number
  readonly from: number
  readonly to: number
  readonly label: Label
}

/** A text at a point, if there is room for it. */
export interface Label {
  readonly text: string
  /** In percent of the length. */
  readonly at: number
  /** Which side of the text is at the point. */
  readonly anchor: 'start' | 'middle' | 'end'
  /**
   * Its line, 0 being the nearest to the point, on a phone and on a wider screen; absent if no line has room.
   */
  readonly narrow?: number
  readonly wide?: number
}

interface Row {
  readonly chain: string
  readonly placed: readonly Placed[]
  /** Number of lines of names, at least one. */
  readonly narrow: number
  readonly wide: number
}

export interface Timeline {
  readonly rows: readonly Row[]
  readonly ticks: readonly Label[]
}

/** Lays out the future, one row per chain, on a logarithmic scale: the near future is wide and the far one narrow. */
export function layTimeline(upgrades: readonly ShownUpgrade[], now: number): Timeline {
  const ahead = upgrades.flatMap((upgrade) => (upgrade.eta === null ? [] : [{ upgrade, eta: upgrade.eta }]))
  const ends = ahead.map(({ upgrade, eta }) => Date.parse(upgrade.band?.latest ?? eta) - now)
  const span = Math.max(60 * minute, ...ends) * 1.2
  const place = (ms: number): number => {
    const share = Math.log1p(Math.max(0, ms) / minute) / Math.log1p(span / minute)
    return Number((Math.min(1, share) * 100).toFixed(2))
  }
  const points = ahead.map(({ upgrade, eta }) => ({
    upgrade,
    at: place(Date.parse(eta) - now),
    from: place(Date.parse(upgrade.band?.earliest ?? eta) - now),
    to: place(Date.parse(upgrade.band?.latest ?? eta) - now),
  }))
  const chains = [...new Set(ahead.map(({ upgrade }) => upgrade.chain))]
  const ticks = marks.flatMap(([text, ms]) => (ms < span ? [{ text, at: place(ms) }] : []))
  return {
    rows: chains.map((chain) => {
      const own = points.filter(({ upgrade }) => upgrade.chain === chain)
      const labels = layLabels(
        own.map(({ at, upgrade }) => ({ at, text: shortText(upgrade.name) })),
        mostLines,
      )
      return {
        chain,
        placed: own.flatMap((point, index) =>
          labels[index] === undefined ? [] : [{ ...point, label: labels[index] }],
        ),
        narrow: 1 + Math.max(0, ...labels.map(({ narrow = 0 }) => narrow)),
        wide: 1 + Math.max(0, ...labels.map(({ wide = 0 }) => wide)),
      }
    }),
    ticks: layLabels(ticks, 1),
  }
}

// Length of the time line in pixels, on a narrow phone and on the narrowest screen with the wide layout.
const narrowLine = 220
const wideLine = 560
// Maximum number of lines, as in the style sheet.
const mostLines = 4
const gap = 6

type Written = Pick<Label, 'text' | 'at'>

/** Puts texts of neighbouring points on different lines. */
function layLabels(texts: readonly Written[], lines: number): readonly Label[] {
  const [narrow, wide] = [linesOf(texts, narrowLine, lines), linesOf(texts, wideLine, lines)]
  return texts.map((one) => ({
    ...one,
    anchor: anchorOf(one),
    ...defined({ narrow: narrow.get(one), wide: wide.get(one) }),
  }))
}

/** Returns for each text the first line with enough room. */
function linesOf(texts: readonly Written[], length: number, most: number): ReadonlyMap<Written, number> {
  const ends = Array.from({ length: most }, () => -Infinity)
  const lines = new Map<Written, number>()
  for (const one of [...texts].sort((a, b) => a.at - b.at)) {
    const [start, end] = extentOf(one, length)
    const free = ends.findIndex((before) => before < start)
    if (free < 0) continue
    ends[free] = end + gap
    lines.set(one, free)
  }
  return lines
}

function extentOf(one: Written, length: number): readonly [start: number, end: number] {
  const width = widthOf(one.text)
  const start = (one.at / 100) * length - { start: 0, middle: width / 2, end: width }[anchorOf(one)]
  return [start, start + width]
}

/** Keeps a text within the time line, even on a phone. */
function anchorOf({ at, text }: Written): Label['anchor'] {
  const half = (widthOf(text) / 2 / narrowLine) * 100
  return at < half ? 'start' : at > 100 - half ? 'end' : 'middle'
}

/** Estimates the width of a text in pixels, from narrow (Latin) and wide letters. */
function widthOf(text: string): number {
  return Array.from(text).reduce((sum, letter) => sum + (letter < '\u1100' ? 6.6 : 12), 0)
}
