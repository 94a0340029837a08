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
