import fc from 'fast-check'
import { expect, it } from 'vitest'
import { drawn } from './drawn.js'
import { governor, governorParts } from './governor.js'
import { brokenPromises } from './promises.js'
import { storyOf } from './storyOf.js'

it('a governor keeps all promises', async () => {
  await fc.assert(
    fc.asyncProperty(storyOf(governorParts), async (story) => {
      expect(await brokenPromises(governor, story)).toStrictEqual([])
    }),
    drawn(2, 1),
  )
})
