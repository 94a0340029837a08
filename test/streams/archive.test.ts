import fc from 'fast-check'
import { from } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { Turn } from '../../src/domain/chainState.js'
import { newChain } from '../../src/domain/newChain.js'
import { countsOf, type Recalled } from '../../src/domain/proposals/archive.js'
import { keyOf, type Proposal, type ProposalKey } from '../../src/domain/proposals/proposal.js'
import type { GoodReading } from '../../src/domain/reading.js'
import { line, stagesOf } from '../../src/streams/line.js'
import { watchChain, type WatchPorts } from '../../src/streams/watchChain.js'
import { block, chain, genesis, proposal, reading, upgradeProposal, vote } from '../support/builders.js'

const maxAge = 60_000_000
const stages = line(stagesOf({ bounds: { maxAge }, plan: { when: 'never' } }))

/** Where everything lies that was ever committed and not dropped, as a store keeps it. */
function archive() {
  const proposals = new Map<ProposalKey, Proposal>()
  const told = new Map<string, ReadonlySet<string>>()
  const recall: NonNullable<WatchPorts['recall']> = ({ keys, time }): Recalled => {
    const aged = [...proposals].flatMap(([key, { closedAt }]) =>
      closedAt !== undefined && closedAt.timestamp < time - BigInt(maxAge / 1_000) ? [key] : [],
    )
    const wanted = [...new Set([...keys, ...aged])]
    return {
      proposals: wanted.flatMap((key) => proposals.get(key) ?? []),
      told: wanted.flatMap((key) => {
        const ids = told.get(key)
        return ids === undefined ? [] : [[key, ids] as const]
      }),
    }
  }
  return {
    proposals,
    ports: {
      recall,
      commit: ({ state, touched }: Turn): undefined => {
        for (const key of touched.proposals) keep(proposals, key, state.proposals.get(key))
        for (const key of touched.told) keep(told, key, state.told.get(key))
      },
    } satisfies WatchPorts,
  }
}

function keep<T>(all: Map<string, T>, key: string, value: T | undefined): void {
  if (value === undefined) all.delete(key)
  else all.set(key, value)
}

function turnsOf(readings: readonly GoodReading[], ports: WatchPorts = {}): readonly Turn[] {
  const turns: Turn[] = []
  from(readings)
    .pipe(watchChain(newChain(chain, 0), stages, ports))
    .subscribe((turn) => turns.push(turn))
  return turns
}

/** What happens in one poll: how far the chain has gone on, what is proposed, what closes, and what is read again. */
interface Step {
  readonly blocks: number
  readonly proposed: number
  readonly closed: number
  readonly again: readonly number[]
  readonly retracted: readonly number[]
  readonly voted: readonly number[]
}

const places = fc.array(fc.nat(400), { maxLength: 4 })
const history: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record<Step>({
    blocks: fc.constantFrom(1, 1, 40, 300, 300, 300, 3_000, 3_000, 20_000),
    proposed: fc.constantFrom(0, 1, 3, 40),
    closed: fc.constantFrom(0, 1, 40, 90),
    again: places,
    retracted: fc.oneof({ arbitrary: fc.constant([]), weight: 3 }, { arbitrary: places, weight: 1 }),
    voted: places,
  }),
  { minLength: 20, maxLength: 40 },
)

/** The readings of a chain on which all that happens: each holds what changed, and some of what did not. */
function readingsOf(steps: readonly Step[]): readonly GoodReading[] {
  const all: Proposal[] = []
  let at = 10
  return steps.map(({ blocks, proposed, closed, again, retracted, voted }) => {
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
      votes: pick(voted).map(({ id }, index) => vote(id, at, { index })),
    })
  })
}

/** What a turn says to the world. */
function saidIn(turns: readonly Turn[]): readonly unknown[] {
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

describe('a chain with an archive', () => {
  it('says what one says that keeps all in memory, and tracks the same proposals', () => {
    let archived = 0
    fc.assert(
      fc.property(history, (steps) => {
        const readings = readingsOf(steps)
        const kept = archive()
        const [whole, split] = [turnsOf(readings), turnsOf(readings, kept.ports)]
        const [all, some] = [whole.at(-1)!.state, split.at(-1)!.state]
        archived = Math.max(archived, kept.proposals.size - some.proposals.size)

        expect(saidIn(split)).toStrictEqual(saidIn(whole))
        expect(kept.proposals).toEqual(all.proposals)
        expect(some.upgrades).toStrictEqual(all.upgrades)
        const [counted, expected] = [countsOf(some), countsOf(all)]
        for (const by of ['byStatus', 'byType'] as const)
          expect(
            Object.entries(counted[by])
              .filter(([, count]) => count !== 0)
              .sort(),
          ).toStrictEqual(Object.entries(expected[by]).sort())
      }),
      { numRuns: 20 },
    )
    expect(archived).toBeGreaterThan(100)
  })

  it('holds no more of what is settled than it held long ago', () => {
    const closing = Array.from({ length: 30 }, (_, round) =>
      reading(
        1_000 * (round + 1),
        Array.from({ length: 100 }, (_, place) => {
          const at = { block: BigInt(1_000 * (round + 1)), timestamp: block(1_000 * (round + 1)).timestamp }
          return proposal(String(100 * round + place), { status: 'rejected', closedAt: at })
        }),
      ),
    )
    const sizes = turnsOf(closing, archive().ports).map(({ state }) => state.proposals.size)

    expect(Math.max(...sizes)).toBeLessThan(400)
    expect(block(30_000).timestamp - genesis).toBeLessThan(BigInt(maxAge / 1_000))
  })
})
