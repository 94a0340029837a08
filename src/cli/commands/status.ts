import { waitingWords } from '../../domain/notifications/outage.js'
import { blocksText, withCommas } from '../../domain/notifications/phrases.js'
import { durationText } from '../../domain/text/time.js'
import { failureShare, isUnsteady } from '../../domain/endpointScore.js'
import { outcomeWords } from '../../domain/upgrades/postCheck/postCheck.js'
import { isOwn, type Upgrade } from '../../domain/upgrades/upgrade.js'
import { upgradeStatusText } from '../../domain/upgrades/upgradeStatusText.js'
import { wasLeftOpen } from '../../store/file/openChecked.js'
import { exitCodes } from '../exitCodes.js'
import { locateState } from '../locateState.js'
import type { ReadOptions } from '../options.js'
import { foldLines } from '../output/foldLines.js'
import { healthStyle, healthText } from '../output/healthText.js'
import type { Style } from '../output/paint.js'
import { printJson } from '../output/printJson.js'
import { type Column, renderTable } from '../output/renderTable.js'
import { agoText, secondOfMsText, timeOfMsText, withMoments } from '../output/times.js'
import { readWatchedChains } from '../readWatchedChains.js'
import type { Context } from '../Terminal.js'
import { distanceTo } from '../../views/upgradeView.js'
import {
  isUnread,
  type LookedAt,
  outcomeNews,
  nextUpgrade,
  upcomingUpgrade,
  statusView,
  type WatchedChain,
} from '../../views/statusView.js'
import { whileUnwritable } from '../../views/watchedChains.js'
import { withStore } from '../withStore.js'
import { duePlace, reachedText } from '../output/duePlace.js'

export interface StatusOptions extends ReadOptions {
  readonly exitCode?: boolean
}

/** Prints the state of each chain; with `--exit-code` the exit code tells it as well. */
export async function status(options: StatusOptions, { terminal, now }: Context): Promise<number> {
  const located = await locateState(options)
  const { watched, isRunning, isThere } = await withStore(located, (store) => {
    const holder = store?.holder(now())
    return {
      watched: whileUnwritable(readWatchedChains(store, located), holder?.lockedSince),
      isRunning: holder !== undefined,
      isThere: store !== undefined,
    }
  })
  if (options.json === true) printJson(terminal, watched.map(statusView))
  else terminal.out(statusText(watched, isRunning ? undefined : aloneText(located.state, isThere), now(), terminal))
  if (options.exitCode !== true) return exitCodes.done
  const looked = watched.filter(({ enabled }) => enabled)
  const outdated = isRunning ? undefined : staleReason(looked, located.state, now())
  if (outdated !== undefined) terminal.note(foldLines(outdated, terminal.noteWidth))
  return codeOf(looked, outdated !== undefined)
}

function codeOf(watched: readonly WatchedChain[], isOutdated: boolean): number {
  if (isOutdated || watched.some(({ state }) => state?.health.state === 'down' || state?.health.state === 'stalled'))
    return exitCodes.failed
  return watched.length === 0 || watched.some(isUnread) ? exitCodes.temporary : exitCodes.done
}

// Maximum age of the state, in milliseconds: the default of `scheduler.lateLimit`, which a timer that runs `sync` must
// keep too.
const longMs = 3_600_000

/** Says why the state is outdated if no process holds it. `now` is Unix milliseconds. */
function staleReason(watched: readonly WatchedChain[], path: string, now: number): string | undefined {
  if (wasLeftOpen(path, now))
    return 'No govstream runs with this state, and the last one did not end by itself: start it again.'
  const old = watched.filter(({ state }) => state?.lastGoodAt !== undefined && now - state.lastGoodAt > longMs)
  if (old.length === 0) return undefined
  return `No govstream runs with this state, and ${old.map(({ chain }) => chain).join(', ')} ${old.length === 1 ? 'was' : 'were'} not read for more than ${durationText(longMs / 1000)}: start it again.`
}

const nextStyles: Readonly<Record<string, Style>> = {
  in_progress: 'yellow',
  failed: 'red',
  refused: 'red',
  pending: 'dim',
}
// Enough columns for a name, a height and a state.
const leastNext = 30

/** Says that no process holds the state. */
function aloneText(path: string, isThere: boolean): string {
  return isThere
    ? 'No govstream runs with this state: this is what the last one left.'
    : `There is no state file at ${path}: "govstream run" creates one.`
}

/** Renders the table of all chains, followed by the problems. `now` is Unix milliseconds. */
function statusText(
  watched: readonly WatchedChain[],
  alone: string | undefined,
  now: number,
  terminal: Context['terminal'],
): string {
  if (watched.length === 0) return 'No chains yet: run "govstream run" or "govstream sync" first.'
  const columns: readonly Column<WatchedChain>[] = [
    { title: 'CHAIN', text: ({ chain }) => chain },
    { title: 'HEIGHT', text: ({ state }) => String(state?.head?.number ?? '-'), align: 'right' },
    { title: 'HEALTH', text: healthText, style: healthStyle },
    { title: 'LAST GOOD POLL', text: ({ state }) => agoText(state?.lastGoodAt, now), yields: 2 },
    {
      title: 'ERRORS',
      text: ({ state }) => `${((state?.health.errorRate ?? 0) * 100).toFixed(0)} %`,
      align: 'right',
      yields: 1,
    },
    { title: 'OPEN', text: ({ state }) => String(state?.open ?? 0), align: 'right' },
    {
      title: 'NEXT UPGRADE',
      text: nextText,
      style: ({ state }) => nextStyles[nextUpgrade(state)?.status ?? ''],
      shrinks: true,
      least: leastNext,
      folds: true,
    },
  ]
  const notes = watched.flatMap((chain) => [...notesOf(chain, now), ...outageNotes(chain, now)])
  const below = [...(notes.length === 0 ? [] : ['', ...notes]), ...(alone === undefined ? [] : ['', alone])].map(
    (line) => foldLines(line, terminal.width),
  )
  return [renderTable(columns, watched, terminal), ...below].join('\n')
}

