import { expect, it } from 'vitest'
import { sizeOf } from '../../src/remote/sizeOf.js'

it.each<readonly [string, unknown, number, number]>([
  ['a text', 'x'.repeat(1_000), 1_000, 1_100],
  ['the values and keys of a map', new Map([['k'.repeat(500), { text: 'x'.repeat(500) }]]), 1_000, 1_400],
  ['an array of empty objects', Array.from({ length: 100 }, () => ({})), 6_400, 7_000],
  ['long bigints', [10n ** 5_000n, -(10n ** 5_000n)], 4_000, 4_400],
])('sizeOf counts %s', (_, value, least, most) => {
  expect(sizeOf(value)).toBeGreaterThanOrEqual(least)
  expect(sizeOf(value)).toBeLessThan(most)
})

it('sizeOf measures a value deeper than the stack', () => {
  let deep: unknown = 'end'
  for (let depth = 0; depth < 1e5; depth += 1) deep = [deep]
  expect(sizeOf(deep)).toBeGreaterThan(1e5)
})
