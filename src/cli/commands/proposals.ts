import { keyOf, type Proposal, type ProposalStatus, type ProposalType } from '../../domain/proposals/proposal.js'
import { selectProposals } from '../../domain/proposals/selectProposals.js'
import { withEstimates } from '../../domain/proposals/withEstimates.js'
import { defined } from '../../domain/defined.js'
import type { Store } from '../../store/Store.js'
import { exitCodes } from '../exitCodes.js'
import { locateState } from '../locateState.js'
import type { ChainOptions } from '../options.js'
import { foldLines } from '../output/foldLines.js'
import { printJson } from '../output/printJson.js'
import { proposalText } from '../output/proposalText.js'
import { proposalsTable } from '../output/proposalsTable.js'
import { meantBy, type ShortId, shortIds, wholeIds } from '../output/shortIds.js'
import { readWatched } from '../readWatched.js'
import type { Context, Terminal } from '../Terminal.js'
import { fullProposalView, proposalView, type Shown } from '../../views/proposalView.js'
import { withStore } from '../withStore.js'

export interface ProposalsOptions extends ChainOptions {
  readonly status?: ProposalStatus
  readonly type?: ProposalType
  readonly active?: boolean
}

/** Prints what is tracked, newest first; or one proposal in full, by its id or the start of it. */
export function proposals(id: string | undefined, options: ProposalsOptions, { terminal, now }: Context): number {
  const located = locateState(options)
  return withStore(located, (store) => {
    const tracked = readWatched(store, located, options.chain).flatMap(({ state }) => state ?? [])
    const all = tracked.flatMap((state) =>
      [...state.proposals.values()].sort(newestFirst).map((proposal): Shown => {
        const shown = withEstimates(proposal, state)
        return { proposal: shown, estimated: shown.votingEndsAtEstimated === true }
      }),
    )
    if (id !== undefined) return showOne(id, all, { store, json: options.json === true, terminal })
    const { status, type, active } = options
    const filter = {
      ...defined({ status, type }),
      ...(active === true && { active }),
    }
    const wanted = new Set(tracked.flatMap((state) => selectProposals(state.proposals, filter)).map(keyOf))
    const short = terminal.width < Infinity ? shortIds(all.map(({ proposal }) => proposal.id)) : wholeIds
    const shown = all.filter(({ proposal }) => wanted.has(keyOf(proposal)))
    if (options.json === true) printJson(terminal, shown.map(proposalView))
    else if (shown.length > 0) terminal.out(proposalsTable(shown, { terminal, short, now: now() }))
    else terminal.out(foldLines(nothing(all.length, located.state), terminal.width))
    return exitCodes.done
  })
}

interface OneOptions {
  readonly store: Store | undefined
  readonly json: boolean
  readonly terminal: Terminal
}

/** One proposal in full. An id that two chains have is told apart by what stands before it: `chain/ID`. */
function showOne(id: string, all: readonly Shown[], { store, json, terminal }: OneOptions): number {
  const meant = meantBy(all, id, ({ proposal }) => [proposal.id, `${proposal.chain}/${proposal.id}`, keyOf(proposal)])
  const [shown] = meant
  if (shown === undefined || store === undefined) {
    const known = there(all, shortIds(all.map(({ proposal }) => proposal.id)))
    terminal.note(foldLines(`There is no proposal ${id}${known}`, terminal.noteWidth))
    if (json) printJson(terminal, null)
    return exitCodes.failed
  }
  if (meant.length > 1) {
    terminal.note(
      [
        `${id} means ${meant.length} proposals; say which:`,
        ...meant.slice(0, mostNamed).map(({ proposal }) => `  ${keyOf(proposal)}  ${proposal.title}`),
      ].join('\n'),
    )
    return exitCodes.usage
  }
  const full = { ...shown, votes: store.votes(shown.proposal), moves: store.moves(shown.proposal) }
  if (json) printJson(terminal, fullProposalView(full))
  else terminal.out(proposalText(full, terminal))
  return exitCodes.done
}

const mostNamed = 10

/** Which ones there are, as far as a line holds them. */
function there(all: readonly Shown[], short: ShortId): string {
  if (all.length === 0) return ': no proposals yet.'
  const named = all
    .slice(0, mostNamed)
    .map(({ proposal }) => short(proposal.id))
    .join(', ')
  return all.length > mostNamed
    ? `; ${all.length} are tracked, the newest are ${named}.`
    : all.length === 1
      ? `; the only one that is tracked is ${named}.`
      : `; tracked are ${named}.`
}

function newestFirst(a: Proposal, b: Proposal): number {
  const [left, right] = [a.origin?.block ?? a.submittedAt ?? 0n, b.origin?.block ?? b.submittedAt ?? 0n]
  return left === right ? (b.origin?.index ?? 0) - (a.origin?.index ?? 0) : left < right ? 1 : -1
}

function nothing(count: number, state: string): string {
  return count === 0
    ? `No proposals yet: nothing was found on chain so far, or nothing has been read into ${state}.`
    : `No proposal fits: ${count} ${count === 1 ? 'is' : 'are'} tracked in all.`
}
