import { waitingWords } from '../../domain/notifications/outage.js'
import { cleanLine } from '../../domain/text/text.js'
import { durationText } from '../../domain/text/time.js'
import { outcomeWords, type PostVerdict } from '../../domain/upgrades/postCheck/postCheck.js'
import type { Upgrade } from '../../domain/upgrades/upgrade.js'
import { keyOf } from '../../domain/proposals/proposal.js'
import { isUnread, nextUpgrade, outcomeNews, type WatchedChain } from '../../views/statusView.js'
import { distanceTo, type Pace } from '../../views/upgradeView.js'
import { displayWidth } from '../output/displayWidth.js'
import { paint, type Style } from '../output/paint.js'
import { type Column, renderTable } from '../output/renderTable.js'
import { healthText } from '../output/healthText.js'
import { agoText } from '../output/times.js'
import type { Picture } from './Picture.js'
import { bar } from './fit.js'
import { isSame, type List, type View } from './stepView.js'
import { chainColumns, eventColumns, proposalColumns, timeLeft, upgradeColumns, upgradeStatus } from './tables.js'
import { duePlace } from '../output/duePlace.js'

interface Overview {
  readonly picture: Picture
  readonly view: View
  readonly columns: number
  /** Number of available lines. */
  readonly room: number
  readonly color: boolean
  /** Host clock, Unix milliseconds. */
  readonly now: number
}

/** One list of the overview, before its share of the room is known. */
interface Panel {
  readonly name: List | 'chains'
  readonly lines: readonly string[]
  /** Index of the selected item, `-1` if none is. */
  readonly selected: number
  /** Text for an empty list. */
  readonly none: string
}

const gutter = 2
// Minimum number of lines for blank lines between the panels.
const airy = 18

/** Renders the overview: the countdown, then chains, upgrades, votes and events, as far as there is room. */
export function overviewLines(overview: Overview): readonly string[] {
  const { room, columns, color } = overview
  const panels = panelsOf(overview)
  const [chains] = panels
  const next = [
    ...countdown(overview),
    ...troubles(overview, chains?.lines.slice(1) ?? []),
    ...channels(overview),
    ...outcomes(overview),
  ]
  const gaps = room >= airy ? 1 : 0
  const shares = shareRoom(panels, room - next.length, gaps)
  const lines = panels.flatMap((panel) => {
    const share = shares.get(panel)
    return share === undefined ? [] : [...(gaps === 1 ? [''] : []), ...panelLines(panel, share, columns, color)]
  })
  return [...next, ...lines].slice(0, room)
}

/** Renders the next upgrade of all chains, and the time left. */
function countdown({ picture, color, now }: Overview): readonly string[] {
  const found = picture.chains.flatMap(({ state }) => {
    const upgrade = nextUpgrade(state)
    return upgrade === undefined ? [] : [{ upgrade, pace: state }]
  })
  const [first] = found.sort((a, b) => rankOf(a.upgrade) - rankOf(b.upgrade) || etaOf(a) - etaOf(b))
  if (first === undefined) {
    const unread = picture.chains.filter(isUnknown).map(({ chain }) => chain)
    const who = unread.length === 1 ? `${unread[0]} was` : `${unread.length} chains were`
    const text = unread.length === 0 ? 'No upgrade is ahead.' : `What is ahead is not known: ${who} not read so far.`
    return [paint(cleanLine(text, 400), 'dim', color)]
  }
  const { upgrade, pace } = first
  const left = timeLeft(upgrade, pace, now)
  const what =
    upgrade.status === 'scheduled'
      ? left
      : upgrade.status === 'pending'
        ? `in the vote, ${left}`
        : upgradeStatus(upgrade)
  const text = cleanLine(`NEXT: ${upgrade.name} on ${upgrade.chain} at ${duePlace(upgrade)}: ${what}`, 400)
  return [paint(text, styleOf(upgrade), color)]
}

