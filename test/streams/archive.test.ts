import fc from 'fast-check'
import { from } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { Turn } from '../../src/domain/chainState.js'
import { newChain } from '../../src/domain/newChain.js'
import { countsOf, type RecalledProposals } from '../../src/domain/proposals/archive.js'
import type { Proposal, ProposalKey } from '../../src/domain/proposals/proposal.js'
import type { GoodReading } from '../../src/domain/reading.js'
import { pipeStages, stagesOf } from '../../src/streams/pipeStages.js'
import { watchChain, type WatchPorts } from '../../src/streams/watchChain.js'
import { block, chain, genesis, proposal, reading } from '../support/builders.js'
import { history, longHistory, readingsOf, saidIn } from '../support/histories.js'

const maxAge = 60_000_000
const stages = pipeStages(stagesOf({ retention: { maxAge }, plan: { when: 'never' } }))

/** A store that keeps everything that was ever committed and not dropped. */
function archive() {
  const proposals = new Map<ProposalKey, Proposal>()
  const announcedIds = new Map<string, ReadonlySet<string>>()
  const recall = ({
    keys,
    time,
  }: {
    readonly keys: readonly ProposalKey[]
    readonly time: bigint
  }): readonly RecalledProposals[] => {
    const aged = [...proposals].flatMap(([key, { closedAt }]) =>
      closedAt !== undefined && closedAt.timestamp < time - BigInt(maxAge / 1_000) ? [key] : [],
    )
    const wanted = [...new Set([...keys, ...aged])]
    const recalled: RecalledProposals = {
      proposals: wanted.flatMap((key) => proposals.get(key) ?? []),
      announcedIds: wanted.flatMap((key) => {
        const ids = announcedIds.get(key)
        return ids === undefined ? [] : [[key, ids] as const]
      }),
    }
    return [recalled]
  }
  return {
    proposals,
    ports: {
      recall,
      commit: ({ state, touched }: Turn): undefined => {
        for (const key of touched.proposals) keep(proposals, key, state.proposals.get(key))
        for (const key of touched.announcedIds) keep(announcedIds, key, state.announcedIds.get(key))
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

describe('a chain with an archive', () => {
  it('announces the same, and tracks the same proposals, as one with everything in memory', () => {
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
      { numRuns: 20, endOnFailure: true, examples: [[longHistory]] },
    )
    expect(archived).toBeGreaterThan(100)
  })

  it('keeps a bounded number of closed proposals in memory', () => {
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
