import { SourceError } from '../../../domain/errors.js'
import type { Head } from '../../../domain/blocks/head.js'
import { isOpen, keyOf, type Proposal, type Vote } from '../../../domain/proposals/proposal.js'
import { defined } from '../../../domain/defined.js'
import { readBlock } from '../../readHead.js'
import { allInOrder } from '../../rpc/allInOrder.js'
import type { BlockRange } from '../../rpc/logs/suggestedRange.js'
import { readCalls } from '../../rpc/readCalls.js'
import { paceBlock } from '../evm/portion.js'
import type { ChainClient } from '../evm/context.js'
import type { Step, StepResult } from '../evm/readNext.js'
import { type CastVote, govAbi } from './decode.js'
import { type Asked, idsBetween, keyOfBallot, type ReadBallot, readBallots, readHistory } from './ballots.js'
import { readContracts } from './contracts.js'
import { type Council, readCouncil } from './council.js'
import { type Counts, type Overview, readCounts, readVotes } from './overview.js'
import { type Inapplicable, readInapplicable } from './inapplicable.js'
import { buildProposals } from './toProposal.js'
import type { WemixContext, WemixContracts, WemixMemory } from './context.js'

// Where something can be voted on, that many votes are asked for before anybody knows whether they exist: so they
// cost no request of their own.
const votesAhead = 4n
// Of a long absence, the last ones.
const mostVotes = 2_000n

/**
 * Reads everything at the target: what is new since the cursor, and what may still change. One HTTP request; one
 * more for every twenty new ballots, for many new votes, where a ballot on members was accepted, and where the registry
 * points elsewhere.
 */
export async function readStep(
  node: ChainClient,
  given: Step,
  options: WemixContext,
  memory: WemixMemory,
): Promise<StepResult | 'reorged'> {
  // Ids may belong to other ballots after a reorg.
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
  // Ids only grow: where there are fewer than were told, what was read of them is not to be relied on.
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
    votes: known === undefined ? [] : newVotes(votes, known.votes, counts.votes, contracts, at, options.chain),
    counts: { [contracts.ballots.toLowerCase()]: counts.ballots, votes: counts.votes, voting: counts.voting },
    ...defined({ nodeVersion }),
  }
}

/** A node that says how many ballots there are must have every one of them. */
function requireAll({ host, chain }: ChainClient, { ballots }: Counts, added: readonly ReadBallot[]): void {
  const none = added.find(({ ballot }) => ballot === 'none')
  if (none === undefined) return
  throw new SourceError(
    'transient',
    `${host} of ${chain} says that there are ${ballots} ballots, and that number ${none.id} is none.`,
  )
}

/** Those of the votes whose ids lie above the last one known, up to the newest at this block. */
function newVotes(
  votes: readonly CastVote[],
  known: bigint,
  newest: bigint,
  { ballots }: WemixContracts,
  at: Head,
  chain: string,
): readonly Vote[] {
  return votes
    .filter(({ voteId }) => voteId > known && voteId <= newest)
    .map(({ voteId, ballotId, voter, choice, power }) => ({
      chain,
      contract: ballots,
      id: ballotId.toString(),
      voter,
      choice,
      weight: power,
      reason: '',
      block: at.number,
      index: Number(voteId),
    }))
}

const nothing: Inapplicable = { proposals: [], warnings: [] }

/** Ballots on members that were accepted since they were read last: the others always change what they say. */
function acceptedSince(open: readonly Proposal[], proposals: readonly Proposal[]): readonly Proposal[] {
  const before = new Map(open.map((proposal) => [keyOf(proposal), proposal]))
  return proposals.filter(
    (proposal) =>
      proposal.status === 'executed' &&
      proposal.actions.length === 0 &&
      before.get(keyOf(proposal))?.status !== 'executed',
  )
}

/** The blocks since the last reading; of a long absence the last ones that one request may ask for. */
function sinceLast({ cursor, ancestor }: Step, { number }: Head, { maxLogRange }: WemixContext): BlockRange {
  const after = (ancestor ?? cursor?.at.number ?? number) + 1n
  return { from: latest(after < number ? after : number, number - BigInt(maxLogRange) + 1n), to: number }
}

