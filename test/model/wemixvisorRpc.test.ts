import fc from 'fast-check'
import { expect, it } from 'vitest'
import { drawn } from './drawn.js'
import { brokenPromises } from './promises.js'
import { storyOf } from './storyOf.js'
import { wemixvisorParts, wemixvisorRpc } from './wemixvisorRpc.js'

it('a chain of wemixvisor nodes keeps all promises', async () => {
  await fc.assert(
    fc.asyncProperty(storyOf(wemixvisorParts), async (story) => {
      expect(await brokenPromises(wemixvisorRpc, story)).toStrictEqual([])
    }),
    drawn(2, 5),
  )
})
