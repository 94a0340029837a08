import { describe, expect, it, onTestFinished } from 'vitest'
import type { Head } from '../../../src/domain/blocks/head.js'
import { SourceError } from '../../../src/domain/errors.js'
import { HttpStatusError } from '../../../src/sources/http/HttpStatusError.js'
import { createEvmEndpoints, type EvmEndpoint } from '../../../src/sources/rpc/createEvmEndpoints.js'
import { firstHealthy, headLook } from '../../../src/sources/rpc/firstHealthy.js'
import { block } from '../../support/builders.js'
import { startAnsweringServer } from './answeringServer.js'

const endpoints = createEvmEndpoints({
  urls: ['https://a.example/v3/s3cr3t', 'https://user:s3cr3t@b.example/'],
  timeoutMs: 1_000,
})
const signal = new AbortController().signal

/** Runs that fail at the hosts in `down`, and the hosts that were tried. */
const trial = (some: readonly EvmEndpoint[] = endpoints) => {
  const tried: string[] = []
  const down = new Set<string>()
  let time = 0
  const run = async ({ host }: EvmEndpoint): Promise<string> => {
    tried.push(host)
    return Promise.resolve().then(() => {
      if (down.has(host)) throw new SourceError('transient', `${host} is down.`)
      return host
    })
  }
  const onHealthy = firstHealthy({ chain: 'local', endpoints: some, now: () => time })
  return {
    tried,
    down,
    run: (wait = 0) => {
      time += wait
      tried.length = 0
      return onHealthy(run, signal)
    },
    /** A look that works at every endpoint. */
    look: (later = 0) => {
      time += later
      return onHealthy(({ host }) => Promise.resolve(host), signal, { isProof: headLook.isProof })
    },
  }
}

