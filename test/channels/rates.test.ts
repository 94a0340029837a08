import { expect, it } from 'vitest'
import { channelOf, handlerSchema } from '../../src/channels/registry.js'
import { messageOf } from '../../src/domain/notifications/message.js'
import { silentLog } from '../../src/monitor/monitorLog.js'

const deps = {
  log: silentLog,
  http: { request: () => Promise.reject(new Error('nothing is asked')) },
  compose: messageOf,
  now: () => 0,
}

it.each([
  ['slack', 'https://hooks.slack.com/services/T0/B0/x', { count: 1, perMs: 1_000 }],
  ['discord', 'https://discord.com/api/webhooks/1/x', { count: 1, perMs: 2_000 }],
])('%s is given no more than the service bears', (type, webhookUrl, rate) => {
  const settings = handlerSchema.parse({ type, webhookUrl })

  expect(channelOf(settings).open(settings, deps).rate).toStrictEqual(rate)
})
