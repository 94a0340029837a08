import type { Proposal, ProposalStatus, ProposalType } from '../../domain/proposal.js'
import { selectProposals } from '../../domain/selectProposals.js'
import { withEstimates } from '../../domain/withEstimates.js'
import { exitCodes } from '../exitCodes.js'
import { locateState } from '../locateState.js'
import type { ReadOptions } from '../options.js'
import { printJson } from '../output/printJson.js'
import { proposalText } from '../output/proposalText.js'
import { proposalsTable } from '../output/proposalsTable.js'
import { readWatched } from '../readWatched.js'
import type { Context } from '../Terminal.js'
import { proposalView } from '../views/proposalView.js'
import { withStore } from '../withStore.js'

export interface ProposalsOptions extends ReadOptions {
  readonly status?: ProposalStatus
  readonly type?: ProposalType
  readonly active?: boolean
}

/** Prints what is tracked, newest first; or one proposal in full, by its id or the start of it. */
export function proposals(id: string | undefined, options: ProposalsOptions, { terminal }: Context): number {
  const located = locateState(options)
  const { status, type, active } = options
  const filter = { ...(status !== undefined && { status }), ...(type !== undefined && { type }), ...(active === true && { active }) }
  const tracked = withStore(located, (store) => readWatched(store, located)).flatMap(({ state }) => state ?? [])
  const count = tracked.reduce((sum, { proposals: { size } }) => sum + size, 0)
  const found = tracked.flatMap((state) => [...selectProposals(state.proposals, filter)].sort(newestFirst).map((proposal) => withEstimates(proposal, state)))
  const shown = id === undefined ? found : named(found, id)

  if (id !== undefined && shown.length === 0) {
    terminal.note(`There is no proposal ${id}${count === 0 ? ': no proposals yet' : ''}.`)
    if (options.json === true) printJson(terminal, [])
    return exitCodes.failed
  }
  if (options.json === true) printJson(terminal, shown.map(proposalView))
  else if (id !== undefined) terminal.out(shown.map((proposal) => proposalText(proposal, terminal)).join('\n\n'))
  else if (shown.length > 0) terminal.out(proposalsTable(shown, terminal))
  else terminal.out(nothing(count, located.state))
  return exitCodes.done
}

/** A Governor's ids have up to 78 digits: the start is enough, as long as no id is exactly it. */
function named(all: readonly Proposal[], id: string): readonly Proposal[] {
  const exact = all.filter((proposal) => proposal.id === id)
  return exact.length > 0 ? exact : all.filter((proposal) => id.length >= 4 && proposal.id.startsWith(id))
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
