import { upgradeStyles } from '../output/statusStyles.js'
import { blocksText, withCommas } from '../../domain/notifications/phrases.js'
import { queueOf } from '../../domain/upgrades/queueOf.js'
import { durationText } from '../../domain/text/time.js'
import { upgradeStatusText } from '../../domain/upgrades/upgradeStatusText.js'
import { isOwn, proposalOf, type Upgrade } from '../../domain/upgrades/upgrade.js'
import { exitCodes } from '../exitCodes.js'
import { locateState } from '../locateState.js'
import type { ChainOptions } from '../options.js'
import { foldLines } from '../output/foldLines.js'
import { moreText, shownToPeople } from '../output/longList.js'
import { printJsonList } from '../output/printJson.js'
import { type Column, renderTable } from '../output/renderTable.js'
import { type ShortId, shortIds, wholeIds } from '../output/shortIds.js'
import { timeText } from '../output/times.js'
import { readWatchedChains } from '../readWatchedChains.js'
import type { Context } from '../Terminal.js'
import { distanceTo, type Pace, upgradeView } from '../../views/upgradeView.js'
import { withStore } from '../withStore.js'
import { plainPlace, reachedText } from '../output/duePlace.js'

export interface UpgradesOptions extends ChainOptions {
  readonly limit?: number
}

type Paces = ReadonlyMap<string, Pace>

/** Prints the pending upgrades, the queue in height order, then the finished upgrades. */
export async function upgrades(options: UpgradesOptions, { terminal }: Context): Promise<number> {
  const located = await locateState(options)
  const watched = await withStore(located, (store) => readWatchedChains(store, located, options.chain))
  const states = watched.flatMap(({ state }) => state ?? [])
  const paces: Paces = new Map(states.map((state) => [state.chain, state]))
  const all = queueOf(states.flatMap((state) => [...state.upgrades.values()])).upgrades
  const queue = all.slice(0, options.limit ?? (options.json === true ? undefined : shownToPeople))
  if (options.json === true)
    await printJsonList(terminal, queue, (upgrade) => upgradeView(upgrade, paces.get(upgrade.chain)))
  else if (queue.length > 0) terminal.out(upgradesText(queue, paces, terminal) + moreText(all.length - queue.length))
  else
    terminal.out(
      states.length === 0
        ? `No upgrades yet: nothing has been read into ${located.state}.`
        : 'No upgrades: no plan was found so far.',
    )
  return exitCodes.done
}

function upgradesText(queue: readonly Upgrade[], paces: Paces, terminal: Context['terminal']): string {
  const short = terminal.width < Infinity ? shortIds(queue.flatMap((upgrade) => proposalOf(upgrade) ?? [])) : wholeIds
  const columns: readonly Column<Upgrade>[] = [
    { title: 'CHAIN', text: ({ chain }) => chain, yields: 2 },
    { title: 'HEIGHT', text: plainPlace, align: 'right' },
    { title: 'NAME', text: ({ name }) => name, shrinks: true, least: 12 },
    { title: 'STATUS', text: upgradeStatusText, style: ({ status }) => upgradeStyles[status] },
    { title: 'PROPOSAL', text: (upgrade) => sourceText(upgrade, short), yields: 1 },
    {
      title: 'WHEN',
      text: (upgrade) => whenText(upgrade, paces.get(upgrade.chain)),
      shrinks: true,
      least: 17,
      folds: true,
    },
  ]
  // A past upgrade was over before the first poll, so it needs no action.
  const reasons = queue.flatMap(({ chain, name, ...upgrade }) =>
    (upgrade.status === 'past' ? [] : upgrade.reasons).map((reason) =>
      foldLines(`${chain} ${name} (${upgradeStatusText(upgrade)}): ${withCommas(reason, [name])}`, terminal.width),
    ),
  )
  return [renderTable(columns, queue, terminal), ...(reasons.length === 0 ? [] : ['', ...reasons])].join('\n')
}

function sourceText(upgrade: Upgrade, short: ShortId): string {
  const proposal = proposalOf(upgrade)
  return proposal === undefined ? (isOwn(upgrade) ? 'your own' : 'announced') : short(proposal)
}

function whenText(upgrade: Upgrade, pace: Pace | undefined): string {
  const { blocksLeft, eta, isReached } = distanceTo(upgrade, pace)
  if (isReached === true) return reachedText(upgrade)
  const span = eta === undefined || pace?.head === undefined ? undefined : durationText(eta - pace.head.timestamp)
  if (blocksLeft !== undefined) return `in ${blocksText(blocksLeft)}${span === undefined ? '' : `, about ${span}`}`
  return span === undefined ? timeText(upgrade.completedAt ?? upgrade.triggeredAt ?? upgrade.scheduledAt) : `in ${span}`
}
