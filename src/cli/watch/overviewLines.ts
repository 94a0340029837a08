import { headlines } from './headlines.js'
import { airy, type Overview } from './Overview.js'
import { panelLines, panelsOf, shareRoom } from './panels.js'

/** Renders the overview: the countdown, then chains, upgrades, votes and events, as far as there is room. */
export function overviewLines(overview: Overview): readonly string[] {
  const { room, columns, color } = overview
  const panels = panelsOf(overview)
  const [chains] = panels
  const next = headlines(overview, chains?.lines.slice(1) ?? [])
  const gaps = room >= airy ? 1 : 0
  const shares = shareRoom(panels, room - next.length, gaps)
  const lines = panels.flatMap((panel) => {
    const share = shares.get(panel)
    return share === undefined ? [] : [...(gaps === 1 ? [''] : []), ...panelLines(panel, share, columns, color)]
  })
  return [...next, ...lines].slice(0, room)
}
