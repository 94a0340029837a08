import { SourceError } from '../../../domain/errors.js'
import type { Head } from '../../../domain/blocks/head.js'
import { keyOf, type Proposal, type Vote } from '../../../domain/proposals/proposal.js'
import { defined } from '../../../domain/defined.js'
import { readBlock } from '../../readHead.js'
import type { BlockRange } from '../../rpc/logs/suggestedRange.js'
import { readCalls } from '../../rpc/readCalls.js'
import type { ChainClient } from '../evm/context.js'
import type { Step, StepResult } from '../evm/system.js'
import { type CastVote, govAbi } from './decode.js'
import { idsBetween, type ReadBallot, readHistory } from './ballots.js'
import { type Counts, readVotes } from './overview.js'
import { type Inapplicable, readInapplicable } from './inapplicable.js'
import { knownOf, moved, readOverview } from './readOverview.js'
import { buildProposals } from './buildProposals.js'
import type { WemixContext, WemixContracts, WemixMemory } from './context.js'

// Maximum number of votes read after a long absence; the newest ones are read.
const mostVotes = 2_000n

/**
 * Reads everything at the target: what is new since the cursor, and what may still change. This takes one HTTP request,
 * and more for every twenty new ballots, for many new votes, if a ballot on members was accepted, and if the registry
 * names other contracts.
 */
export async function readStep(
  node: ChainClient,
  given: Step,
  options: WemixContext,
  memory: WemixMemory,
): Promise<StepResult | 'reorged'> {
  // After a reorg an id may belong to another ballot.
  if (given.ancestor !== undefined) memory.followed = new Map()
  const step = given.ancestor === undefined ? given : await withoutOrphans(node, given, given.ancestor, memory)
  requireOurs(step, options.chain)
  const { overview, counts, followed, council, votesAsked } = await readOverview(node, step, memory)
  const {
    at,
    contracts,
    headers: [before],
    nodeVersion,
  } = overview
  if (step.anchor !== undefined && before?.hash !== step.anchor.hash) return 'reorged'

  const known = knownOf(step, contracts)
  // Ids only grow. If there are fewer ballots than reported before, the earlier count was wrong and all are read again.
  const isFewer = known !== undefined && step.ancestor === undefined && counts.ballots < known.ballots
  const news = idsBetween(isFewer ? 1n : (known?.ballots ?? 0n) + 1n, counts.ballots)
  const late =
    known === undefined ? [] : idsBetween(latest(known.votes + votesAsked + 1n, counts.votes - mostVotes), counts.votes)
  const added = await readHistory(node, contracts.ballots, news, at.number)
  if (known !== undefined) requireAll(node, counts, added)
  const votes = [
    ...overview.votes,
    ...(late.length === 0 ? [] : await readVotes(node, contracts.ballots, late, at.number)),
  ]
  const movedSince = known === undefined ? step.cursor?.at.timestamp : undefined
  const isRewound = step.ancestor !== undefined
  const { remembered, ...settled } = buildProposals(
    { at, contracts, counts, open: step.open, followed, added, council, isRewound, movedSince },
    options,
    memory.followed,
  )
  const accepted = known === undefined ? [] : acceptedSince(step.open, settled.proposals)
  const idle =
    accepted.length === 0
      ? nothing
      : await readInapplicable(node, contracts.gov, accepted, sinceLast(step, at, options))
  if (news.length + late.length + accepted.length > 0) await requireSame(node, at)
  memory.followed = remembered
  const done = new Map(idle.proposals.map((proposal) => [keyOf(proposal), proposal]))
  return {
    at,
    ...defined({ previous: before }),
    ...settled,
    proposals: settled.proposals.map((proposal) => done.get(keyOf(proposal)) ?? proposal),
    warnings: [...settled.warnings, ...idle.warnings],
    votes:
      known === undefined ? [] : newVotes(votes, known, counts).map(toVote({ chain: options.chain, contracts, at })),
    counts: { [contracts.ballots.toLowerCase()]: counts.ballots, votes: counts.votes, voting: counts.voting },
    ...defined({ nodeVersion }),
  }
}

