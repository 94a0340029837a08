import { expect, it } from 'vitest'
import { createLatestFrames } from '../../../src/server/live/latestFrames.js'
import { at, holding, proposal, queueing, state, upgrade } from '../../support/storeGiven.js'

it('the frames of the current state are made once for all new followers, even after updates for others in between', () => {
  const frames = createLatestFrames()
  const before = state({ head: at(1n) })
  const now = state({ head: at(2n), proposals: holding(proposal('1')), upgrades: queueing(upgrade('1')) })
  const whole = (['upgrades', 'head', 'health', 'proposals'] as const).map((type) => frames(type, now, undefined))
  expect(whole.map(({ length }) => length)).toStrictEqual([1, 1, 1, 1])
  expect(frames('proposals', now, before)).not.toBe(whole[3])
  for (const [index, type] of (['upgrades', 'head', 'health', 'proposals'] as const).entries())
    expect(frames(type, now, undefined)).toBe(whole[index])
  expect(frames('upgrades', now, before)).toStrictEqual([])
})

it('only the frames of proposals that changed are made anew for the next follower', () => {
  const frames = createLatestFrames()
  const proposals = Array.from({ length: 50 }, (_, index) => proposal(String(index)))
  const first = frames('proposals', state({ proposals: holding(...proposals) }), undefined)
  expect(first).toHaveLength(3)
  const voted = proposals.map((one) => (one.id === '25' ? { ...one, status: 'voting' as const } : one))
  const second = frames('proposals', state({ head: at(11n), proposals: holding(...voted) }), undefined)
  expect(second.map((frame, index) => frame === first[index])).toStrictEqual([true, false, true])
  // Each frame has the counts.
  const closed = proposals.map((one) => (one.id === '25' ? { ...one, status: 'executed' as const } : one))
  const third = frames('proposals', state({ proposals: holding(...closed) }), undefined)
  expect(third.map((frame, index) => frame === first[index])).toStrictEqual([false, false, false])
})
