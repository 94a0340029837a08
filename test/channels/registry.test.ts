import { messageOf } from '../../src/domain/notifications/message.js'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { OpenChannel } from '../../src/channels/Channel.js'
import { channelOf, channelTypes, handlerSchema, isOpenPost } from '../../src/channels/registry.js'
import { parseConfig } from '../../src/config/parseConfig.js'
import { secretsOf } from '../../src/config/secretsOf.js'
import { createHttpClient } from '../../src/transport/createHttpClient.js'
import { expectedOneOf } from '../../src/schema/scalars.js'
import { minimal } from '../support/configs.js'
import { notification } from '../support/storeGiven.js'
import { startWebhookServer } from '../support/servers/webhookServer.js'

const source = fileURLToPath(new URL('../../src', import.meta.url))
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
const { signal } = new AbortController()

/** The channel opened with these settings. */
function open(settings: object): OpenChannel {
  const handler = handlerSchema.parse(settings)
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
  return channelOf(handler).open(handler, { log, http: createHttpClient(), now: () => 0, compose: messageOf })
}

const samples = [
  ['log', { type: 'log' }],
  ['webhook', { type: 'webhook', url: 'http://127.0.0.1:9' }],
  ['slack', { type: 'slack', token: 't', channel: 'C1' }],
  ['discord', { type: 'discord', webhookUrl: 'https://discord.com/api/webhooks/1/t' }],
  ['telegram', { type: 'telegram', token: '1:t', chatId: -100 }],
  ['matrix', { type: 'matrix', homeserver: 'http://127.0.0.1:9', token: 't', room: '!a:b' }],
  ['command', { type: 'command', command: ['true'] }],
  ['pagerduty', { type: 'pagerduty', routingKey: 'a'.repeat(32) }],
  ['teams', { type: 'teams', webhookUrl: 'http://127.0.0.1:9/hook' }],
  ['ntfy', { type: 'ntfy', url: 'http://127.0.0.1:9/topic' }],
  ['pushover', { type: 'pushover', token: 'a'.repeat(30), user: 'b'.repeat(30) }],
  ['email', { type: 'email', smtp: 'smtp://127.0.0.1:9', from: 'a@example.org', to: ['b@example.org'] }],
] as const

describe('every channel', () => {
  it.each(channelTypes)('%s is named only in its own file', (type) => {
    const naming = new RegExp(`(?:type: |[!=]== |case )'${type}'`)
    const found = files.filter((file) => naming.test(readFileSync(join(source, file), 'utf8'))).toSorted()

    // Notifications go to the log if no handler is configured.
    expect(found).toStrictEqual([
      `channels/${type}.ts`,
      ...(type === 'log' ? ['config/schemas/notifierSchema.ts'] : []),
    ])
  })

  it('has a description, for the schema and the documentation', () => {
    expect(handlerSchema.options.filter(({ description = '' }) => description === '')).toStrictEqual([])
  })

  it.each(samples)('%s opens a handler of its type', (type, settings) => {
    expect(open(settings).handler.type).toBe(type)
  })

  it.each([...samples, ['slack', { type: 'slack', webhookUrl: 'http://127.0.0.1:9/hook' }]] as const)(
    '%s declares a place that its shared settings do not change',
    (_, settings) => {
      const placeOf = (given: object): readonly unknown[] => {
        const handler = handlerSchema.parse(given)
        return channelOf(handler).placeOf(handler)
      }
      const shared = { name: 'other', minPriority: 'high', events: ['voted'], chains: ['main'], rate: '1/1h' }
      expect(placeOf({ ...settings, ...shared })).toStrictEqual(placeOf(settings))
      expect(placeOf(settings).filter((part) => part !== undefined).length > 0).toBe(settings.type !== 'log')
    },
  )

  it.each([
    ['an alert of PagerDuty', { open: true }, { open: false }],
    ['one of Pushover', { receipts: [], rings: true }, { receipts: [] }],
    ['receipts of an earlier version', { receipts: ['r1'] }, { receipts: [], rings: false }],
  ])('declares what it keeps: %s is open whatever was posted last', (_, opened, closed) => {
    expect([isOpenPost(opened, 'over'), isOpenPost(closed, 'open')]).toStrictEqual([true, false])
  })

  it.each([
    ['Slack', { to: 'C1', channel: 'C1', ts: '1.2', title: 'Hello' }],
    ['Discord', { to: '1//', id: '7', title: 'Hello' }],
    ['Telegram', { to: '-100/', chat: -100, message: 3, title: 'Hello' }],
    ['Matrix', { room: '!a:b', root: '$1', last: '$1', title: 'Hello' }],
    ['a handler of the host', 'posted'],
  ])('declares what it keeps: a message of %s is open until its subject is over', (_, posted) => {
    expect((['open', 'over', undefined] as const).map((standing) => isOpenPost(posted, standing))).toStrictEqual([
      true,
      false,
      false,
    ])
  })
})

describe('an unknown channel type', () => {
  const saysOf = (settings: unknown): readonly string[] =>
    (handlerSchema.safeParse(settings).error?.issues ?? []).map(({ message }) => message)

  it('is rejected with the existing types, and the closest one', () => {
    expect(saysOf({ type: 'webhok' })).toStrictEqual([expectedOneOf(channelTypes, 'webhok')])
    expect(saysOf({ type: 'webhok' })).toStrictEqual([expect.stringContaining('did you mean webhook?')])
    expect(saysOf({ type: 'webhok' })).not.toStrictEqual(saysOf('webhook'))
  })

  it('is rejected as not a mapping, if it is none', () => {
    expect(saysOf('webhook')).toStrictEqual([`expected a mapping with a type, one of ${channelTypes.join(', ')}`])
  })
})

describe('the settings of a webhook', () => {
  it('apply to its requests', async () => {
    const server = await startWebhookServer()
    onTestFinished(() => server.stop())
    const { handler, ...limits } = open({
      type: 'webhook',
      url: `${server.url}/hook`,
      secret: 'key',
      timeout: '3s',
      maxAttempts: 7,
    })
    await handler.handle(notification('n-1'), { signal })

    expect(limits).toStrictEqual({ timeoutMs: 3_000, maxAttempts: 7 })
    const [request] = server.requests
    expect(request).toMatchObject({ path: '/hook', headers: { 'x-govstream-id': 'n-1' } })
    expect(request?.headers['x-govstream-signature']).toMatch(/^sha256=/)
  })

  it('include the secrets URL and key; those of the log have none', () => {
    const url = 'https://hook.example.org/T1?token=abc'
    const secretsWith = (...handlers: readonly object[]): unknown =>
      secretsOf(parseConfig(minimal({}, { notifier: { handlers } })))
    const none = { urls: ['http://127.0.0.1:8545'], secrets: [], headers: [] }
    const hook = { ...none, urls: [...none.urls, url], names: ['local', 'webhook'] }

    expect(secretsWith({ type: 'log' })).toStrictEqual({ ...none, names: ['local', 'log'] })
    expect(secretsWith({ type: 'webhook', url })).toStrictEqual(hook)
    expect(secretsWith({ type: 'webhook', url, secret: 'key' })).toStrictEqual({
      ...hook,
      secrets: ['key'],
    })
  })
})
