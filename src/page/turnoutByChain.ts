import type { PageState } from './state.js'

/** The turnout as a plot takes it: one row for each vote, in the order of time. */
export interface TurnoutLines {
  /** Sorted by name, so that each keeps its colour. */
  readonly chains: readonly string[]
  /** Unix seconds. */
  readonly times: readonly number[]
  /** For each chain, the turnout in percent; null in the rows of other chains. */
  readonly lines: readonly (readonly (number | null)[])[]
}

/** Separates the votes by chain. */
export function turnoutByChain(points: PageState['participation']): TurnoutLines {
  const rows = points
    .map(({ at, chain, turnout }) => ({ at: Date.parse(at) / 1000, chain, turnout: turnout * 100 }))
    .sort((a, b) => a.at - b.at)
  const chains = chainsOf(points)
  return {
    chains,
    times: rows.map(({ at }) => at),
    lines: chains.map((name) => rows.map(({ chain, turnout }) => (chain === name ? turnout : null))),
  }
}

/** The chains with a line in the plot, in the order of the lines. */
export function chainsOf(points: PageState['participation']): readonly string[] {
  return [...new Set(points.map(({ chain }) => chain))].sort()
}

// The style sheet has a value for each in both themes.
const colours = 6
const dashes = [[], [8, 4], [2, 4]] as const

/** How a line is drawn: the number of its colour, from 1, and its dashes. With many chains they repeat. */
export function lineOf(index: number): { readonly colour: number; readonly dash: readonly number[] } {
  return { colour: (index % colours) + 1, dash: dashes[Math.floor(index / colours) % dashes.length] ?? [] }
}
