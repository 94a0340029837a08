import { describe, expect, it } from 'vitest'
import { lineOf, turnoutByChain } from '../../src/page/turnoutByChain.js'

const point = (chain: string, day: number, turnout: number) => ({
  at: `2026-11-${String(day).padStart(2, '0')}T00:00:00.000Z`,
  chain,
  id: String(day),
  title: '',
  turnout,
})

describe('the lines of the turnout', () => {
  it('are one for each chain, over the times of all', () => {
    const points = [point('main', 3, 0.5), point('side', 2, 0.25), point('main', 1, 0.75)]
    const [first = 0] = turnoutByChain(points).times
    const times = [0, 1, 2].map((days) => first + days * 86_400)
    expect(turnoutByChain(points)).toStrictEqual({
      chains: ['main', 'side'],
      times,
      lines: [
        [75, null, 50],
        [null, 25, null],
      ],
    })
  })

  it('keep both of two votes that end at one moment', () => {
    const { times, lines } = turnoutByChain([point('main', 1, 0.5), point('main', 1, 0.25)])
    expect([times.length, lines]).toStrictEqual([2, [[50, 25]]])
  })

  it('are none without votes', () => {
    expect(turnoutByChain([])).toStrictEqual({ chains: [], times: [], lines: [] })
  })

  it('differ for eighteen chains', () => {
    const looks = Array.from({ length: 18 }, (_, index) => JSON.stringify(lineOf(index)))
    expect(new Set(looks).size).toBe(18)
  })
})
