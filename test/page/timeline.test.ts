import { describe, expect, it } from 'vitest'
import type { ShownUpgrade } from '../../src/page/state.js'
import { layTimeline } from '../../src/page/timeline.js'

const now = Date.parse('2026-11-27T12:00:00.000Z')
const [minute, hour, day] = [60_000, 3_600_000, 86_400_000]

function ahead(name: string, ms: number | undefined, over: Partial<ShownUpgrade> = {}): ShownUpgrade {
  return {
    key: name,
    chain: 'main',
    name,
    height: 1,
    time: null,
    status: 'scheduled',
    kind: 'software',
    triggeredAt: null,
    completedAt: null,
    reasons: [],
    blocksLeft: '1',
    eta: ms === undefined ? null : new Date(now + ms).toISOString(),
    band: null,
    ...over,
  }
}

const band = (earliest: number, latest: number): ShownUpgrade['band'] => ({
  earliest: new Date(now + earliest).toISOString(),
  latest: new Date(now + latest).toISOString(),
})

describe('the timeline', () => {
  it('shows only its first hour if nothing is scheduled', () => {
    const { rows, ticks } = layTimeline([ahead('unknown', undefined)], now)
    expect(rows).toStrictEqual([])
    expect(ticks.map(({ text }) => text)).toStrictEqual(['1 min', '10 min', '1 h'])
  })

  it('has a row for each chain, in order of appearance', () => {
    const { rows } = layTimeline([ahead('a', hour), ahead('b', day, { chain: 'test' }), ahead('c', 2 * hour)], now)
    expect(rows.map(({ chain, placed }) => [chain, placed.map(({ upgrade }) => upgrade.name)])).toStrictEqual([
      ['main', ['a', 'c']],
      ['test', ['b']],
    ])
  })

  it('is wide for the near and narrow for the far future, and includes every band', () => {
    const upgrades = [
      ahead('a', minute),
      ahead('b', 2 * minute),
      ahead('c', 20 * day, { band: band(10 * day, 40 * day) }),
    ]
    const { rows, ticks } = layTimeline(upgrades, now)
    const [a, b, c] = rows[0]?.placed ?? []
    expect([a?.at, b?.at, c?.from, c?.at, c?.to]).toStrictEqual([6.22, 9.86, 85.92, 92.14, 98.36])
    expect([a?.from, a?.to]).toStrictEqual([a?.at, a?.at])
    expect(ticks.at(-1)?.text).toBe('30 d')
  })

  it('places late upgrades at its start', () => {
    const { rows } = layTimeline([ahead('late', -day, { band: band(-2 * day, minute) })], now)
    expect(rows[0]?.placed).toMatchObject([{ at: 0, from: 0 }])
  })

  describe('names', () => {
    const linesOf = (names: readonly string[], first: number, apart: number) => {
      const { rows } = layTimeline(
        names.map((name, index) => ahead(name, first + index * apart)),
        now,
      )
      return rows[0]?.placed.map(({ label: { narrow, wide } }) => [narrow, wide])
    }

    it('of close points are stacked, more of them on a short line', () => {
      const { rows } = layTimeline([ahead('v2.0.0', 10 * day), ahead('v2.1.0', 11 * day), ahead('v3', hour)], now)
      expect(rows[0]).toMatchObject({ narrow: 2, wide: 2 })
      expect(linesOf(['v2.0.0', 'v2.1.0'], 10 * day, day)).toStrictEqual([
        [0, 0],
        [1, 1],
      ])
      expect(linesOf(['v2.0.0', 'v2.1.0'], 10 * day, 80 * day)).toStrictEqual([
        [0, 0],
        [1, 0],
      ])
    })

    it('are omitted beyond four at one point, because the table has them', () => {
      expect(linesOf(['a1', 'a2', 'a3', 'a4', 'a5'], day, 0)).toStrictEqual([
        [0, 0],
        [1, 1],
        [2, 2],
        [3, 3],
        [undefined, undefined],
      ])
    })

    it('start at the first point and end at the last, within the line', () => {
      const { rows, ticks } = layTimeline([ahead('now-or-never', 0), ahead('far-off', 300 * day)], now)
      expect(rows[0]?.placed.map(({ label }) => label.anchor)).toStrictEqual(['start', 'end'])
      expect(ticks.at(-1)).toMatchObject({ text: '30 d', anchor: 'middle' })
    })

    it('of wide characters take more space', () => {
      const narrow = (name: string) => linesOf([name, 'v3'], hour, hour)?.map(([line]) => line)
      expect(narrow('abcd')).toStrictEqual([0, 0])
      expect(narrow('投票する')).toStrictEqual([0, 1])
    })
  })
})
