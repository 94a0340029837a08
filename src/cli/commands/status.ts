import { durationText } from '../../domain/time.js'
import { exitCodes } from '../exitCodes.js'
import { locateState } from '../locateState.js'
import type { ReadOptions } from '../options.js'
import type { Style } from '../output/paint.js'
import { printJson } from '../output/printJson.js'
import { type Column, renderTable } from '../output/renderTable.js'
import { agoText } from '../output/times.js'
import { readWatched } from '../readWatched.js'
import type { Context } from '../Terminal.js'
import { distanceTo } from '../views/upgradeView.js'
import { countOpen, nextUpgrade, statusView, type Watched } from '../views/statusView.js'
import { withStore } from '../withStore.js'

/** Prints how each chain is doing. */
export function status(options: ReadOptions, { terminal, now }: Context): number {
  const located = locateState(options)
  const { watched, attended } = withStore(located, (store) => ({
    watched: readWatched(store, located),
    attended: store?.holder(now()) !== undefined,
  }))
  if (options.json === true) printJson(terminal, watched.map(statusView))
  else terminal.out(statusText(watched, attended, now(), terminal))
  return exitCodes.done
}

const styles: Readonly<Record<string, Style>> = { up: 'green', stalled: 'yellow', syncing: 'yellow', down: 'red' }

/** The table of all chains, and under it what is wrong. `now` is Unix milliseconds. */
function statusText(watched: readonly Watched[], attended: boolean, now: number, terminal: Context['terminal']): string {
  if (watched.length === 0) return 'No chains yet: run "govstream run" or "govstream sync" first.'
  const columns: readonly Column<Watched>[] = [
    { title: 'CHAIN', text: ({ chain }) => chain },
    { title: 'HEIGHT', text: ({ state }) => String(state?.head?.number ?? '-'), align: 'right' },
    { title: 'HEALTH', text: healthText, style: ({ state }) => styles[state?.health.state ?? ''] },
    { title: 'LAST GOOD POLL', text: ({ state }) => agoText(state?.lastGoodAt, now) },
    { title: 'ERRORS', text: ({ state }) => `${((state?.health.errorRate ?? 0) * 100).toFixed(0)} %`, align: 'right' },
    { title: 'OPEN', text: ({ state }) => String(countOpen(state)), align: 'right' },
    { title: 'NEXT UPGRADE', text: nextText, shrinks: true },
  ]
  const problems = watched.flatMap(({ chain, state }) =>
    state?.health.problem === undefined ? [] : [`${chain}: ${state.health.problem}`])
  const alone = attended ? [] : ['', 'No govstream runs with this state: this is what the last one left.']
  return [renderTable(columns, watched, terminal), ...(problems.length === 0 ? [] : ['', ...problems]), ...alone].join('\n')
}

function healthText({ state }: Watched): string {
  if (state === undefined) return 'not read yet'
  const { state: health, backlog } = state.health
  return backlog > 0n ? `${health}, ${backlog.toString()} blocks to go` : health
}

function nextText({ state }: Watched): string {
  const next = nextUpgrade(state)
  if (next === undefined) return 'none'
  const { blocksLeft, eta } = distanceTo(next, state)
  const left = blocksLeft === 0n ? 'height reached' : blocksLeft === undefined ? next.status.replace('_', ' ') : `${blocksLeft.toString()} blocks left`
  const time = eta === undefined || state?.head === undefined ? '' : `, about ${durationText(eta - state.head.timestamp)}`
  return `${next.name} at ${next.height}: ${left}${time}`
}