// Minimum number of lines to show the outcomes of past upgrades.
const leastForOutcomes = 10
const mostOutcomes = 3
const mostChannels = 3
const outcomeStyles: Readonly<Record<PostVerdict, Style>> = { passed: 'green', failed: 'red', unknown: 'yellow' }
const worstFirst: readonly PostVerdict[] = ['failed', 'unknown', 'passed']

/** Renders the outcome of the last upgrade of each chain, one per line, failures first. */
function outcomes({ picture, room, color, now }: Overview): readonly string[] {
  if (room < leastForOutcomes) return []
  const found = picture.chains.flatMap(({ state }) => outcomeNews(state, now) ?? [])
  const most = room < airy ? 1 : mostOutcomes
  return found
    .toSorted((a, b) => worstFirst.indexOf(a.postCheck.verdict) - worstFirst.indexOf(b.postCheck.verdict))
    .slice(0, most)
    .map(({ name, chain, postCheck: { verdict, checkedAt, checks } }) => {
      const [reason] = checks.filter((check) => check.verdict !== 'passed').map((check) => `: ${check.reason}`)
      const text = `LAST: ${name} on ${chain} ${outcomeWords[verdict]}, ${agoText(checkedAt, now)}${reason ?? ''}`
      return paint(cleanLine(text, 400), outcomeStyles[verdict], color)
    })
}

const mostTroubles = 3

/** Renders the problem of each chain that does not fit in its row, one per line. */
function troubles({ picture, room, color }: Overview, rows: readonly string[]): readonly string[] {
  const cut = picture.chains.flatMap((chain, at) => {
    const problem = cleanLine(chain.state?.health.problem ?? '', 400)
    if (rows[at]?.includes(problem) !== false) return []
    return [cleanLine(`${healthText(chain).toUpperCase()}: ${chain.chain}: ${problem}`, 400)]
  })
  return cut.slice(0, room < airy ? 1 : mostTroubles).map((line) => paint(line, 'red', color))
}

/** Renders the channels that do not accept notifications, one per line, the longest outage first. */
function channels({ picture, room, color, now }: Overview): readonly string[] {
  const down = (picture.channelsDown ?? []).toSorted((a, b) => a.since - b.since)
  const shown = down.slice(0, room < airy ? 1 : mostChannels)
  const rest = down.length - shown.length
  return shown.map(({ channel, since, waiting, reason }, index) => {
    const queue = waitingWords(waiting)
    const isCut = rest > 0 && index === shown.length - 1
    const more = rest === 1 ? '1 more channel is down' : `${rest} more channels are down`
    const name = cleanLine(channel, 40)
    const lasts = durationText(Math.max(0, (now - since) / 1_000))
    return paint(
      cleanLine(`DOWN: channel ${name} for ${lasts}, ${queue}${isCut ? `; ${more}` : `: ${reason}`}`, 400),
      'red',
      color,
    )
  })
}

function styleOf({ status }: Upgrade): Style {
  return status === 'failed' || status === 'refused' || status === 'in_progress' ? 'red' : 'yellow'
}

function rankOf({ status }: Upgrade): number {
  const rank = ['in_progress', 'failed', 'scheduled', 'pending'].indexOf(status)
  return rank < 0 ? Infinity : rank
}

function etaOf({ upgrade, pace }: { readonly upgrade: Upgrade; readonly pace: Pace | undefined }): number {
  const { eta } = distanceTo(upgrade, pace)
  // Not Infinity, because the difference of two infinities is NaN.
  return eta === undefined ? Number.MAX_SAFE_INTEGER : Number(eta)
}

const notKnown = 'Not known so far.'

/** Returns true if a chain is enabled but was never read. */
function isUnknown(chain: WatchedChain): boolean {
  return chain.enabled && isUnread(chain)
}

function panelsOf(overview: Overview): readonly Panel[] {
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
function shareRoom(panels: readonly Panel[], room: number, gaps: number): ReadonlyMap<Panel, number> {
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

function panelLines(
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
