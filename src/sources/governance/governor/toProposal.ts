import type { Head } from '../../../domain/blocks/head.js'
import { defined } from '../../../domain/defined.js'
import {
  keyOf,
  type Proposal,
  type ProposalKey,
  type ProposalStatus,
  type Vote,
} from '../../../domain/proposals/proposal.js'
import { cleanText } from '../../../domain/text/text.js'
import type { DescribeProposal } from '../evm/context.js'
import { decodeActions } from './actions.js'
import type { GovernorRules, RuleBook } from './context.js'
import type { Cast, Created, Edited, GovernorEvent, LogPosition } from './decode.js'
import { splitOf, tallyOf } from './tally.js'

export interface FoldContext {
  readonly chain: string
  readonly rules: RuleBook
  readonly describe: DescribeProposal
  /** Whether to return votes; a first sync does not need them. */
  readonly withVotes: boolean
}

export interface Folded {
  readonly proposals: ReadonlyMap<ProposalKey, Proposal>
  /** Proposals that an event changed. */
  readonly touched: ReadonlySet<ProposalKey>
  /** The content proposals were created with. `edited` holds the proposals that were edited. */
  readonly created: ReadonlyMap<ProposalKey, Created>
  readonly edited: ReadonlySet<ProposalKey>
  /** Proposals that an event ended. */
  readonly closed: ReadonlySet<ProposalKey>
  /** Votes in chain order. */
  readonly votes: readonly Vote[]
}

const maxReason = 1_000

/**
 * Applies events, in chain order, to the known proposals. If a proposal is created twice, the first event counts.
 * Events about unknown proposals, which closed long ago, change nothing, but their votes are returned.
 */
export function foldEvents(
  known: ReadonlyMap<ProposalKey, Proposal>,
  events: readonly GovernorEvent[],
  context: FoldContext,
): Folded {
  const proposals = new Map(known)
  const touched = new Set<ProposalKey>()
  const created = new Map<ProposalKey, Created>()
  const edited = new Set<ProposalKey>()
  const closed = new Set<ProposalKey>()
  const votes: Vote[] = []
  for (const event of events) {
    const rules = context.rules.get(event.position.contract)
    if (rules === undefined || event.type === 'rules') continue
    const ref = { chain: context.chain, contract: rules.address, id: event.id }
    const key = keyOf(ref)
    if (event.type === 'vote' && context.withVotes) votes.push({ ...ref, ...voteOf(event, event.position) })
    const before = proposals.get(key)
    const after =
      before === undefined
        ? event.type === 'created'
          ? createdFrom(event, event.position, rules, context)
          : undefined
        : applyEvent(before, event, rules, context.describe)
    if (after === undefined || after === before) continue
    proposals.set(key, after)
    touched.add(key)
    if (event.type === 'created') created.set(key, event)
    if (event.type === 'edited') edited.add(key)
    if (event.type === 'canceled' || event.type === 'executed') closed.add(key)
  }
  return { proposals, touched, created, edited, closed, votes }
}

function applyEvent(
  proposal: Proposal,
  event: Exclude<GovernorEvent, { readonly type: 'rules' }>,
  rules: GovernorRules,
  describe: DescribeProposal,
): Proposal {
  switch (event.type) {
    case 'created':
      return proposal
    case 'canceled':
      return { ...proposal, status: 'canceled', derived: false }
    case 'executed':
      return { ...proposal, status: 'executed', derived: false }
    case 'queued':
      return { ...proposal, status: 'queued', derived: false, ...(event.eta > 0n && { executableAt: event.eta }) }
    case 'extended':
      return withDeadline(proposal, event.deadline)
    case 'edited':
      return withEdit(proposal, event, rules, describe)
    case 'vote':
      return withVote(proposal, event, rules)
  }
}

/** Moves the deadline and drops its time, which is read once the new deadline block is past. */
export function withDeadline(proposal: Proposal, deadline: bigint): Proposal {
  if (proposal.votingEnd === deadline) return proposal
  const { votingEndsAt: _before, ...rest } = proposal
  return { ...rest, votingEnd: deadline, ...(proposal.clock === 'timestamp' && { votingEndsAt: deadline }) }
}

