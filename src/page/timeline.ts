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

/** A point or a stretch of the line, in percent of its length. */
export interface Placed {
  readonly upgrade: ShownUpgrade
  readonly at: number
  readonly from: number
  readonly to: number
}

export interface Timeline {
  readonly rows: readonly { readonly chain: string; readonly placed: readonly Placed[] }[]
  readonly ticks: readonly { readonly label: string; readonly at: number }[]
}

/** What is ahead, a row a chain, the near wide and the far narrow: the line is logarithmic from now on. */
export function layTimeline(upgrades: readonly ShownUpgrade[], now: number): Timeline {
  const ahead = upgrades.flatMap((upgrade) => (upgrade.eta === null ? [] : [{ upgrade, eta: upgrade.eta }]))
  const ends = ahead.map(({ upgrade, eta }) => Date.parse(upgrade.band?.latest ?? eta) - now)
  const span = Math.max(60 * minute, ...ends) * 1.2
  const place = (ms: number): number => {
    const share = Math.log1p(Math.max(0, ms) / minute) / Math.log1p(span / minute)
    return Number((Math.min(1, share) * 100).toFixed(2))
  }
  const placed = ahead.map(({ upgrade, eta }) => ({
    upgrade,
    at: place(Date.parse(eta) - now),
    from: place(Date.parse(upgrade.band?.earliest ?? eta) - now),
    to: place(Date.parse(upgrade.band?.latest ?? eta) - now),
  }))
  const chains = [...new Set(ahead.map(({ upgrade }) => upgrade.chain))]
  return {
    rows: chains.map((chain) => ({ chain, placed: placed.filter(({ upgrade }) => upgrade.chain === chain) })),
    ticks: marks.filter(([, ms]) => ms < span).map(([label, ms]) => ({ label, at: place(ms) })),
  }
}
