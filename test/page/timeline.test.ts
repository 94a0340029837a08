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
  it('has nothing but its first hour where nothing is ahead', () => {
    const { rows, ticks } = layTimeline([ahead('unknown', undefined)], now)
    expect(rows).toStrictEqual([])
    expect(ticks.map(({ label }) => label)).toStrictEqual(['1 min', '10 min', '1 h'])
  })

  it('has a row for each chain, in the order in which they come', () => {
    const { rows } = layTimeline([ahead('a', hour), ahead('b', day, { chain: 'test' }), ahead('c', 2 * hour)], now)
    expect(rows.map(({ chain, placed }) => [chain, placed.map(({ upgrade }) => upgrade.name)])).toStrictEqual([
      ['main', ['a', 'c']],
      ['test', ['b']],
    ])
  })

  it('is wide near by and narrow far off, and holds the end of every band', () => {
    const upgrades = [
      ahead('a', minute),
      ahead('b', 2 * minute),
      ahead('c', 20 * day, { band: band(10 * day, 40 * day) }),
    ]
    const { rows, ticks } = layTimeline(upgrades, now)
    const [a, b, c] = rows[0]?.placed ?? []
    expect([a?.at, b?.at, c?.from, c?.at, c?.to]).toStrictEqual([6.22, 9.86, 85.92, 92.14, 98.36])
    expect([a?.from, a?.to]).toStrictEqual([a?.at, a?.at])
    expect(ticks.at(-1)?.label).toBe('30 d')
  })

  it('puts what is late at its beginning', () => {
    const { rows } = layTimeline([ahead('late', -day, { band: band(-2 * day, minute) })], now)
    expect(rows[0]?.placed).toMatchObject([{ at: 0, from: 0 }])
  })
})
