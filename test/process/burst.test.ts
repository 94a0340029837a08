import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { bundled } from '../support/programs/bundled.js'

const seen = z.object({
  heaps: z.array(z.number()),
  delivered: z.object({ quick: z.number(), slow: z.number() }),
  handled: z.object({ quick: z.number(), slow: z.number() }),
  shortestSpan: z.number(),
  criticalAfter: z.number(),
  pending: z.number(),
})

it(
  'a burst of 10,000 takes little memory, keeps to the rate of each channel, and what is critical overtakes it',
  { timeout: 300_000 },
  async ({ signal }) => {
    const child = spawn(process.execPath, ['--expose-gc', bundled('test/support/programs/deliverBurst.ts'), '10000'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      signal,
    })
    const { heaps, ...told } = seen.parse(JSON.parse(await text(child.stdout)))

    expect(told).toStrictEqual({
      delivered: { quick: 1_001, slow: 10_010 },
      handled: { quick: 1_001, slow: 10_010 },
      // No more than 20 in any second.
      shortestSpan: 1_000,
      // All of the second in which they come is used up; of the next one they are the first.
      criticalAfter: 500,
      pending: 0,
    })
    // Megabytes after a collection, each 1,000 deliveries: what is known of the burst lies in the state.
    expect(heaps.length).toBeGreaterThanOrEqual(11)
    expect(Math.max(...heaps)).toBeLessThan(Math.min(...heaps) + 16)
  },
)
