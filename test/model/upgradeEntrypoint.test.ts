import fc from 'fast-check'
import { expect, it } from 'vitest'
import { drawn } from './drawn.js'
import { brokenPromises } from './promises.js'
import { storyOf } from './storyOf.js'
import { entrypointParts, upgradeEntrypoint } from './upgradeEntrypoint.js'

it('an upgrade entrypoint keeps all promises', async () => {
  await fc.assert(
    fc.asyncProperty(storyOf(entrypointParts), async (story) => {
      expect(await brokenPromises(upgradeEntrypoint, story)).toStrictEqual([])
    }),
    drawn(2, 2),
  )
})
