import { asyncScheduler, map, timer } from 'rxjs'
import { zeroAddress } from 'viem'
import { describe, expect, onTestFinished, vi } from 'vitest'
import { parseConfig } from '../../src/config/parseConfig.js'
import type { ConfigInput } from '../../src/config/schema.js'
import { createMonitor } from '../../src/monitor.js'
import { createServerAccess } from '../../src/monitor/createServerAccess.js'
import { heartbeatOf } from '../../src/monitor/heartbeat.js'
import { longestWait } from '../../src/monitor/turns/spreadPolls.js'
import type { HttpClient } from '../../src/transport/HttpClient.js'
import { onSharedChain as it } from '../support/fixtures.js'
import { startWebhookServer, type WebhookServer } from '../support/servers/webhookServer.js'
import { state, turn } from '../support/storeGiven.js'
import { chainOf, watch } from './watching.js'

async function receiver(): Promise<WebhookServer> {
  const server = await startWebhookServer()
  onTestFinished(() => server.stop())
  return server
}
const secret = 'e7f1c0de-ping'
// A call that was sent before the node failed may arrive after people were told of it. Two are never under way.
const mostUnderWay = 1
const notifier = ({ url }: WebhookServer, interval = '20ms'): NonNullable<ConfigInput['notifier']> => ({
  handlers: [],
  heartbeat: { url: `${url}/${secret}`, interval },
})
const watchedBy = (url: string, address: string) =>
  chainOf(url, address, { monitor: { pollInterval: '20ms', maxBackoff: '40ms', downAfter: '60ms' } })

/** A log, and its warnings. */
function logOf(): { readonly warned: string[]; readonly log: NonNullable<Parameters<typeof createMonitor>[1]>['log'] } {
  const warned: string[] = []
  const log = { info: () => undefined, warn: (_: unknown, line: string) => warned.push(line), error: () => undefined }
  return { warned, log }
}

describe('the heartbeat of a monitor', () => {
  it('is sent while polls succeed, stops when they fail, and resumes', async ({ chain, proxy }) => {
    const people = await chain.deploy()
    const server = await receiver()
    proxy.behave({})
    await using watching = watch({ notifier: notifier(server), chains: [watchedBy(proxy.url, people.governor)] })
    const [first] = await server.waitFor(3)
    expect(first).toMatchObject({ method: 'GET', path: `/${secret}`, body: '' })

    proxy.behave({ fail: 'drop' })
    await watching.told('source_down')
    const before = server.requests.length
    const failing = watching.health.length
    await expect.poll(() => watching.health.length).toBeGreaterThan(failing + 5)
    expect(server.requests.length).toBeLessThanOrEqual(before + mostUnderWay)

    proxy.behave({})
    await server.waitFor(before + 2)
  })

  it('stops if one of several chains fails', async ({ chain, proxy }) => {
    const people = await chain.deploy()
    const server = await receiver()
    proxy.behave({})
    const chains = [watchedBy(chain.url, people.governor), { ...watchedBy(proxy.url, people.governor), name: 'other' }]
    await using watching = watch({ notifier: notifier(server), chains })
    await server.waitFor(2)
    proxy.behave({ fail: { status: 503 } })
    await watching.told('source_down')
    const before = server.requests.length
    const seen = watching.health.length
    await expect.poll(() => watching.health.length).toBeGreaterThan(seen + 8)
    expect(server.requests.length).toBeLessThanOrEqual(before + mostUnderWay)
  })

  it('delays no notification when its receiver hangs', async ({ chain }) => {
    const people = await chain.deploy()
    const server = await receiver()
    server.answerAlways('hang')
    await using watching = watch({
      notifier: notifier(server, '10s'),
      chains: [watchedBy(chain.url, people.governor)],
    })
    await server.waitFor(1)
    const id = await people.actor.propose({ description: 'Hello' })
    await watching.told('new_proposal', id)
    expect(server.requests).toHaveLength(1)
  })

  it.for<[string, Parameters<WebhookServer['answerAlways']>[0], RegExp]>([
    ['an error', { status: 500, body: secret }, /heartbeat failed: .* answered 500\.$/],
    [
      'a redirect, which is not followed',
      { status: 302, headers: { location: '/elsewhere' } },
      /heartbeat failed: .*302/,
    ],
    ['nothing', 'drop', /heartbeat failed: /],
  ])('logs that its receiver answers with %s, rarely and without the key', async ([, answer, line], { chain }) => {
    const people = await chain.deploy()
    const server = await receiver()
    server.answerAlways(answer)
    const { warned, log } = logOf()
    // The interval is also the time limit: a busy machine answers within it.
    await using watching = watch(
      { notifier: notifier(server, '500ms'), chains: [watchedBy(chain.url, people.governor)] },
      { log: log! },
    )
    await server.waitFor(3)
    await watching.stop()
    const told = warned.filter((each) => each.startsWith('heartbeat'))
    expect(told.length).toBeLessThan(3)
    expect(told[0]).toMatch(line)
    expect(told.join('\n')).not.toContain(secret)
    expect(new Set(server.requests.map(({ path }) => path))).toStrictEqual(new Set([`/${secret}`]))
  })

  it('is sent once by a sync that reads every chain, and not by one that does not', async ({ chain, proxy }) => {
    const people = await chain.deploy()
    const server = await receiver()
    proxy.behave({})
    // The interval is also the time limit of a call, within which a busy machine must send it.
    const chains = [watchedBy(proxy.url, people.governor)]
    const config = { state: ':memory:', notifier: notifier(server, '10s'), chains }
    await createMonitor(config).sync()
    expect(server.requests).toHaveLength(1)
    proxy.behave({ fail: 'drop' })
    await createMonitor(config).sync()
    expect(server.requests).toHaveLength(1)
  })

  it('is not left out while a poll of several chains is later than its interval by as much as it may be', async () => {
    vi.useFakeTimers({ now: 0 })
    onTestFinished(() => void vi.useRealTimers())
    const config = parseConfig({
      notifier: { handlers: [], heartbeat: { url: 'https://ping.test/', interval: '10s' } },
      chains: [chainOf('http://node.test', zeroAddress, { monitor: { pollInterval: '32m', downAfter: '30s' } })],
    })
    let calls = 0
    const http: HttpClient = {
      request: () => Promise.resolve({ status: 200, header: () => undefined, text: `${++calls}` }),
    }
    const { log } = logOf()
    const given = { ...createServerAccess(config), http, log: log!, now: Date.now, scheduler: asyncScheduler }
    const turn$ = timer(0, longestWait(32 * 60_000)).pipe(
      map(() => turn({ cause: 'reading', state: state({ chain: 'local' }), time: Date.now() })),
    )
    const beating = heartbeatOf(config, given)!
      .during(turn$, () => false)
      .subscribe()
    onTestFinished(() => beating.unsubscribe())
    await vi.advanceTimersByTimeAsync(40 * 60_000)
    expect(calls).toBe(240)
  })
})