describe('firstHealthy', () => {
  it('stays with the first endpoint while it answers', async () => {
    const { tried, run } = trial()
    expect([await run(), await run()]).toStrictEqual(['a.example', 'a.example'])
    expect(tried).toStrictEqual(['a.example'])
  })

  it('goes on to the next endpoint, lets the failed one rest and comes back to it', async () => {
    const { tried, down, run } = trial()
    down.add('a.example')
    expect(await run()).toBe('b.example')
    expect(tried).toStrictEqual(['a.example', 'b.example'])
    await run(1_000)
    expect(tried).toStrictEqual(['b.example'])
    down.clear()
    expect(await run(5_000)).toBe('a.example')
  })

  it('does not reset the growing rests of an endpoint after a success that proves nothing', async () => {
    const { tried, down, run, look } = trial()
    down.add('a.example')
    const asked: string[][] = []
    for (let round = 0; round < 8; round += 1) {
      // Its rest is over by then, so it is tried.
      await look(6_000)
      await run()
      asked.push([...tried])
    }
    const both = ['a.example', 'b.example']
    const rest = ['b.example']
    expect(asked).toStrictEqual([both, both, rest, both, rest, rest, rest, both])
  })

  it('lets an endpoint that keeps failing rest twice as long each time, up to five minutes', async () => {
    const { tried, down, run } = trial()
    down.add('a.example')
    const rests: number[] = []
    for (let round = 0; round < 9; round += 1) {
      await run()
      let rest = 0
      do {
        rest += 1_000
        await run(1_000)
      } while (!tried.includes('a.example') && rest < 1_000_000)
      rests.push(rest)
    }
    expect(rests.map((ms) => ms / 1_000)).toStrictEqual([5, 10, 20, 40, 80, 160, 300, 300, 300])
  })

  it('lets an endpoint that hung rest four times as long as it held up the poll', async () => {
    let time = 0
    const tried: string[] = []
    const onHealthy = firstHealthy({ chain: 'local', endpoints, now: () => time })
    const poll = async () => {
      tried.length = 0
      await onHealthy(async ({ host }) => {
        tried.push(host)
        if (host === 'b.example') return Promise.resolve()
        time += 20_000
        return Promise.reject(new SourceError('transient', 'Too late.'))
      }, signal)
      return tried.length
    }
    const held = await poll()
    time += 79_999
    const resting = await poll()
    time += 1
    expect([held, resting, await poll()]).toStrictEqual([2, 1, 2])
  })

  it('forgets the failures of an endpoint that answers again', async () => {
    const { tried, down, run } = trial()
    down.add('a.example')
    await run()
    await run(5_000)
    down.clear()
    expect(await run(10_000)).toBe('a.example')
    down.add('a.example')
    await run()
    await run(5_000)
    expect(tried).toStrictEqual(['a.example', 'b.example'])
  })

  it('tries an endpoint that often fails after the others, until its failures have faded', async () => {
    const { tried, down, run } = trial()
    for (let round = 0; round < 12; round += 1) {
      down.add('a.example')
      await run(30_000)
      down.clear()
      await run(10_000)
    }
    await run(30_000)
    expect(tried).toStrictEqual(['b.example'])
    await run(600_000)
    expect(tried).toStrictEqual(['a.example'])
  })

  it('does not prolong a rest when the clock of the host steps back', async () => {
    const { tried, down, run } = trial()
    down.add('a.example')
    await run(7_200_000)
    down.clear()
    await run(-3_600_000)
    expect(tried).toStrictEqual(['b.example'])
    expect(await run(5_000)).toBe('a.example')
  })

  it('returns within five minutes to an endpoint that recovers, however long it was down', async () => {
    const { tried, down, run } = trial()
    down.add('a.example')
    for (let second = 0; second < 7_200; second += 10) await run(10_000)
    down.clear()
    await run(300_000)
    expect(tried).toStrictEqual(['a.example'])
  })

  it('keeps scores: answers, failures, latency, and how far behind the head was', async () => {
    let time = 0
    const onHealthy = firstHealthy({ chain: 'local', endpoints, now: () => time })
    const reads = ({ host }: EvmEndpoint): Promise<Head> => {
      time += host === 'a.example' ? 50 : 10
      if (time === 50) return Promise.reject(new SourceError('transient', 'a.example is down.'))
      return Promise.resolve(block(host === 'a.example' ? 90 : 100))
    }
    expect(onHealthy.scores()).toStrictEqual([])
    await onHealthy(reads, signal, { headOf: (head) => head })
    time = 10_000
    await onHealthy(reads, signal, { headOf: (head) => head })
    const closeToOne: unknown = expect.closeTo(1, 1)
    expect(onHealthy.scores()).toMatchObject([
      {
        host: 'a.example',
        answers: 1,
        failures: closeToOne,
        latencyMs: 50,
        head: 90n,
        behind: 10n,
      },
      { host: 'b.example', answers: 1, failures: 0, latencyMs: 10, head: 100n, behind: 0n },
    ])
  })

  it.each([
    ['transient', ['permanent', 'transient']],
    ['permanent', ['permanent', 'permanent']],
  ] as const)('fails as %s if the endpoints fail as %j', async (kind, kinds) => {
    const failing = [...kinds]
    const onHealthy = firstHealthy({ chain: 'local', endpoints, now: () => 0 })
    const run = (): Promise<never> => Promise.reject(new SourceError(failing.shift() ?? 'transient', 'It fails.'))
    await expect(onHealthy(run, signal)).rejects.toHaveProperty('kind', kind)
  })

  it('returns after at most an hour, however long the Retry-After of an endpoint is', async () => {
    let time = 0
    const onHealthy = firstHealthy({ chain: 'local', endpoints, now: () => time })
    const busy = new HttpStatusError('transient', 'a.example asks for fewer requests.', 429, 864_000_000)
    let answers = false
    const run = ({ host }: EvmEndpoint): Promise<string> =>
      host === 'a.example' && !answers ? Promise.reject(busy) : Promise.resolve(host)
    await onHealthy(run, signal)
    answers = true
    time = 3_599_999
    expect(await onHealthy(run, signal)).toBe('b.example')
    time = 3_600_000
    expect(await onHealthy(run, signal)).toBe('a.example')
  })

  it.each([
    ['the only endpoint', [endpoints[0]!]],
    ['every endpoint', endpoints],
  ])('asks no endpoint while %s asked to be left alone, and says for how long', async (_what, some) => {
    let time = 0
    let tried = 0
    const onHealthy = firstHealthy({ chain: 'local', endpoints: some, now: () => time })
    const busy = (): Promise<string> => {
      tried += 1
      return Promise.reject(new HttpStatusError('transient', 'it asks for fewer requests.', 429, 90_000))
    }
    await expect(onHealthy(busy, signal)).rejects.toThrow('fewer requests')
    time = 89_999
    await expect(onHealthy(busy, signal)).rejects.toThrow('a.example of local asked for no requests for another 1 s.')
    expect(tried).toBe(some.length)
    time = 90_000
    await expect(onHealthy(({ host }) => Promise.resolve(host), signal)).resolves.toBe('a.example')
  })

  it('leaves a JSON-RPC node alone for the time of its Retry-After', async () => {
    let asked = 0
    const server = await startAnsweringServer(() => {
      asked += 1
      return { status: 429, headers: { 'retry-after': '90' }, body: 'slow down' }
    })
    onTestFinished(server.stop)
    let time = 0
    const onHealthy = firstHealthy({
      chain: 'local',
      endpoints: createEvmEndpoints({ urls: [server.url], timeoutMs: 60_000 }),
      now: () => time,
    })
    const run = ({ client }: EvmEndpoint): Promise<unknown> => client.request({ method: 'eth_chainId' })
    await expect(onHealthy(run, signal)).rejects.toThrow('slow down')
    time = 60_000
    await expect(onHealthy(run, signal)).rejects.toThrow('of local asked for no requests for another 30 s.')
    expect(asked).toBe(1)
    time = 90_000
    await expect(onHealthy(run, signal)).rejects.toThrow('slow down')
    expect(asked).toBe(2)
  })

  it('asks the only endpoint again at once if it sent no Retry-After', async () => {
    const { tried, down, run } = trial([endpoints[0]!])
    down.add('a.example')
    await expect(run()).rejects.toThrow('down')
    down.clear()
    await expect(run(1)).resolves.toBe('a.example')
    expect(tried).toStrictEqual(['a.example'])
  })

  it('tries every endpoint once if all fail, and says so without a secret', async () => {
    const { tried, down, run } = trial()
    down.add('a.example').add('b.example')
    await expect(run()).rejects.toThrow('a.example is down. b.example is down.')
    await expect(run()).rejects.toBeInstanceOf(SourceError)
    expect(tried).toStrictEqual(['a.example', 'b.example'])
  })

  it('says once what each endpoint says in the same words', async () => {
    const onHealthy = firstHealthy({ chain: 'local', endpoints, now: () => 0 })
    const refused = onHealthy(() => Promise.reject(new SourceError('permanent', 'Correct fromBlock.')), signal)
    await expect(refused).rejects.toThrow(/^Correct fromBlock\.$/)
  })

  it('names an endpoint only by its host in an error', async () => {
    const onHealthy = firstHealthy({ chain: 'local', endpoints, now: () => 0 })
    const failure: unknown = await onHealthy(
      () => Promise.reject(new Error('no route to https://a.example/v3/s3cr3t')),
      signal,
    ).catch((cause: unknown) => cause)
    expect(String(failure)).not.toContain('s3cr3t')
    expect(String(failure)).toContain('a.example of local')
  })

  it('ends at once when it is aborted', async () => {
    const { tried, run } = trial()
    const controller = new AbortController()
    const onHealthy = firstHealthy({ chain: 'local', endpoints, now: () => 0 })
    const reading = onHealthy(({ host }) => {
      tried.push(host)
      controller.abort()
      return Promise.reject(new Error('aborted'))
    }, controller.signal)
    await expect(reading).rejects.toThrow('stopped')
    expect(tried).toStrictEqual(['a.example'])
    await run()
  })
})
