import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SourceError } from '../../../src/domain/errors.js'
import { HttpStatusError } from '../../../src/sources/http/HttpStatusError.js'
import { createEvmEndpoints } from '../../../src/sources/rpc/createEvmEndpoints.js'
import { firstHealthy } from '../../../src/sources/rpc/firstHealthy.js'

const hosts = ['a.example', 'b.example', 'c.example']
const endpoints = createEvmEndpoints({ urls: hosts.map((host) => `https://${host}/`), timeoutMs: 1_000 })
const signal = new AbortController().signal
const longestRestMs = 300_000
const longestAskedMs = 3_600_000

/** How an endpoint behaves: how long an answer takes, whether it serves, and its Retry-After if it does not. */
interface Doing {
  readonly takes: number
  readonly serves: boolean
  readonly retryAfterMs?: number
}

const doing: fc.Arbitrary<Doing> = fc.oneof(
  fc.record({ takes: fc.integer({ min: 0, max: 2_000 }), serves: fc.boolean() }),
  // It hangs until the time-out.
  fc.record({ takes: fc.integer({ min: 2_000, max: 120_000 }), serves: fc.constant(false) }),
  fc.record({
    takes: fc.integer({ min: 0, max: 30_000 }),
    serves: fc.constant(false),
    retryAfterMs: fc.oneof(fc.integer({ min: 0, max: 600_000 }), fc.integer({ min: 0, max: 10 * longestAskedMs })),
  }),
)

/** One poll: how far the clock moves, possibly backwards, and what each endpoint does. */
const poll = fc.record({
  by: fc.oneof(fc.integer({ min: 0, max: 400_000 }), fc.integer({ min: -longestAskedMs, max: -1 })),
  does: fc.tuple(doing, doing, doing),
})

interface Failed {
  readonly times: number
  readonly since: number
  readonly asked: number
  readonly rest: number
}

/** Endpoints under a clock that the test sets, and the rests that follow from their failures. */
function watchedEndpoints() {
  let time = 1_700_000_000_000
  const onHealthy = firstHealthy({ chain: 'local', endpoints, now: () => time })
  const failed = new Map<string, Failed>()
  // A rest starts again when the clock steps back.
  const pass = (by: number): void => {
    time += by
    for (const [host, one] of failed) if (one.since > time) failed.set(host, { ...one, since: time })
  }
  const within = (ms: keyof Pick<Failed, 'asked' | 'rest'>): readonly string[] =>
    hosts.filter((host) => {
      const one = failed.get(host)
      return one !== undefined && time < one.since + one[ms]
    })
  const run = (does: readonly Doing[], tried: string[]) => (host: string) => {
    const { takes = 0, serves = false, retryAfterMs } = does[hosts.indexOf(host)] ?? {}
    tried.push(host)
    time += takes
    const { times } = failed.get(host) ?? { times: 0 }
    failed.delete(host)
    if (serves) return Promise.resolve(host)
    const asked = Math.min(longestAskedMs, retryAfterMs ?? 0)
    const rest = Math.max(asked, Math.min(longestRestMs, Math.max(5_000 * 2 ** times, 4 * takes)))
    failed.set(host, { times: times + 1, since: time, asked, rest })
    return Promise.reject(
      retryAfterMs === undefined
        ? new SourceError('transient', 'Down.')
        : new HttpStatusError('transient', 'Too many.', 429, retryAfterMs),
    )
  }
  return {
    pass,
    ask: async (does: readonly Doing[]) => {
      const [alone, resting, tried] = [within('asked'), within('rest'), new Array<string>()]
      const asked = run(does, tried)
      const served = await onHealthy(({ host }) => asked(host), signal).catch(() => undefined)
      return { alone, resting, tried, served }
    },
  }
}

const well: Doing = { takes: 0, serves: true }

describe('endpoints that fail, hang or send Retry-After, under a clock that is set', () => {
  it('serve each poll while one is up, are asked at most once a poll, and never during their Retry-After', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(poll, { maxLength: 30 }), async (polls) => {
        const { pass, ask } = watchedEndpoints()
        for (const { by, does } of polls) {
          pass(by)
          const { alone, resting, tried, served } = await ask(does)
          expect(new Set(tried).size).toBe(tried.length)
          expect(tried.filter((host) => alone.includes(host))).toStrictEqual([])
          const willing = hosts.filter((host) => !alone.includes(host))
          const up = willing.filter((host) => does[hosts.indexOf(host)]?.serves === true)
          if (up.length === 0) expect([served, tried.toSorted()]).toStrictEqual([undefined, willing])
          else expect(up).toContain(served)
          // An endpoint that rests after a failure is asked only if no rested endpoint answers.
          const first = tried.findIndex((host) => resting.includes(host))
          const fresh = willing.filter((host) => !resting.includes(host))
          if (first >= 0) expect(tried.slice(0, first)).toStrictEqual(expect.arrayContaining(fresh))
        }
        // After a long time without failures the order of the list applies again.
        pass(100 * longestRestMs)
        expect(await ask([well, well, well])).toMatchObject({ tried: ['a.example'], served: 'a.example' })
      }),
      { numRuns: 100 },
    )
  })
})
