import fc from 'fast-check'
import { expect, it } from 'vitest'
import { drawn } from './drawn.js'
import { brokenPromises } from './promises.js'
import { storyOf } from './storyOf.js'
import { wemix, wemixParts } from './wemix.js'

it('a WEMIX chain keeps all promises', async () => {
  await fc.assert(
    fc.asyncProperty(storyOf(wemixParts), async (story) => {
      expect(await brokenPromises(wemix, story)).toStrictEqual([])
    }),
    drawn(2, 1),
  )
})
