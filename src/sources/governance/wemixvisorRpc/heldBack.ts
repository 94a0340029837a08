import { keyOf, type Proposal, type ProposalStatus } from '../../../domain/proposals/proposal.js'
import type { KeyedPlanStanding } from '../../../domain/reading.js'
import { isJsonObject } from '../../../domain/text/json.js'
import { defined } from '../../../domain/defined.js'
import { secondsOf } from '../cosmosSdk/scalars.js'
import type { JsonRpcAnswer } from '../../jsonRpc/matchAnswers.js'
import { inOrder, mayBeScheduled } from './cancelledPlans.js'
import type { Unreadable } from './context.js'
import { listIn } from './lists.js'
import type { StatusWord } from './statusWords.js'
import { type Decoded, idOf, toProposal, type ToProposalContext } from './toProposal.js'

/** The unreadable proposals in the lists of these statuses. */
export function unreadableIn(
  statuses: readonly ProposalStatus[],
  words: readonly StatusWord[],
  answers: readonly JsonRpcAnswer[],
  context: ToProposalContext,
): readonly Unreadable[] {
  return words.flatMap(({ status }, at) => {
    const answer = answers[at]
    return answer?.ok === true && statuses.includes(status) ? unreadable(listIn(answer.result), context) : []
  })
}

/** The unreadable proposals among entries that may have passed. */
export function unreadable(entries: readonly unknown[], context: ToProposalContext): readonly Unreadable[] {
  return entries.flatMap((entry): readonly Unreadable[] => {
    if (typeof toProposal(entry, context) !== 'string') return []
    const id = isJsonObject(entry) ? idOf(entry) : undefined
    const votingEnd = isJsonObject(entry) ? secondsOf(entry['voting_end_time']) : undefined
    return [{ ...defined({ id, votingEnd }) }]
  })
}

/**
 * Returns the standings of plans that an unreadable proposal would cancel if it were a cancellation. They are unsure:
 * for each unreadable proposal, the plan that passed last before it. Plans that are certainly cancelled stay so, and a
 * plan that is no longer held back gets a plain standing.
 */
export function heldBack(
  found: readonly Unreadable[],
  all: readonly Decoded[],
  known: readonly Proposal[],
  isOff: (id: string) => boolean,
): readonly KeyedPlanStanding[] {
  const plans = all.filter(
    (one) => one.proposal.finding !== undefined && mayBeScheduled(one) && !isOff(one.proposal.id),
  )
  // A proposal that carried a plan when it was read is not a cancellation.
  const carriers = new Set(all.flatMap(({ proposal: { id, finding } }) => (finding === undefined ? [] : [id])))
  const held = new Map(
    found.flatMap(({ id, votingEnd }) => {
      if (id !== undefined && carriers.has(id)) return []
      const before = plans.filter(({ proposal }) => proposal.id !== id && isBefore(proposal, { id, votingEnd }))
      const [last] = before.sort((a, b) => inOrder(b, a))
      return last === undefined ? [] : [[last.proposal.id, reasonFor(id)] as const]
    }),
  )
  const verdict = (proposal: Proposal, unsure?: string): readonly KeyedPlanStanding[] => {
    const { plan } = proposal.finding ?? {}
    return plan === undefined
      ? []
      : [{ key: keyOf(proposal), name: plan.name, height: plan.height ?? 0, ...defined({ unsure }) }]
  }
  return [
    ...known
      .filter(({ id, finding }) => finding?.unsure !== undefined && !held.has(id) && !isOff(id))
      .flatMap((proposal) => verdict(proposal)),
    ...plans.flatMap(({ proposal }) => {
      const reason = held.get(proposal.id)
      return reason === undefined ? [] : verdict(proposal, reason)
    }),
  ]
}

/**
 * True if the plan passed before the unreadable proposal. One with neither an id nor a voting end may be the newest of
 * all.
 */
function isBefore(
  plan: Proposal,
  { id, votingEnd }: { readonly [key in keyof Unreadable]: Unreadable[key] | undefined },
) {
  if (plan.votingEnd !== undefined && votingEnd !== undefined && plan.votingEnd !== votingEnd)
    return plan.votingEnd < votingEnd
  return id === undefined || !/^[0-9]+$/.test(id) || !/^[0-9]+$/.test(plan.id) || BigInt(plan.id) < BigInt(id)
}

function reasonFor(id: string | undefined): string {
  const what = id === undefined ? 'A proposal' : `Proposal ${id}`
  return `${what} has passed after it and cannot be read: it may have cancelled this upgrade. Check it on the chain: if it did not, write the file by hand or upgrade govstream.`
}
