import { waitingWords } from '../../domain/notifications/outage.js'
import { cleanLine } from '../../domain/text/text.js'
import { durationText } from '../../domain/text/time.js'
import { outcomeWords, type PostVerdict } from '../../domain/upgrades/postCheck/postCheck.js'
import type { Upgrade } from '../../domain/upgrades/upgrade.js'
import { upgradeStatusText } from '../../domain/upgrades/upgradeStatusText.js'
import { nextUpgrade, outcomeNews } from '../../views/statusView.js'
import { distanceTo, type Pace } from '../../views/upgradeView.js'
import { duePlace } from '../output/duePlace.js'
import { healthText } from '../output/healthText.js'
import { paint, type Style } from '../output/paint.js'
import { agoText } from '../output/times.js'
import { isUnknown } from './isUnknown.js'
import { airy, type Overview } from './Overview.js'
import { timeLeft } from './tables.js'

/**
 * Renders the lines above the panels: the next upgrade, then problems of chains and channels, and outcomes of past
 * upgrades. `rows` are the rows of the chains, which may already show the whole problem.
 */
export function headlines(overview: Overview, rows: readonly string[]): readonly string[] {
  return [...countdown(overview), ...troubles(overview, rows), ...channels(overview), ...outcomes(overview)]
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
    const who = unread.length === 1 ? `${unread[0]} has` : `${unread.length} chains have`
    const text =
      unread.length === 0 ? 'No upgrade is scheduled.' : `The next upgrade is not known: ${who} not been read yet.`
    return [paint(cleanLine(text, 400), 'dim', color)]
  }
  const { upgrade, pace } = first
  const left = timeLeft(upgrade, pace, now)
  const what =
    upgrade.status === 'scheduled'
      ? left
      : upgrade.status === 'pending'
        ? `${upgradeStatusText(upgrade)}, ${left}`
        : upgradeStatusText(upgrade)
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
