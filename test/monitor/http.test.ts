import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { LogWriter } from '../../src/channels/Channel.js'
import { ownPlanKey } from '../../src/domain/plans/ownPlan.js'
import { createMonitor } from '../../src/monitor.js'
import type { MonitorDeps } from '../../src/monitor/Monitor.js'
import { openStore } from '../../src/store/openStore.js'
import type { ConfigInput } from '../../src/config/schema.js'
import { governor } from '../support/configs.js'
import { proposal, reading } from '../support/builders.js'
import { queueing, state, temporaryDirectory, turn, upgrade } from '../support/storeGiven.js'
import { readerOver } from '../support/readerOver.js'
import { ask } from '../server/serving.js'

type Handlers = NonNullable<NonNullable<ConfigInput['notifier']>['handlers']>

const config = (http?: ConfigInput['http'], handlers: Handlers = []): ConfigInput => ({
  state: ':memory:',
  gracePeriod: '2s',
  notifier: { handlers },
  chains: [
    {
      name: 'local',
      rpc: { urls: [] },
      governance: { system: 'governor', address: governor },
      monitor: { pollInterval: '20ms' },
    },
  ],
  ...(http !== undefined && { http }),
})

/** A run of a monitor, and its address once it listens. */
function running(
  http?: ConfigInput['http'],
  readings = [reading(5)],
  handlers: Handlers = [],
  { state = ':memory:', ...deps }: Pick<MonitorDeps, 'reread'> & { readonly state?: string } = {},
) {
  const controller = new AbortController()
  let listens: (url: string) => void = () => undefined
  const url = new Promise<string>((resolve) => {
    listens = resolve
  })
  const log: LogWriter = {
    info: (fields) => 'url' in fields && listens(typeof fields['url'] === 'string' ? fields['url'] : ''),
    warn: () => undefined,
    error: () => undefined,
  }
  const monitor = createMonitor(
    { ...config(http, handlers), state },
    { ...deps, log, readers: { local: readerOver(readings) } },
  )
  const ended = monitor.run({ signal: controller.signal })
  return { monitor, url, ended, stop: () => controller.abort() }
}

/** How many ports this process has open. */
function listening(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'TCPServerWrap').length
}

describe('a run', () => {
  it('serves its state at the configured address, and stops serving when it ends', async () => {
    const { monitor, url, ended, stop } = running({ listen: '127.0.0.1:0' })
    const address = await url
    expect(listening()).toBeGreaterThan(0)
    await monitor.sync()
    expect((await ask(address, '/api/v1/chains')).json()).toMatchObject({
      items: [{ chain: 'local', health: 'up', height: '5' }],
    })
    expect((await ask(address, '/readyz')).status).toBe(200)
    stop()
    await ended
    await expect(ask(address, '/healthz')).rejects.toThrow('ECONNREFUSED')
  })

  it('polls on a request over HTTP', async () => {
    const { url, ended, stop } = running({ listen: '127.0.0.1:0', tokens: { write: 'token-that-writes' } })
    const headers = { authorization: 'Bearer token-that-writes' }
    const answer = await ask(await url, '/api/v1/sync', { method: 'POST', headers })
    expect(answer.status).toBe(200)
    expect(answer.json()).toStrictEqual([{ chain: 'local', ok: true, height: '5', problem: null }])
    stop()
    await ended
  })

  it('reports on a reload over HTTP which edit of a plan has no effect', async () => {
    using place = temporaryDirectory()
    const path = join(place.path, 'govstream.db')
    const own = upgrade('1', { key: ownPlanKey('local', 'v2'), name: 'v2', origin: 'operator', kind: 'coordinated' })
    const store = openStore({ path })
    store.commit(turn({ state: state({ upgrades: queueing({ ...own, status: 'in_progress' }) }) }), () => [])
    store.close()
    const none = { added: [], removed: [], changed: [] }
    const reread = () => ({ chains: none, handlers: none, keys: [] })
    const http = { listen: '127.0.0.1:0', tokens: { write: 'token-that-writes' } }
    const { url, ended, stop } = running(http, undefined, [], { state: path, reread })
    const headers = { authorization: 'Bearer token-that-writes' }
    const answer = await ask(await url, '/api/v1/reload', { method: 'POST', headers })
    expect(answer.json()).toStrictEqual({
      ...reread(),
      unheeded: [
        expect.stringMatching(
          /^local: Your plan v2 was taken back while its upgrade is in progress: the change is ignored/,
        ),
      ],
    })
    stop()
    await ended
  })

  it('exposes the counts of polls and deliveries as metrics', async () => {
    const readings = [reading(5), reading(6, [proposal('1')])]
    const { monitor, url, ended, stop } = running({ listen: '127.0.0.1:0' }, readings, [{ type: 'log' }])
    const address = await url
    const scraped = async () => (await ask(address, '/metrics')).text
    await expect.poll(scraped).toMatch(/^govstream_deliveries_total\{handler="log",outcome="delivered"\} [1-9]/m)
    await expect.poll(scraped).toMatch(/^govstream_polls_total\{chain="local"\} [2-9]/m)
    stop()
    await ended
    await monitor[Symbol.asyncDispose]()
  })

  it('ends with an error that names the address if it is in use', async () => {
    const first = running({ listen: '127.0.0.1:0' })
    const { host } = new URL(await first.url)
    await expect(running({ listen: host }).ended).rejects.toThrow(`http cannot listen on ${host}`)
    first.stop()
    await first.ended
  })

  it('opens no port unless configured', async () => {
    const before = listening()
    const { monitor, ended, stop } = running()
    await monitor.sync()
    expect(listening()).toBe(before)
    stop()
    await ended
  })
})
