import { describe, expect, it } from 'vitest'
import { askService, type ServiceAnswer, ServiceRefusal, type ServiceRequest } from '../../src/channels/askService.js'
import type { DeliveryError } from '../../src/domain/errors.js'
import { redactor } from '../../src/domain/secrets/redactor.js'
import { createHttpClient } from '../../src/transport/createHttpClient.js'
import { failureOf } from '../support/services/messages.js'
import { type Mishap, type Service, type ServiceReply, startService } from '../support/services/service.js'

const http = createHttpClient()
const now = (): number => 1_750_000_000_000
const key = 'token-nobody-may-see'

function ask({ url }: Pick<Service, 'url'>, over: Partial<ServiceRequest> = {}): Promise<ServiceAnswer> {
  return askService({
    http,
    service: 'The service',
    url: new URL(`/hook/${key}`, url),
    body: '{"a":1}',
    timeoutMs: 60_000,
    signal: new AbortController().signal,
    now,
    ...over,
  })
}

const failing = async (...mishaps: readonly Mishap[]): Promise<Service> => {
  const service = await startService(() => ({ status: 200 }))
  service.fail(...mishaps)
  return service
}

describe('askService', () => {
  it('posts JSON and returns the answer, parsed as JSON', async () => {
    const service = await startService(() => ({ status: 201, body: { ok: true } }))

    expect(await ask(service)).toMatchObject({ status: 201, text: '{"ok":true}', json: { ok: true } })
    expect(service.calls.all).toMatchObject([
      {
        method: 'POST',
        path: `/hook/${key}`,
        body: '{"a":1}',
        headers: { 'content-type': 'application/json', 'user-agent': 'govstream' },
      },
    ])
  })

  it.each(['PUT', 'PATCH'] as const)('uses the method %s if given', async (method) => {
    const service = await startService(() => ({ status: 200 }))
    await ask(service, { method, headers: { authorization: 'Bearer x' } })
    expect(service.calls.all).toMatchObject([{ method, headers: { authorization: 'Bearer x' } }])
  })

  it.each<[string, Mishap, Partial<DeliveryError>]>([
    ['a cut connection', 'drop', { kind: 'transient' }],
    ['no answer in time', 'hang', { kind: 'transient' }],
    ['408', { status: 408 }, { kind: 'transient' }],
    ['425', { status: 425 }, { kind: 'transient' }],
    [
      '429 with seconds',
      { status: 429, headers: { 'retry-after': '17' } },
      { kind: 'transient', retryAfterMs: 17_000 },
    ],
    [
      '503 with a date',
      { status: 503, headers: { 'retry-after': new Date(now() + 60_000).toUTCString() } },
      { kind: 'transient', retryAfterMs: 60_000 },
    ],
    ['500', { status: 500 }, { kind: 'transient' }],
    ['400', { status: 400 }, { kind: 'permanent' }],
    ['410', { status: 410, headers: { 'retry-after': '17' } }, { kind: 'permanent' }],
    ['a redirect', { status: 302, headers: { location: `http://evil.example/${key}` } }, { kind: 'permanent' }],
  ])('%s', async (_case, mishap, expected) => {
    const { kind, retryAfterMs, message } = await failureOf(
      ask(await failing(mishap), { timeoutMs: mishap === 'hang' ? 50 : 60_000 }),
    )
    expect({ kind, ...(retryAfterMs !== undefined && { retryAfterMs }) }).toStrictEqual(expected)
    expect(message).toMatch(/^The service at 127\.0\.0\.1:\d+ /)
    expect(message).not.toContain(key)
  })

  it('does not retry by itself', async () => {
    const service = await failing('commit-then-drop')
    await failureOf(ask(service))
    expect(service.calls.all).toHaveLength(1)
  })
})

describe('the judgement of an answer', () => {
  const refused = (reply: ServiceReply, judge: ServiceRequest['judge'], over: Partial<ServiceRequest> = {}) =>
    failing(reply).then((service) => failureOf(ask(service, { ...(judge !== undefined && { judge }), ...over })))

  it('can turn an answer of 200 into a refusal', async () => {
    const failure = await refused({ status: 200, body: { ok: false } }, () => ({
      kind: 'permanent',
      code: 'not_in_channel',
      words: 'not_in_channel.',
      advice: 'Invite the bot.',
    }))
    expect(failure).toBeInstanceOf(ServiceRefusal)
    expect(failure).toMatchObject({ kind: 'permanent', code: 'not_in_channel', status: 200 })
    expect(failure.message).toMatch(/ answered with an error: not_in_channel\. Invite the bot\.$/)
  })

  it('can accept an answer that its status refuses', async () => {
    const service = await failing({ status: 400, body: { description: 'not modified' } })
    expect(await ask(service, { judge: () => ({ kind: 'taken' }) })).toMatchObject({ status: 400 })
  })

  it('overrides Retry-After, in milliseconds rounded up, at most an hour', async () => {
    const reply = { status: 429, headers: { 'retry-after': '17' } }
    expect(await refused(reply, () => ({ waitMs: 1_230.4 }))).toMatchObject({ retryAfterMs: 1_231 })
    expect(await refused(reply, () => ({ waitMs: 1e12 }))).toMatchObject({ retryAfterMs: 3_600_000 })
    expect(await refused(reply, () => ({}))).toMatchObject({ retryAfterMs: 17_000 })
  })

  it('is quoted on one line, cleaned, cut, and without secrets', async () => {
    const failure = await refused(
      { status: 400, body: 'x' },
      () => ({ words: `no \u001b[31m${key}\n${'x'.repeat(30_000)}` }),
      { conceal: redactor({ urls: [], secrets: [key] }) },
    )
    expect(failure.message).toMatch(/answered 400: no \(secret\) x+…\.$/)
    expect(failure.message.length).toBeLessThan(300)
  })

  it.each([200, 302, 404])(
    'is ignored for %i if the answer is not from the service: that is transient',
    async (status) => {
      const failure = await refused({ status, body: '<html>' }, () => undefined)
      expect(failure).toMatchObject({ kind: 'transient', status })
      expect(failure.message).toMatch(status === 302 ? /redirects/ : /other than an answer of The service/)
    },
  )
})
