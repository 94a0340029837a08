import { of } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { RecalledProposals } from '../../../src/domain/proposals/archive.js'
import { sparingRecall } from '../../../src/monitor/turns/sparingRecall.js'
import type { RecallRequest } from '../../../src/store/Store.js'
import { proposal } from '../../support/builders.js'

/** An archive with these answers, and the requests that it got. */
function archive(...answers: readonly RecalledProposals[]): {
  readonly ask: (before: bigint, parts?: Partial<RecallRequest>) => number
  readonly asked: () => readonly bigint[]
} {
  const asked: bigint[] = []
  const left = [...answers]
  const recall = sparingRecall(({ before }) => {
    asked.push(before)
    return of(left.shift() ?? { proposals: [], announcedIds: [] })
  })
  return {
    ask(before, parts) {
      let found = 0
      recall({ keys: [], surplus: 0, before, ...parts })?.subscribe(({ proposals }) => (found = proposals.length))
      return found
    },
    asked: () => asked,
  }
}

describe('sparingRecall', () => {
  it('looks for expired proposals once per minute of chain time', () => {
    const { ask, asked } = archive()
    for (const time of [100n, 105n, 159n, 160n, 219n, 220n]) expect(ask(time)).toBe(0)
    expect(asked()).toStrictEqual([100n, 160n, 220n])
  })

  it('asks again at once while it gets results', () => {
    const { ask, asked } = archive(
      { proposals: [proposal('1')], announcedIds: [] },
      { proposals: [proposal('2')], announcedIds: [] },
    )
    expect([ask(100n), ask(101n), ask(102n), ask(103n)]).toStrictEqual([1, 1, 0, 0])
    expect(asked()).toStrictEqual([100n, 101n, 102n])
  })

  it('asks for proposals that a reading names, and when more are tracked than allowed', () => {
    const { ask, asked } = archive()
    ask(100n)
    ask(101n, { keys: ['c/0x1/1'] })
    ask(102n, { surplus: 1 })
    ask(103n)
    expect(asked()).toStrictEqual([100n, 101n, 102n])
  })

  it('asks again if the chain time went back', () => {
    const { ask, asked } = archive()
    ask(100n)
    ask(40n)
    expect(asked()).toStrictEqual([100n, 40n])
  })
})
