import fc from 'fast-check'
import * as z from 'zod'
import { describe, expect, it } from 'vitest'
import type { BlockSample } from '../../../../src/domain/blocks/blockTime.js'
import {
  type Doubts,
  doubtsAfter,
  doubtsSchema,
  formatDoubts,
  provenIn,
} from '../../../../src/sources/governance/cosmosSdk/doubts.js'

const schema = doubtsSchema(z.string().regex(/^[0-9]{1,20}$/), 1_000)
/** As another process loads them. */
const restarted = (doubts: Doubts): Doubts => schema.parse(structuredClone(formatDoubts(doubts, 1_000)))

describe('a doubt', () => {
  const reading = fc.record({
    denies: fc.boolean(),
    blocks: fc.integer({ min: -30, max: 60 }),
    secondsEach: fc.integer({ min: 0, max: 12 }),
    restarts: fc.boolean(),
  })

  it('is proven once it was denied in every reading for more than 20 blocks and 100 seconds, across restarts', () => {
    fc.assert(
      fc.property(fc.array(reading, { maxLength: 30 }), (readings) => {
        let head: BlockSample = { number: 1_000n, timestamp: 1_000_000n }
        let doubts: Doubts = new Map()
        let denied: BlockSample[] = []
        for (const { denies, blocks, secondsEach, restarts } of readings) {
          const { number, timestamp } = head
          head = { number: number + BigInt(blocks), timestamp: timestamp + BigInt(blocks * secondsEach) }
          const isProven = denies && provenIn(doubts, head).has('9')
          const [first = head] = denied
          expect(isProven).toBe(denies && head.number - first.number > 20n && head.timestamp - first.timestamp > 100n)
          // If the chain falls below the first denial, the doubt starts again.
          if (first.number > head.number || first.timestamp > head.timestamp) denied = []
          denied = denies && !isProven ? [...denied, head] : []
          doubts = doubtsAfter(doubts, denies && !isProven ? ['9'] : [], head)
          if (restarts) doubts = restarted(doubts)
        }
      }),
      { numRuns: 100 },
    )
  })

  it('without a block and a time is dropped, and the number of doubts is limited', () => {
    const since = { number: 1_000n, timestamp: 5_000n }
    expect(schema.parse(['7', ['8', '1000'], ['9', '1000', '5000']])).toStrictEqual(new Map([['9', since]]))
    const many = new Map(Array.from({ length: 2_000 }, (_, id) => [String(id), since] as const))
    expect(restarted(many).size).toBe(1_000)
  })
})
