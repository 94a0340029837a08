import { SourceError } from '../../../domain/errors.js'
import type { Head } from '../../../domain/blocks/head.js'
import { isOpen } from '../../../domain/proposals/proposal.js'
import { readBlock } from '../../readHead.js'
import { allInOrder } from '../../rpc/allInOrder.js'
import type { ChainClient } from '../evm/context.js'
import { paceBlock } from '../evm/portion.js'
import type { Step } from '../evm/system.js'
import { type Asked, idsBetween, keyOfBallot, type ReadBallot, readBallots } from './ballots.js'
import type { WemixContracts, WemixMemory } from './context.js'
import { readContracts } from './contracts.js'
import { type Council, readCouncil } from './council.js'
import { type Counts, type Overview, readCounts } from './overview.js'

// Number of votes requested before it is known whether they exist, while a ballot can be voted on. So they need no
// request of their own.
const votesAhead = 4n

interface StepOverview {
  readonly overview: Overview
  readonly counts: Counts
  /** The ballots that may have changed since the cursor. */
  readonly followed: readonly ReadBallot[]
  readonly council: Council | undefined
  /** How many votes after the known ones were requested; the overview holds those that exist. */
  readonly votesAsked: bigint
}

/** The single request of a poll; repeated if the registry now names other contracts. */
export async function readOverview(
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

/**
 * The ballots to read: those still to be decided, expired ones, which may yet be closed, and after a reorg all within
 * its reach.
 */
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

/** How far the ballots and votes of these contracts were read; `undefined` if they were never read. */
export function knownOf(
  { cursor }: Step,
  { ballots }: WemixContracts,
): { readonly ballots: bigint; readonly votes: bigint } | undefined {
  const count = cursor?.counts?.[ballots.toLowerCase()]
  return count === undefined ? undefined : { ballots: count, votes: cursor?.counts?.['votes'] ?? 0n }
}

/** The error if several answers are not of one block. */
export function moved({ chain, host }: ChainClient, { number }: Head): SourceError {
  return new SourceError('transient', `${chain} had a reorg while block ${number} was read at ${host}.`)
}