/** Returns the problems of a chain, and of its next and its last upgrade. `now` is Unix milliseconds. */
function notesOf({ chain, state }: WatchedChain, now: number): readonly string[] {
  const next = nextUpgrade(state)
  const reasons = reasonNotes(chain, next)
  // A current obstacle is newer than a preflight that found no problem.
  const isOvertaken = reasons.length > 0 && next?.preflight?.verdict === 'ready'
  const preflight = next?.status === 'scheduled' && !isOvertaken ? preflightNotes(chain, next) : []
  return [
    ...(state?.health.problem === undefined ? [] : [`${chain}: ${withMoments(state.health.problem, secondOfMsText)}`]),
    ...unsteadyNotes(chain, state),
    ...reasons,
    ...preflight,
    ...outcomeNotes(chain, outcomeNews(state, now)),
  ]
}

const reasonWords: Readonly<Partial<Record<Upgrade['status'], string>>> = {
  scheduled: 'waits',
  in_progress: 'is in progress',
  failed: 'failed',
  refused: 'refused',
}

/** Says why the next upgrade failed, was refused, is due but not written, or does not get ahead. */
function reasonNotes(chain: string, next: Upgrade | undefined): readonly string[] {
  const words = next === undefined ? undefined : reasonWords[next.status]
  if (next === undefined || words === undefined) return []
  return next.reasons.map((reason) => `${chain}: upgrade ${next.name} ${words}: ${withCommas(reason, [next.name])}`)
}

/** Names endpoints that fail repeatedly while others answer. */
function unsteadyNotes(chain: string, state: WatchedChain['state']): readonly string[] {
  const endpoints = state?.health.endpoints ?? []
  return endpoints
    .filter((score) => endpoints.length > 1 && isUnsteady(score, score.askedAt))
    .map(
      (score) =>
        `${chain}: ${score.host} failed ${(failureShare(score) * 100).toFixed(0)} % of the time and is tried after the others.`,
    )
}

/** Says what the last preflight of the next upgrade found. */
function preflightNotes(chain: string, { name, preflight }: Upgrade): readonly string[] {
  const { verdict, checkedAt, problems = [] } = preflight ?? {}
  if (verdict === undefined || checkedAt === undefined) return []
  const words = { ready: 'is ready', not_ready: 'is not ready', unknown: 'may not be ready' }[verdict]
  return [
    `${chain}: upgrade ${name} ${words}, looked at ${timeOfMsText(checkedAt)}${problems.length === 0 ? '.' : `: ${withCommas(problems.join(' '), [name])}`}`,
  ]
}

/** Says how the last upgrade went, as observed after its height. */
function outcomeNotes(chain: string, upgrade: LookedAt | undefined): readonly string[] {
  if (upgrade === undefined) return []
  const { verdict, checkedAt, checks } = upgrade.postCheck
  const reasons = checks.map(({ reason, todo }) => (todo === undefined ? reason : `${reason} ${todo}`))
  return [
    `${chain}: upgrade ${upgrade.name} ${outcomeWords[verdict]}, looked at ${timeOfMsText(checkedAt)}: ${withCommas(reasons.join(' '), [upgrade.name])}`,
  ]
}

/** Names channels that do not accept the notifications of a chain. `now` is Unix milliseconds. */
function outageNotes({ outages }: WatchedChain, now: number): readonly string[] {
  return outages.map(
    ({ channel, since, reason, waiting, pausedUntil = now }) =>
      `channel ${channel}: down for ${durationText((now - since) / 1000)}, ${waitingWords(waiting)}${pausedUntil > now ? `, and it asked for a pause until ${timeOfMsText(pausedUntil)}` : ''}: ${reason}`,
  )
}

function nextText(watched: WatchedChain): string {
  const { state } = watched
  const next = nextUpgrade(state)
  if (next !== undefined) {
    const then = upcomingUpgrade(state)
    const isThen = then?.status === 'scheduled' && then.key !== next.key
    return [next, ...(isThen ? [then] : [])].map((one) => placeText(one, watched)).join('; then ')
  }
  // "none" would be wrong if the history has not been read to its end.
  return isUnread(watched) || state?.synced === false ? 'unknown' : 'none'
}

function placeText(upgrade: Upgrade, watched: WatchedChain): string {
  const own = isOwn(upgrade) ? ' (your own plan)' : ''
  return `${upgrade.name} at ${duePlace(upgrade)}${own}: ${standing(upgrade, watched)}`
}

function standing(next: Upgrade, { state }: WatchedChain): string {
  const left = leftText(next, state)
  if (next.status === 'scheduled' && left !== '') return left
  return [upgradeStatusText(next), ...(next.status === 'pending' && left !== '' ? [left] : [])].join(', ')
}

/** Returns the distance to the next upgrade from the last block that was read; empty if it is unknown. */
function leftText(next: Upgrade, state: WatchedChain['state']): string {
  const { blocksLeft, eta, isReached } = distanceTo(next, state)
  if (isReached === true) return reachedText(next)
  const span = eta === undefined || state?.head === undefined ? undefined : durationText(eta - state.head.timestamp)
  if (blocksLeft === undefined) return span === undefined ? '' : `${span} left`
  return `${blocksText(blocksLeft)} left${span === undefined ? '' : `, about ${span}`}`
}
