import { type Proposal, type ProposalStatus, type ProposalType, keyOf } from '../../domain/proposals/proposal.js'
import { defined } from '../../domain/defined.js'
import type { ProposalSelection, Store } from '../../store/Store.js'
import { exitCodes } from '../exitCodes.js'
import { locateState } from '../locateState.js'
import type { ChainOptions } from '../options.js'
import { foldLines } from '../output/foldLines.js'
import { firstOf, moreText, shownToPeople } from '../output/longList.js'
import { printJson, printJsonList } from '../output/printJson.js'
import { proposalText } from '../output/proposalText.js'
import { proposalsTable } from '../output/proposalsTable.js'
import { type ShortId, shortIdsBy, wholeIds } from '../output/shortIds.js'
import { readWatchedChains } from '../readWatchedChains.js'
import type { Context, Terminal } from '../Terminal.js'
import { fullProposalView, proposalView, type Shown } from '../../views/proposalView.js'
import { showProposals } from '../../views/showProposals.js'
import { withStore } from '../withStore.js'

export interface ProposalsOptions extends ChainOptions {
  readonly status?: ProposalStatus
  readonly type?: ProposalType
  readonly active?: boolean
  readonly limit?: number
}

/** Prints the tracked proposals, newest first; or one in full, by its id or the start of it. */
export async function proposals(id: string | undefined, options: ProposalsOptions, context: Context): Promise<number> {
  const located = await locateState(options)
  const { terminal } = context
  return withStore(located, async (store) => {
    const states = readWatchedChains(store, located, options.chain).flatMap(({ state }) => state ?? [])
    const json = options.json === true
    if (store === undefined) {
      if (id !== undefined) return missing(id, ': no proposals yet.', { json, terminal })
      if (json) await printJsonList(terminal, [], proposalView)
      else terminal.out(foldLines(nothing(0, located.state), terminal.width))
      return exitCodes.done
    }
    const tracked: Tracked = {
      store,
      chains: states.map(({ chain }) => chain),
      total: states.reduce((sum, { chain }) => sum + store.counts(chain).total, 0),
      show: showProposals(states),
      short: shortIdsBy((one) => store.adjacentIds(one)),
    }
    return id === undefined ? list(tracked, options, located.state, context) : showOne(id, tracked, { json, terminal })
  })
}

interface Tracked {
  readonly store: Store
  /** The requested chains. */
  readonly chains: readonly string[]
  /** Number of proposals of these chains. */
  readonly total: number
  readonly show: (proposal: Proposal) => Shown
  readonly short: ShortId
}

interface Answer {
  readonly json: boolean
  readonly terminal: Terminal
}

async function list(
  { store, chains, total, show, short }: Tracked,
  { status, type, active, limit, json = false }: ProposalsOptions,
  state: string,
  { terminal, now }: Context,
): Promise<number> {
  const filter = { ...defined({ status, type }), ...(active === true && { active }) }
  const found = (most?: number): ProposalSelection =>
    store.find({ ...filter, ...defined({ limit: most }) }, { chains, order: 'newest' })
  if (json) {
    await printJsonList(terminal, found(limit), (proposal) => proposalView(show(proposal)))
    return exitCodes.done
  }
  const all = found()
  if (all.size === 0) {
    terminal.out(foldLines(nothing(total, state), terminal.width))
    return exitCodes.done
  }
  const shown = firstOf(all, limit ?? shownToPeople).map(show)
  terminal.out(
    proposalsTable(shown, { terminal, short: terminal.width < Infinity ? short : wholeIds, now: now() }) +
      moreText(all.size - shown.length),
  )
  return exitCodes.done
}

/** Prints one proposal in full. If two chains have the id, `chain/ID` selects one. */
function showOne(id: string, { store, chains, total, show, short }: Tracked, { json, terminal }: Answer): number {
  const meant = store.findByPrefix(id, chains)
  const [proposal] = firstOf(meant, 1)
  if (proposal === undefined) {
    const newest = firstOf(store.find({ limit: mostNamed }, { chains, order: 'newest' }), mostNamed)
    return missing(id, trackedText(newest, total, short), { json, terminal })
  }
  if (meant.size > 1) {
    terminal.note(
      [
        `${id} means ${meant.size} proposals; say which:`,
        ...firstOf(meant, mostNamed).map((one) => `  ${keyOf(one)}  ${one.title}`),
      ].join('\n'),
    )
    return exitCodes.usage
  }
  const full = { ...show(proposal), votes: store.votes(proposal), moves: store.moves(proposal) }
  if (json) printJson(terminal, fullProposalView(full))
  else terminal.out(proposalText(full, terminal))
  return exitCodes.done
}

const mostNamed = 10

function missing(id: string, trackedText: string, { json, terminal }: Answer): number {
  terminal.note(foldLines(`There is no proposal ${id}${trackedText}`, terminal.noteWidth))
  if (json) printJson(terminal, null)
  return exitCodes.failed
}

/** Names the existing proposals, as many as fit on a line. */
function trackedText(newest: readonly Proposal[], total: number, short: ShortId): string {
  if (newest.length === 0) return ': no proposals yet.'
  const named = newest.map(({ id }) => short(id)).join(', ')
  return total > mostNamed
    ? `; ${total} are tracked, the newest are ${named}.`
    : total === 1
      ? `; the only one that is tracked is ${named}.`
      : `; tracked are ${named}.`
}

function nothing(count: number, state: string): string {
  return count === 0
    ? `No proposals yet: nothing was found on chain so far, or nothing has been read into ${state}.`
    : `No proposal fits: ${count} ${count === 1 ? 'is' : 'are'} tracked in all.`
}
