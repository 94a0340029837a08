import { queueOf } from '../../domain/queueOf.js'
import { durationText } from '../../domain/time.js'
import type { Upgrade } from '../../domain/upgrade.js'
import { exitCodes } from '../exitCodes.js'
import { locateState } from '../locateState.js'
import type { ReadOptions } from '../options.js'
import type { Style } from '../output/paint.js'
import { printJson } from '../output/printJson.js'
import { type Column, renderTable } from '../output/renderTable.js'
import { timeText } from '../output/times.js'
import { readWatched } from '../readWatched.js'
import type { Context } from '../Terminal.js'
import { distanceTo, type Pace, upgradeView } from '../views/upgradeView.js'
import { withStore } from '../withStore.js'

type Paces = ReadonlyMap<string, Pace>

/** Prints the queue in height order, then the finished upgrades. */
export function upgrades(options: ReadOptions, { terminal }: Context): number {
  const located = locateState(options)
  const states = withStore(located, (store) => readWatched(store, located)).flatMap(({ state }) => state ?? [])
  const paces: Paces = new Map(states.map((state) => [state.chain, state]))
  const queue = queueOf(states.flatMap((state) => [...state.upgrades.values()])).upgrades
  if (options.json === true) printJson(terminal, queue.map((upgrade) => upgradeView(upgrade, paces.get(upgrade.chain))))
  else if (queue.length === 0) terminal.out('No upgrades: no proposal with a plan has passed so far.')
  else terminal.out(upgradesText(queue, paces, terminal))
  return exitCodes.done
}

const styles: Readonly<Record<string, Style>> = {
  in_progress: 'yellow', completed: 'green', failed: 'red', refused: 'red', cancelled: 'dim',
}

function upgradesText(queue: readonly Upgrade[], paces: Paces, terminal: Context['terminal']): string {
  const columns: readonly Column<Upgrade>[] = [
    { title: 'CHAIN', text: ({ chain }) => chain },
    { title: 'HEIGHT', text: ({ height }) => String(height), align: 'right' },
    { title: 'NAME', text: ({ name }) => name, shrinks: true },
    { title: 'STATUS', text: ({ status }) => status.replace('_', ' '), style: ({ status }) => styles[status] },
    { title: 'PROPOSAL', text: ({ proposalId: id }) => (id.length > 14 && terminal.width < Infinity ? `${id.slice(0, 12)}…` : id) },
    { title: 'WHEN', text: (upgrade) => whenText(upgrade, paces.get(upgrade.chain)) },
  ]
  const reasons = queue.flatMap(({ chain, name, status, reasons: given }) =>
    given.map((reason) => `${chain} ${name} (${status.replace('_', ' ')}): ${reason}`))
  return [renderTable(columns, queue, terminal), ...(reasons.length === 0 ? [] : ['', ...reasons])].join('\n')
}

function whenText(upgrade: Upgrade, pace: Pace | undefined): string {
  const { blocksLeft, eta } = distanceTo(upgrade, pace)
  if (blocksLeft === undefined) return timeText(upgrade.completedAt ?? upgrade.triggeredAt ?? upgrade.scheduledAt)
  if (blocksLeft === 0n) return 'height reached'
  const time = eta === undefined || pace?.head === undefined ? '' : `, about ${durationText(eta - pace.head.timestamp)}`
  return `in ${blocksLeft.toString()} blocks${time}`
}
