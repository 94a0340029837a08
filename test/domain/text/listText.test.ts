import { expect, it } from 'vitest'
import { listText } from '../../../src/domain/text/listText.js'

it('lists words as in a sentence', () => {
  expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(listText)).toStrictEqual(['', 'a', 'a and b', 'a, b and c'])
})
