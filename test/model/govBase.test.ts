import fc from 'fast-check'
import { expect, it } from 'vitest'
import { drawn } from './drawn.js'
import { govBase, govBaseParts } from './govBase.js'
import { brokenPromises } from './promises.js'
import { storyOf } from './storyOf.js'

it('a council keeps all promises', async () => {
  await fc.assert(
    fc.asyncProperty(storyOf(govBaseParts), async (story) => {
      expect(await brokenPromises(govBase, story)).toStrictEqual([])
    }),
    drawn(2, 1),
  )
})
