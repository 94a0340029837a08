import { z } from 'zod'
import type { Json } from '../../src/domain/text/json.js'
import { isOpen, keyOf, type Proposal, type ProposalStatus } from '../../src/domain/proposals/proposal.js'
import type { GoodReading } from '../../src/domain/reading.js'
import { block as headOf, chain, contract, hashOf, proposal, reading } from './builders.js'

/**
 * The events of one proposal, by block. A `lost` one does not happen on the branch left by a
 * reorg.
 */
export interface Life {
  readonly id: string
  readonly plan?: { readonly name: string; readonly height: number }
  readonly created: number
  readonly isLost?: boolean
  readonly votingStart: number
  readonly votingEnd: number
  readonly votes: readonly { readonly block: number; readonly yes: boolean; readonly isLost?: boolean }[]
  readonly canceled?: number
  readonly executed?: number
  /**
   * A ballot that must be closed by a call; 0 if that never happens. Absent: it closes by
   * itself.
   */
  readonly finalised?: number
}

/**
 * The events of all proposals. At the block `at` the last `depth` blocks are replaced by
 * others.
 */
export interface Timeline {
  readonly lives: readonly Life[]
  readonly reorg?: { readonly at: number; readonly depth: number }
}

interface Place {
  readonly block: number
  readonly branch: number
}

/** `asked` is the last block at which the contract itself was read; 0 for never. */
const cursorSchema = z.object({ block: z.number(), branch: z.number(), asked: z.number() })

const quorum = 2n

/**
 * The reading of a correct reader at `head`, continuing from `cursor`, of everything up to
 * `upTo`. A portion (`upTo` below `head`) contains only events and no reads of the contract,
 * as with long histories.
 */
export function readAt(timeline: Timeline, cursor: Json | undefined, head: number, upTo = head): GoodReading {
  const { lives, reorg } = timeline
  const seen = cursor === undefined ? undefined : cursorSchema.parse(cursor)
  const branch = reorg !== undefined && head >= reorg.at ? 1 : 0
  const ancestor = reorg === undefined ? 0 : reorg.at - reorg.depth - 1
  const isRewound = seen !== undefined && seen.branch !== branch && seen.block > ancestor
  const from = isRewound ? ancestor : (seen?.block ?? -1)
  const asked = isRewound ? Math.min(ancestor, seen.asked) : (seen?.asked ?? 0)
  const now: Place = { block: upTo, branch }
  const happens = (at: number, isLost: boolean | undefined, place: Place): boolean =>
    at <= place.block && !(isLost === true && place.branch === 1 && at > ancestor)
  const there = (life: Life, place: Place): boolean =>
    life.created <= place.block && happens(life.created, life.isLost, place)
  const votesOf = (life: Life, place: Place): Life['votes'] =>
    life.votes.filter((vote) => happens(vote.block, vote.isLost, place))

  const statusOf = (life: Life, place: Place, isPortion: boolean): ProposalStatus => {
    const { canceled, executed, finalised, votingStart, votingEnd } = life
    const votes = votesOf(life, place)
    const yes = votes.filter((vote) => vote.yes).length
    const passes = yes >= quorum && yes * 2 > votes.length
    // A rejected one cannot be canceled any more.
    if (
      canceled !== undefined &&
      canceled <= place.block &&
      (passes || canceled <= Math.max(votingEnd, finalised ?? 0) || finalised === 0)
    )
      return 'canceled'
    if (place.block <= votingStart) return 'submitted'
    if (place.block <= votingEnd) return 'voting'
    if (finalised !== undefined && (finalised === 0 || place.block < finalised)) return 'voting'
    if (passes && executed !== undefined && executed <= place.block) return 'executed'
    return isPortion && finalised === undefined ? 'voting' : passes ? 'passed' : 'rejected'
  }
  const snapshot = (life: Life): Proposal => {
    const votes = votesOf(life, now)
    const yes = BigInt(votes.filter((vote) => vote.yes).length)
    const forked = branch === 1 && life.created > ancestor ? 1 : 0
    return proposal(life.id, {
      status: statusOf(life, now, upTo < head),
      votingStart: BigInt(life.votingStart),
      votingEnd: BigInt(life.votingEnd),
      tally: { yes, no: BigInt(votes.length) - yes, abstain: 0n, unit: 'votes', quorum, quorumReached: yes >= quorum },
      origin: { block: BigInt(life.created), hash: hashOf(BigInt(life.created), forked), index: Number(life.id) },
      readAt: BigInt(upTo),
      ...(life.plan !== undefined && {
        type: 'upgrade',
        finding: { plan: life.plan, origin: 'fenced-block', problems: [] },
      }),
    })
  }
  const isNews = (life: Life): boolean => {
    if (!there(life, { block: from, branch })) return true
    const then: Place = { block: asked, branch }
    if (upTo === head) return !there(life, then) || isOpen({ status: statusOf(life, then, false) })
    const status = statusOf(life, now, true)
    const events = [
      status === 'canceled' ? life.canceled : undefined,
      status === 'executed' ? life.executed : undefined,
      life.finalised,
      ...votesOf(life, now).map((vote) => vote.block),
    ]
    return events.some((event) => event !== undefined && event > from && event <= upTo)
  }

  const refOf = ({ id }: Life) => ({ chain, contract, id })
  return reading(head, lives.filter((life) => there(life, now) && isNews(life)).map(snapshot), {
    at: headOf(upTo, { hash: hashOf(BigInt(upTo), branch === 1 && upTo > ancestor ? 1 : 0) }),
    head: headOf(head, { hash: hashOf(BigInt(head), branch) }),
    votes: lives
      .flatMap((life) => (there(life, now) ? votesOf(life, now).map((vote) => ({ life, vote })) : []))
      .filter(({ vote }) => vote.block > from)
      .sort((a, b) => a.vote.block - b.vote.block || Number(a.life.id) - Number(b.life.id))
      .map(({ life, vote }) => ({
        ...refOf(life),
        voter: `0x${vote.block}`,
        choice: vote.yes ? ('yes' as const) : ('no' as const),
        weight: 1n,
        reason: '',
        block: BigInt(vote.block),
        index: Number(life.id),
      })),
    ...(isRewound && { rewoundTo: BigInt(ancestor) }),
    retracted: isRewound
      ? lives.filter((life) => there(life, seen) && !there(life, now)).map((life) => keyOf(refOf(life)))
      : [],
    backlog: BigInt(head - upTo),
    cursor: { block: upTo, branch, asked: upTo === head ? head : asked },
  })
}
