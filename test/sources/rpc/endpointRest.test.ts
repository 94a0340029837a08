import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SourceError } from '../../../src/domain/errors.js'
import { createEvmEndpoints } from '../../../src/sources/rpc/createEvmEndpoints.js'
import { firstHealthy } from '../../../src/sources/rpc/firstHealthy.js'

const hosts = ['a.example', 'b.example', 'c.example']
const endpoints = createEvmEndpoints({ urls: hosts.map((host) => `https://${host}/`), timeoutMs: 1_000 })
const signal = new AbortController().signal
const longestRestMs = 300_000

/** One poll: how far the clock has gone, back where it was set, and which endpoints are up. */
const poll = fc.record({
  by: fc.oneof(fc.integer({ min: 0, max: 400_000 }), fc.integer({ min: -3_600_000, max: -1 })),
  up: fc.subarray(hosts),
})

describe('endpoints that come and go, under a clock that is set', () => {
  it('serve each poll for which one of them is up, none twice in it, and rest five minutes at the most', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(poll, { maxLength: 30 }), async (polls) => {
        let time = 1_700_000_000_000
        const onHealthy = firstHealthy({ chain: 'local', endpoints, now: () => time })
        const ask = async (up: readonly string[]) => {
          const tried: string[] = []
          const served = await onHealthy(({ host }) => {
            tried.push(host)
            return up.includes(host) ? Promise.resolve(host) : Promise.reject(new SourceError('transient', 'Down.'))
          }, signal).catch(() => undefined)
          return { tried, served }
        }
        for (const { by, up } of polls) {
          time += by
          const { tried, served } = await ask(up)
          expect(new Set(tried).size).toBe(tried.length)
          if (up.length === 0) expect({ served, tried }).toStrictEqual({ served: undefined, tried: expectAll(tried) })
          else expect(up).toContain(served)
        }
        // What is well for longer than any rest is asked in the order of the list, once what it did has faded.
        time += 100 * longestRestMs
        expect(await ask(hosts)).toStrictEqual({ tried: ['a.example'], served: 'a.example' })
      }),
    )
  })
})

/** All of them, in the order in which they were tried. */
function expectAll(tried: readonly string[]): readonly string[] {
  expect(tried.toSorted()).toStrictEqual(hosts)
  return tried
}
