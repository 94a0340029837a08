import { describe, expect, it } from 'vitest'
import { redactorOf } from '../../src/config/redactorOf.js'
import { parseConfig } from '../../src/config/parseConfig.js'
import { minimal } from '../support/configs.js'

const key = '0123456789abcdef0123'
const conceal = redactorOf(
  parseConfig(
    minimal(
      {
        rpc: {
          urls: [`https://rpc.example.org/v3/${key}`, 'https://u:p%20w@node.example.org/', 'http://127.0.0.1:8545'],
          ws: 'wss://push.example.org/ws/ab12cd34ef56',
        },
      },
      {
        notifier: {
          handlers: [{ type: 'webhook', url: 'https://hook.example.org/T1?token=abc', secret: 'whis"per' }],
          heartbeat: { url: 'https://hc.example.org/e7f1c0de-ping' },
        },
      },
    ),
  ),
)

describe('redactorOf', () => {
  it('keeps the name of a handler or chain even if its URL ends with it, so that the log stays useful', () => {
    const handler = {
      type: 'webhook',
      name: 'oncall',
      url: 'https://hook.example.org/oncall/s3cr3t-9',
      secret: 'quiet',
    }
    const shown = redactorOf(parseConfig(minimal({}, { notifier: { handlers: [handler] } })))
    expect(shown('oncall at https://hook.example.org/oncall/s3cr3t-9: s3cr3t-9, quiet')).toBe(
      'oncall at https://hook.example.org: (secret), (secret)',
    )
  })

  it.each([
    ['a URL with a key', `GET https://rpc.example.org/v3/${key} failed`, 'GET https://rpc.example.org failed'],
    ['the key alone', `no project ${key}`, 'no project (secret)'],
    ['the key of a WebSocket', 'at wss://push.example.org/ws/ab12cd34ef56', 'at wss://push.example.org'],
    ['a URL with a user', 'https://u:p%20w@node.example.org: refused', 'https://node.example.org: refused'],
    ['a URL of a handler', 'POST https://hook.example.org/T1?token=abc', 'POST https://hook.example.org'],
    [
      'the URL of the heartbeat',
      'https://hc.example.org/e7f1c0de-ping, e7f1c0de-ping',
      'https://hc.example.org, (secret)',
    ],
    ['a secret', 'signed with whis"per', 'signed with (secret)'],
    ['a secret in a line of JSON', JSON.stringify({ text: 'whis"per' }), '{"text":"(secret)"}'],
    ['nothing of a URL without secrets', 'http://127.0.0.1:8545 is down', 'http://127.0.0.1:8545 is down'],
  ])('hides %s', (_, text, shown) => {
    expect(conceal(text)).toBe(shown)
  })
})
