import { asyncScheduler, lastValueFrom, tap, toArray } from 'rxjs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parseConfig } from '../../src/config/parseConfig.js'
import { defined } from '../../src/domain/defined.js'
import { messageOf } from '../../src/domain/notifications/message.js'
import { silentLog } from '../../src/monitor/monitorLog.js'
import { type Lanes, openLanes } from '../../src/monitor/openLanes.js'
import { pacedClient } from '../../src/monitor/pacedClient.js'
import { createPacer } from '../../src/sinks/outbox/createPacer.js'
import { deliverDue } from '../../src/sinks/outbox/deliverDue.js'
import { createHttpClient } from '../../src/transport/createHttpClient.js'
import type { HttpClient } from '../../src/transport/HttpClient.js'
import { memoryStore } from '../sinks/outbox/outboxGiven.js'
import { minimal } from '../support/configs.js'
import { startWebhookServer } from '../support/servers/webhookServer.js'
import { startSlack } from '../support/services/slack.js'
import { announcement, turn } from '../support/storeGiven.js'

const perMs = 300
const rate = '1/1h'
const discord = (path: string) => ({ type: 'discord', webhookUrl: `https://discord.com/api/webhooks/${path}`, rate })
const ntfy = (topic: string) => ({ type: 'ntfy', url: `https://ntfy.sh/${topic}`, rate })
const token = '110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawq'
const telegram = (chatId: string) => ({ type: 'telegram', token, chatId, rate })
const command = { type: 'command', command: ['/bin/tell'], rate }

describe('a handler', () => {
  it('applies its rate to every request: an edit and a reply count as two', async () => {
    const times: number[] = []
    let clock = 0
    const server = await startSlack({ now: () => (clock += 1_000) })
    const client = createHttpClient()
    const http: HttpClient = {
      request: (request) => {
        times.push(Date.now())
        return client.request(request)
      },
    }
    const slack = {
      type: 'slack',
      token: 'xoxb-secret-token',
      channel: 'C0123ABCD',
      apiUrl: server.apiUrl,
      rate: `1/${perMs}ms`,
    }
    const config = parseConfig(minimal({}, { notifier: { handlers: [slack] } }))
    const deps = { log: silentLog, now: Date.now, scheduler: asyncScheduler, http, handlers: [] }
    const { lanes } = openLanes(config, { ...deps, compose: messageOf })
    const store = memoryStore()
    const announcements = ['7#a', '7#b', '7#c'].map((id) => announcement(id))
    store.commit(turn({ time: 0, announcements }), () => ['slack'])
    const reports = await lastValueFrom(
      deliverDue({ store, handlers: lanes, now: Date.now, random: () => 0 }).pipe(toArray()),
      { defaultValue: [] },
    )

    expect(reports.map(({ result }) => result)).toStrictEqual(['delivered', 'delivered', 'delivered'])
    // A post, then twice an edit and a reply. A timer may fire a little early.
    const pauses = times.slice(1).map((time, at) => time - times[at]!)
    expect(pauses).toHaveLength(4)
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(perMs - 5)
  })
})

describe('handlers of one service', () => {
  const open = (...handlers: readonly object[]): Lanes => {
    const config = parseConfig(minimal({}, { notifier: { handlers } }))
    const deps = { log: silentLog, now: Date.now, scheduler: asyncScheduler, http: createHttpClient(), handlers: [] }
    return openLanes(config, { ...deps, compose: messageOf })
  }

  it('share one rate, and each gets its own notifications', async () => {
    const times: number[] = []
    const server = await startWebhookServer()
    onTestFinished(() => server.stop())
    const hook = { type: 'slack', webhookUrl: `${server.url}/services/T/B/x`, rate: `1/${perMs}ms` }
    const { lanes } = open({ ...hook, name: 'chat' }, { ...hook, name: 'more' })
    const store = memoryStore()
    const announcements = ['7#a', '8#b'].map((id) => announcement(id))
    store.commit(turn({ time: 0, announcements }), () => ['chat', 'more'])
    await lastValueFrom(
      deliverDue({ store, handlers: lanes, now: Date.now, random: () => 0 }).pipe(
        tap(({ at }) => times.push(at)),
        toArray(),
      ),
      { defaultValue: [] },
    )

    expect(server.requests).toHaveLength(4)
    const pauses = times.slice(1).map((time, at) => time - times[at]!)
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(perMs - 50)
  })

  it.each<[string, object, object, boolean]>([
    ['one thread of Discord and another', discord('1/x'), discord('1/x?thread_id=7'), true],
    ['two webhooks of Discord', discord('1/x'), discord('2/y'), false],
    ['two topics of one ntfy server', ntfy('a'), ntfy('b'), true],
    ['two chats of one bot', telegram('1'), telegram('2'), false],
    ['two programs', command, command, false],
  ])('%s: shared or separate', (_, one, other, together) => {
    const { lanes } = open({ ...one, name: 'one' }, { ...other, name: 'other' })
    const [first, second] = ['one', 'other'].map((name) => lanes.get(name)?.pacer)
    first?.begin(Date.now())
    expect((second?.waitMs(Date.now()) ?? 0) > 0).toBe(together)
  })
})

describe('a handler that replaces one of the same name', () => {
  it('counts the requests of its predecessor, unless that had another type', async () => {
    const server = await startWebhookServer()
    onTestFinished(() => server.stop())
    const deps = { log: silentLog, now: Date.now, scheduler: asyncScheduler, http: createHttpClient(), handlers: [] }
    const open = (handler: object, sent?: Lanes['sent']): Lanes => {
      const config = parseConfig(minimal({}, { notifier: { handlers: [{ name: 'ops', ...handler }] } }))
      return openLanes(config, { ...deps, compose: messageOf, ...defined({ sent }) })
    }
    const waitOf = ({ lanes }: Lanes): number => lanes.get('ops')?.pacer?.waitMs(Date.now()) ?? 0
    const before = open({ type: 'webhook', url: server.url, rate: '1/1h' })
    const store = memoryStore()
    store.commit(turn({ time: 0, announcements: [announcement('7#a')] }), () => ['ops'])
    await lastValueFrom(deliverDue({ store, handlers: before.lanes, now: Date.now, random: () => 0 }), {
      defaultValue: undefined,
    })

    expect(server.requests).toHaveLength(1)
    const after = open({ type: 'webhook', url: server.url, rate: '1/2h', minPriority: 'high' }, before.sent)
    expect(waitOf(after)).toBeGreaterThan(3_600_000)
    const wider = open({ type: 'webhook', url: server.url, rate: '2/2h' }, after.sent)
    expect(waitOf(wider)).toBe(0)
    const other = { type: 'ntfy', url: `${server.url}/gov`, rate: '1/1h' }
    expect(waitOf(open(other, before.sent))).toBe(0)
  })
})

describe('pacedClient', () => {
  it('stops waiting once its request is aborted, even before it began to wait', async () => {
    const server = await startWebhookServer()
    onTestFinished(() => server.stop())
    const pacer = createPacer({ count: 1, perMs: 3_600_000 })
    pacer.begin(Date.now())
    const http = pacedClient({ http: createHttpClient(), pacer, now: Date.now, scheduler: asyncScheduler })
    const controller = new AbortController()
    const ask = () =>
      http.request({ url: new URL(server.url), timeoutMs: 9_000, maxBytes: 100, signal: controller.signal })
    await ask()
    const second = ask()
    controller.abort()
    await expect(second).rejects.toThrow()
    await expect(ask()).rejects.toThrow()
    expect(server.requests).toHaveLength(1)
  })
})
