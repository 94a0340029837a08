import fc from 'fast-check'
import * as z from 'zod'
import { describe, expect, it } from 'vitest'
import {
  type Doubts,
  doubtsAfter,
  doubtsSchema,
  formatDoubts,
  provenIn,
} from '../../../../src/sources/governance/cosmosSdk/doubts.js'

const schema = doubtsSchema(z.string().regex(/^[0-9]{1,20}$/), 1_000)
/** As another process finds them. */
const restarted = (doubts: Doubts): Doubts => schema.parse(structuredClone(formatDoubts(doubts, 1_000)))

describe('a doubt', () => {
  const reading = fc.record({ denies: fc.boolean(), blocks: fc.integer({ min: -30, max: 60 }), restarts: fc.boolean() })

  it('is so once it was denied at every reading over more than 20 blocks, at two of them at least, across restarts', () => {
    fc.assert(
      fc.property(fc.array(reading, { maxLength: 30 }), (readings) => {
        let head = 1_000n
        let doubts: Doubts = new Map()
        let denied: bigint[] = []
        for (const { denies, blocks, restarts } of readings) {
          head += BigInt(blocks)
          const isProven = denies && provenIn(doubts, head).has('9')
          // A chain that fell below the first of them begins anew.
          if ((denied[0] ?? head) > head) denied = []
          expect(isProven).toBe(denies && denied[0] !== undefined && head - denied[0] > 20n)
          denied = denies && !isProven ? [...denied, head] : []
          doubts = doubtsAfter(doubts, denies && !isProven ? ['9'] : [], head)
          if (restarts) doubts = restarted(doubts)
        }
      }),
      { numRuns: 100 },
    )
  })

  it('of before it had a block begins anew, and no more are kept than may be', () => {
    expect(schema.parse(['7', ['9', '1000']])).toStrictEqual(new Map([['9', 1_000n]]))
    const many = new Map(Array.from({ length: 2_000 }, (_, id) => [String(id), 1n] as const))
    expect(restarted(many).size).toBe(1_000)
  })
})
