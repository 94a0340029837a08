import fc from 'fast-check'
import type { Turn } from '../../src/domain/chainState.js'
import { keyOf, type Proposal } from '../../src/domain/proposals/proposal.js'
import type { GoodReading } from '../../src/domain/reading.js'
import { proposal, reading, upgradeProposal, vote } from './builders.js'

/**
 * The events of one poll: how far the chain has advanced, what is proposed, what closes, and
 * what is read again.
 */
interface Step {
  readonly blocks: number
  readonly proposed: number
  readonly closed: number
  readonly again: readonly number[]
  readonly retracted: readonly number[]
  readonly voted: readonly number[]
  /** The backlog is not empty. */
  readonly isBehind: boolean
}

const places = fc.array(fc.nat(400), { maxLength: 4 })
export const history: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record<Step>({
    blocks: fc.constantFrom(1, 1, 40, 300, 300, 300, 3_000, 3_000, 20_000),
    proposed: fc.constantFrom(0, 1, 3, 40),
    closed: fc.constantFrom(0, 1, 40, 90),
    again: places,
    retracted: fc.oneof({ arbitrary: fc.constant([]), weight: 3 }, { arbitrary: places, weight: 1 }),
    voted: places,
    isBehind: fc.oneof({ arbitrary: fc.constant(false), weight: 3 }, { arbitrary: fc.constant(true), weight: 1 }),
  }),
  { minLength: 20, maxLength: 40 },
)

/**
 * One in which more closes than memory holds, and some of it is read again, retracted and
 * voted on.
 */
export const longHistory: readonly Step[] = Array.from({ length: 30 }, (_, round) => ({
  blocks: 300,
  proposed: 40,
  closed: 40,
  again: [round * 7],
  retracted: round % 5 === 4 ? [round * 3] : [],
  voted: [round * 5],
  isBehind: round % 9 > 5,
}))

/**
 * The readings of a chain with these events: each contains what changed, and some of what did
 * not.
 */
export function readingsOf(steps: readonly Step[]): readonly GoodReading[] {
  const all: Proposal[] = []
  let at = 10
  return steps.map(({ blocks, proposed, closed, again, retracted, voted, isBehind }) => {
    at += blocks
    const fresh = Array.from({ length: proposed }, (_, place): Proposal => {
      const id = String(all.length + place)
      const parts = { origin: { block: BigInt(at), hash: `0x${id}`, index: place }, readAt: BigInt(at) }
      return place % 7 === 3 ? upgradeProposal(id, `v${id}`, at + 5_000, parts) : proposal(id, parts)
    })
    all.push(...fresh)
    const changed = all
      .filter(({ status }) => status === 'voting')
      .slice(0, closed)
      .map((one, place): Proposal => ({
        ...one,
        status: (['rejected', 'executed', 'expired', 'passed'] as const)[place % 4] ?? 'rejected',
        readAt: BigInt(at),
      }))
    for (const one of changed) all[Number(one.id)] = one
    const pick = (picked: readonly number[]): readonly Proposal[] => picked.flatMap((place) => all[place] ?? [])
    const read = new Map([...changed, ...pick(again), ...fresh].map((one) => [one.id, all[Number(one.id)] ?? one]))
    const gone = pick(retracted).filter(({ id }) => !read.has(id))
    return reading(at, [...read.values()], {
      retracted: gone.map(keyOf),
      backlog: isBehind ? 10n : 0n,
      votes: pick(voted).map(({ id }, index) => vote(id, at, { index })),
    })
  })
}

interface Said {
  readonly changes: readonly unknown[]
  readonly moves: readonly unknown[]
  readonly ids: readonly string[]
  /** What is requested from the writer. */
  readonly due: readonly string[]
}

/** The visible content of a turn. */
export function saidIn(turns: readonly Turn[]): readonly Said[] {
  return turns.map(({ changes, moves, announcements, due }) => ({
    changes: changes.map((change) => [
      change.type,
      change.type === 'voteCast' ? keyOf(change.vote) : keyOf(change.proposal),
    ]),
    moves: moves.map(({ type, upgrade }) => [type, upgrade.key]),
    ids: announcements.map(({ notification }) => notification.id),
    due: due.map(({ key }) => key),
  }))
}
