import fc from 'fast-check'
import { expect, it } from 'vitest'
import { drawn } from './drawn.js'
import { brokenPromises } from './promises.js'
import { storyOf } from './storyOf.js'
import { cosmos, cosmosParts } from './cosmos.js'

it('a Cosmos chain keeps all promises', async () => {
  await fc.assert(
    fc.asyncProperty(storyOf(cosmosParts), async (story) => {
      expect(await brokenPromises(cosmos, story)).toStrictEqual([])
    }),
    drawn(2, 5),
  )
})