interface StepOverview {
  readonly overview: Overview
  readonly counts: Counts
  /** The ballots that may have moved since the cursor. */
  readonly followed: readonly ReadBallot[]
  readonly council: Council | undefined
  /** How many votes after the known ones are in the overview, as far as they exist. */
  readonly votesAsked: bigint
}

/** The one request of a poll; made again where the registry has come to point elsewhere. */
async function readOverview(
  node: ChainClient,
  step: Step,
  memory: WemixMemory,
  isAgain = false,
): Promise<StepOverview> {
  const { registry, contracts } = memory
  const { target, anchor, ancestor } = step
  if (registry === undefined) throw new SourceError('transient', `The registry of ${node.chain} is not known yet.`)
  const assumed = contracts ?? (await readContracts(node, registry, target.number))
  const known = knownOf(step, assumed)
  const asked = followedBallots(step, assumed, memory)
  const votesAsked = asked.length > 0 ? votesAhead : 0n
  const voteIds = known === undefined ? [] : idsBetween(known.votes + 1n, known.votes + votesAsked)
  const voting = step.cursor?.counts?.['voting'] ?? 0n
  const headers = [anchor?.number ?? ancestor ?? paceBlock(target.number)]
  const [overview, followed, council, last] = await allInOrder([
    readCounts(node, target, assumed, voteIds, headers),
    readBallots(node, assumed.ballots, asked, target.number),
    readCouncil(node, assumed, known === undefined ? 0n : voting, target.number, memory),
    readBlock(node.client, target.number, node.host),
  ])
  if (last?.hash !== overview.at.hash) throw moved(node, overview.at)
  memory.contracts = overview.contracts
  if (overview.counts !== undefined) return { overview, counts: overview.counts, followed, council, votesAsked }
  if (isAgain) throw moved(node, overview.at)
  return readOverview(node, step, memory, true)
}

/** What is still to be decided, after a reorg all in its reach, and what has expired: that may yet be closed. */
function followedBallots(
  { open, cursor, ancestor }: Step,
  { ballots }: WemixContracts,
  { followed }: WemixMemory,
): readonly Asked[] {
  const known = cursor?.counts?.[ballots.toLowerCase()]
  if (known === undefined) return []
  const mayMove = open.filter(
    (proposal) => proposal.contract === ballots && (ancestor !== undefined || isOpen(proposal)),
  )
  const ids = new Set(mayMove.map(({ id }) => BigInt(id)).filter((id) => id <= known))
  const voting = cursor?.counts?.['voting'] ?? 0n
  if (voting > 0n && voting <= known) ids.add(voting)
  return [...ids]
    .sort((a, b) => (a < b ? -1 : 1))
    .map((id) => {
      const remembered = followed.get(keyOfBallot(ballots, id))
      return { id, whole: remembered === undefined, alone: remembered?.isLong ?? false }
    })
}

/** How far the ballots and votes of these contracts were read; `undefined` where they never were. */
function knownOf(
  { cursor }: Step,
  { ballots }: WemixContracts,
): { readonly ballots: bigint; readonly votes: bigint } | undefined {
  const count = cursor?.counts?.[ballots.toLowerCase()]
  return count === undefined ? undefined : { ballots: count, votes: cursor?.counts?.['votes'] ?? 0n }
}

/**
 * After a reorg votes count from the block that survived: their ids go to others. Where the node has forgotten the
 * state of that block, only those with ids never seen are told.
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

/** A state file that was made with another system holds proposals this reader knows nothing of. */
function requireOurs({ cursor }: Step, chain: string): void {
  if (cursor === undefined || cursor.counts?.['voting'] !== undefined) return
  throw new SourceError(
    'permanent',
    `The stored place in the history of ${chain} is that of another governance system. Start with a new state file.`,
  )
}

/** What took several requests was asked at one height, and must have been asked of one block. */
async function requireSame(node: ChainClient, at: Head): Promise<void> {
  const block = await readBlock(node.client, at.number, node.host)
  if (block?.hash !== at.hash) throw moved(node, at)
}

function moved({ chain, host }: ChainClient, { number }: Head): SourceError {
  return new SourceError('transient', `${chain} moved while block ${number} was read at ${host}.`)
}

function latest(one: bigint, other: bigint): bigint {
  return one > other ? one : other
}
