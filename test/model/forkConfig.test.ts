import fc from 'fast-check'
import { expect, it } from 'vitest'
import { drawn } from './drawn.js'
import { forkConfig, forkConfigParts } from './forkConfig.js'
import { brokenPromises } from './promises.js'
import { storyOf } from './storyOf.js'

it('the nodes of a chain that forks keep all promises', async () => {
  await fc.assert(
    fc.asyncProperty(storyOf(forkConfigParts), async (story) => {
      expect(await brokenPromises(forkConfig, story)).toStrictEqual([])
    }),
    drawn(2, 1),
  )
})
