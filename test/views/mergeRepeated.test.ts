import { expect, it } from 'vitest'
import { mergeRepeated } from '../../src/views/mergeRepeated.js'

it('entries in a row that differ only in their time share one sentence', () => {
  const entries = [
    ['a', 1],
    ['a', 2],
    ['silent', 3],
    ['a', 4],
    ['b', 5],
    ['a', 6],
    ['a', 7],
  ] as const
  const sentences = mergeRepeated(
    entries,
    ([words], time) => (words === 'silent' ? undefined : `Checked ${time}: ${words}.`),
    ([, at]) => String(at),
  )
  expect(sentences).toStrictEqual([
    'Checked 1: a. The same 2 times more, the last time 4.',
    'Checked 5: b.',
    'Checked 6: a. The same once more, the last time 7.',
  ])
})
