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
  'a burst of 10,000 takes little memory, keeps to the rate of each channel, and lets a critical one pass',
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
      // At most 20 in any second.
      shortestSpan: 1_000,
      // The limit of the second in which it comes is used up; it is the first of the next one.
      criticalAfter: 500,
      pending: 0,
    })
    // Megabytes after a collection, every 1,000 deliveries: the burst is kept in the state, not in memory.
    expect(heaps.length).toBeGreaterThanOrEqual(11)
    expect(Math.max(...heaps)).toBeLessThan(Math.min(...heaps) + 16)
  },
)
