import { describe, expect, it } from 'vitest'
import { handlerSchema } from '../../src/channels/registry.js'

const url = 'https://chat.example/x'
const settings: Readonly<Record<string, object>> = {
  log: {},
  webhook: { url },
  slack: { webhookUrl: url },
  discord: { webhookUrl: 'https://discord.com/api/webhooks/1/x' },
  telegram: { token: '110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawq', chatId: '1' },
  email: { smtp: 'smtp://127.0.0.1', from: 'a@example.org', to: ['b@example.org'] },
  pagerduty: { routingKey: '0123456789abcdef0123456789abcdef' },
  teams: { webhookUrl: url },
  ntfy: { url: 'https://ntfy.sh/topic' },
  pushover: { token: 'a'.repeat(30), user: 'u'.repeat(30) },
  matrix: { homeserver: 'https://matrix.example', token: 't', room: '!r:matrix.example' },
  command: { command: ['/bin/tell'] },
}
const rateOf = (type: string, over: object = {}) => handlerSchema.parse({ type, ...settings[type], ...over }).rate

describe('the rate of a handler', () => {
  it.each<[string, number, number]>([
    ['slack', 1, 1_000],
    ['discord', 5, 2_000],
    ['telegram', 20, 60_000],
    ['email', 30, 60_000],
    ['pagerduty', 100, 60_000],
    ['teams', 1, 1_000],
    ['ntfy', 60, 300_000],
    ['pushover', 1, 1_000],
    ['matrix', 1, 1_000],
  ])('of %s is within the limit of the service', (type, count, perMs) => {
    expect(rateOf(type)).toStrictEqual({ count, perMs })
  })

  it.each(['log', 'webhook', 'command'])('of %s is unlimited by default', (type) => {
    expect(rateOf(type)).toBeUndefined()
  })

  it.each(Object.keys(settings))('of %s can be configured', (type) => {
    expect(rateOf(type, { rate: '30/1m' })).toStrictEqual({ count: 30, perMs: 60_000 })
    expect(rateOf(type, { rate: 'unlimited' })).toBeUndefined()
  })

  it.each(['30', '30/m', '0/1m', '1/0s', '1/2d', '-1/1s', '1.5/1s', '30 / 1m', '', 30, null])(
    'cannot be %j',
    (rate) => {
      const parsed = handlerSchema.safeParse({ type: 'log', rate })
      expect(parsed.error?.issues[0]?.message).toContain('expected a rate such as 30/1m')
    },
  )
})