/** Applies an edit. Parts that it does not name stay; the plan is searched for again in the new content. */
function withEdit(
  proposal: Proposal,
  { actions: raw, description = proposal.description }: Edited,
  rules: GovernorRules,
  describe: DescribeProposal,
): Proposal {
  const actions = raw === undefined ? proposal.actions : decodeActions(raw, ownAddresses(rules))
  const { finding: _before, ...rest } = proposal
  return { ...rest, ...describe({ description, actions }), actions, edited: true }
}

function ownAddresses({ address, timelock }: GovernorRules): ReadonlySet<string> {
  return new Set([address, ...(timelock === undefined ? [] : [timelock])].map((one) => one.toLowerCase()))
}

function withVote(proposal: Proposal, vote: Cast, rules: GovernorRules): Proposal {
  const split = splitOf(vote)
  const { tally } = proposal
  // An unknown way of counting cannot be summed, so the tally changes only by what the contract says.
  if (split === undefined || tally === undefined) return proposal
  return {
    ...proposal,
    tally: tallyOf(
      { yes: tally.yes + split.yes, no: tally.no + split.no, abstain: tally.abstain + split.abstain },
      {
        quorumRule: rules.quorumRule,
        quorum: tally.quorum,
        electorate: tally.electorate,
        unit: rules.unit,
      },
    ),
  }
}

function createdFrom(
  created: Created,
  node: LogPosition,
  rules: GovernorRules,
  { chain, describe }: FoldContext,
): Proposal {
  const actions = decodeActions(created.actions, ownAddresses(rules))
  const { clock, isDistant, address: contract, fixedQuorum, quorumRule, unit } = rules
  return {
    chain,
    contract,
    id: created.id,
    system: 'governor',
    ...describe({ description: created.description, actions }),
    status: 'submitted',
    derived: false,
    closesItself: true,
    proposer: created.proposer,
    actions,
    clock,
    ...(isDistant === true && { foreignClock: true as const }),
    votingStart: created.votingStart,
    votingEnd: created.votingEnd,
    ...defined({ submittedAt: node.timestamp }),
    ...(clock === 'timestamp' && { votingStartsAt: created.votingStart, votingEndsAt: created.votingEnd }),
    tally: tallyOf({ yes: 0n, no: 0n, abstain: 0n }, { quorumRule, quorum: fixedQuorum, unit }),
    origin: { block: node.block, hash: node.hash, index: node.index },
    readAt: node.block,
  }
}

function voteOf(
  { voter, support, weight, reason }: Cast,
  { block, index }: LogPosition,
): Omit<Vote, 'chain' | 'contract' | 'id'> {
  return {
    voter,
    choice: choices[support] ?? 'split',
    weight,
    reason: cleanText(reason, maxReason),
    block,
    index,
  }
}

const choices: readonly Vote['choice'][] = ['no', 'yes', 'abstain']

export interface DerivedStatus {
  readonly status: ProposalStatus
  readonly derived: boolean
}

// The order of the enum is the same in OpenZeppelin's and Compound's governors. The last three belong to the Nouns
// family: vetoed, in the objection period, and still editable.
const statuses: readonly DerivedStatus[] = [
  { status: 'submitted', derived: false },
  { status: 'voting', derived: false },
  { status: 'canceled', derived: false },
  { status: 'rejected', derived: true },
  { status: 'passed', derived: false },
  { status: 'queued', derived: false },
  { status: 'expired', derived: true },
  { status: 'executed', derived: false },
  { status: 'canceled', derived: false },
  { status: 'voting', derived: false },
  { status: 'submitted', derived: false },
]

/** The status for an answer of `state(id)`; `undefined` for an unknown number. */
export function statusOf(state: unknown): DerivedStatus | undefined {
  return typeof state === 'number' ? statuses[state] : undefined
}

/**
 * The status of an open proposal according to events and clock; `undefined` once the deadline is past, or if the clock
 * is that of another chain, because then only the contract knows. Voting starts after `votingStart` and includes
 * `votingEnd`.
 */
export function statusByClock(
  {
    clock,
    foreignClock,
    votingStart,
    votingEnd,
  }: Pick<Proposal, 'clock' | 'foreignClock' | 'votingStart' | 'votingEnd'>,
  at: Head,
): DerivedStatus | undefined {
  const now = clock === 'block' ? at.number : at.timestamp
  if (foreignClock === true || votingStart === undefined || votingEnd === undefined) return undefined
  if (votingStart >= now) return { status: 'submitted', derived: false }
  return votingEnd >= now ? { status: 'voting', derived: false } : undefined
}