/** Checks that a node that reports a number of ballots has every one of them. */
function requireAll({ host, chain }: ChainClient, { ballots }: Counts, added: readonly ReadBallot[]): void {
  const none = added.find(({ ballot }) => ballot === 'none')
  if (none === undefined) return
  throw new SourceError(
    'transient',
    `${host} of ${chain} says that there are ${ballots} ballots, but has no ballot ${none.id}.`,
  )
}

/** The votes with ids above the last known one, up to the newest at this block. */
function newVotes(
  votes: readonly CastVote[],
  known: Pick<Counts, 'votes'>,
  newest: Pick<Counts, 'votes'>,
): readonly CastVote[] {
  return votes.filter(({ voteId }) => voteId > known.votes && voteId <= newest.votes)
}

/** Where votes were read. The contracts do not tell when they were cast. */
interface VotePlace {
  readonly chain: string
  readonly contracts: WemixContracts
  readonly at: Head
}

function toVote({ chain, contracts, at }: VotePlace): (cast: CastVote) => Vote {
  return ({ voteId, ballotId, voter, choice, power }) => ({
    chain,
    contract: contracts.ballots,
    id: ballotId.toString(),
    voter,
    choice,
    weight: power,
    reason: '',
    block: at.number,
    index: Number(voteId),
  })
}

const nothing: Inapplicable = { proposals: [], warnings: [] }

/** The ballots on members that were accepted since the last reading. Other accepted ballots always take effect. */
function acceptedSince(open: readonly Proposal[], proposals: readonly Proposal[]): readonly Proposal[] {
  const before = new Map(open.map((proposal) => [keyOf(proposal), proposal]))
  return proposals.filter(
    (proposal) =>
      proposal.status === 'executed' &&
      proposal.actions.length === 0 &&
      before.get(keyOf(proposal))?.status !== 'executed',
  )
}

/** The blocks since the last reading; after a long absence, the last ones that one request can cover. */
function sinceLast({ cursor, ancestor }: Step, { number }: Head, { maxLogRange }: WemixContext): BlockRange {
  const after = (ancestor ?? cursor?.at.number ?? number) + 1n
  return { from: latest(after < number ? after : number, number - BigInt(maxLogRange) + 1n), to: number }
}

/**
 * After a reorg, votes count from the block that survived, because their ids are reused. If the node has pruned the
 * state of that block, only votes with new ids are reported.
 */
async function withoutOrphans(
  { client }: ChainClient,
  step: Step,
  ancestor: bigint,
  { contracts }: WemixMemory,
): Promise<Step> {
  const { cursor } = step
  if (contracts === undefined || cursor?.counts === undefined) return step
  const [answer] = await readCalls(
    client,
    [{ address: contracts.gov, abi: govAbi, functionName: 'voteLength' }],
    ancestor,
  ).catch(() => [])
  const votes = answer?.ok === true && typeof answer.value === 'bigint' ? answer.value : (cursor.counts['votes'] ?? 0n)
  return { ...step, cursor: { ...cursor, counts: { ...cursor.counts, votes } } }
}

/** Refuses a state file of another governance system, because its proposals are unknown to this reader. */
function requireOurs({ cursor }: Step, chain: string): void {
  if (cursor === undefined || cursor.counts?.['voting'] !== undefined) return
  throw new SourceError(
    'permanent',
    `The stored position in the history of ${chain} is that of another governance system. Start with a new state file.`,
  )
}

/** Checks that the answers of several requests at one height belong to the same block. */
async function requireSame(node: ChainClient, at: Head): Promise<void> {
  const block = await readBlock(node.client, at.number, node.host)
  if (block?.hash !== at.hash) throw moved(node, at)
}

function latest(one: bigint, other: bigint): bigint {
  return one > other ? one : other
}
