import { createHmac } from 'node:crypto'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ConfigError, DeliveryError } from '../../src/domain/errors.js'
import type { Notification } from '../../src/domain/notifications/notification.js'
import { type WebhookOptions, webhookHandler } from '../../src/channels/webhook.js'
import { listen } from '../support/servers/listen.js'
import { notification } from '../support/storeGiven.js'
import { startWebhookServer } from '../support/servers/webhookServer.js'

const now = (): number => 1_750_000_000_999
const key = 'token-nobody-may-see'

async function server(): Promise<Awaited<ReturnType<typeof startWebhookServer>>> {
  const started = await startWebhookServer()
  onTestFinished(() => started.stop())
  return started
}

function post(
  url: string,
  options: Partial<WebhookOptions> = {},
  about: Notification = notification('n-1'),
): Promise<unknown> {
  return webhookHandler({ url, timeoutMs: 60_000, now, ...options }).handle(about, {
    signal: new AbortController().signal,
  })
}

/** The error of a refused delivery. */
async function failure(delivery: Promise<unknown>): Promise<unknown> {
  const cause: unknown = await delivery.then(
    () => undefined,
    (error: unknown) => error,
  )
  expect(cause).toBeInstanceOf(DeliveryError)
  return cause instanceof DeliveryError
    ? { kind: cause.kind, message: cause.message, wait: cause.retryAfterMs }
    : undefined
}

describe('webhookHandler', () => {
  it('posts the notification as JSON, and signs timestamp and body', async () => {
    const { url, requests } = await server()
    const about = notification('upgrade_triggered:local/0xc0ffee/1', {
      title: 'Ünïcode',
      data: { height: 5, name: 'v2' },
    })
    await post(`${url}/hook?key=${key}`, { secret: 's3cret' }, about)

    const [request] = requests
    const body = request?.body ?? ''
    expect(JSON.parse(body)).toStrictEqual({ ...about })
    expect(request).toMatchObject({
      method: 'POST',
      path: `/hook?key=${key}`,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'govstream',
        'x-govstream-id': 'upgrade_triggered:local/0xc0ffee/1',
        'x-govstream-timestamp': '1750000000',
        'x-govstream-signature': `sha256=${createHmac('sha256', 's3cret').update(`1750000000.${body}`).digest('hex')}`,
      },
    })
  })

  it('does not sign without a secret', async () => {
    const { url, requests } = await server()
    await post(url)
    expect(Object.keys(requests[0]?.headers ?? {})).not.toContain('x-govstream-signature')
  })

  it('sends the user and password of the URL as basic authentication', async () => {
    const { url, requests } = await server()
    await post(url.replace('://', '://user:p%40ss@'))
    expect(requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from('user:p@ss').toString('base64')}`)
  })

  it('encodes any id for a header', async () => {
    const { url, requests } = await server()
    await post(url, {}, notification('a b\r\nX-Evil: 1/ü\ud800'))
    expect(requests[0]?.headers['x-govstream-id']).toBe('a%20b%0D%0AX-Evil:%201/%C3%BC%EF%BF%BD')
    expect(Object.keys(requests[0]?.headers ?? {})).not.toContain('x-evil')
  })

  it.each([200, 201, 202, 204])('counts %d as delivered', async (status) => {
    const receiver = await server()
    const { url, requests } = receiver
    receiver.answerNext({ status })
    await post(url)
    expect(requests).toHaveLength(1)
  })

  it.each([
    ['408', 408, {}, 'transient', undefined],
    ['429', 429, {}, 'transient', undefined],
    ['429 with a fraction of a second', 429, { 'retry-after': '1.5' }, 'transient', 1_500],
    ['429 with seconds', 429, { 'retry-after': '17' }, 'transient', 17_000],
    ['503 with a date', 503, { 'retry-after': new Date(now() + 60_001).toUTCString() }, 'transient', 60_001],
    ['429 with an excessive wait', 429, { 'retry-after': '999999' }, 'transient', 3_600_000],
    ['500', 500, {}, 'transient', undefined],
    ['502', 502, {}, 'transient', undefined],
    ['599', 599, {}, 'transient', undefined],
    ['400', 400, {}, 'permanent', undefined],
    ['401', 401, {}, 'permanent', undefined],
    ['404', 404, {}, 'permanent', undefined],
    ['410', 410, { 'retry-after': '17' }, 'permanent', undefined],
    ['425', 425, {}, 'permanent', undefined],
    ['302', 302, { location: '/elsewhere' }, 'permanent', undefined],
    ['307', 307, { location: '/elsewhere' }, 'permanent', undefined],
    ['304', 304, {}, 'permanent', undefined],
  ])('%s', async (_case, status, headers, kind, wait) => {
    const receiver = await server()
    const { url, requests } = receiver
    receiver.answerAlways({ status, headers, body: status === 304 ? '' : `not with the key ${key}` })
    const failed = await failure(post(`${url}/${key}?k=${key}`))
    const rounded = wait === 60_001 ? 60_000 : wait
    expect(failed).toMatchObject({ kind, ...(rounded === undefined ? { wait } : {}) })
    if (rounded !== undefined) expect(Math.abs(waitOf(failed) - rounded)).toBeLessThan(1_000)
    const said =
      status >= 300 && status < 400
        ? `redirects${status === 304 ? '' : ' to another path of the same host'} (HTTP ${status})`
        : `answered ${status}`
    expect(JSON.stringify(failed)).toContain(`The webhook at ${new URL(url).host} ${said}`)
    expect(JSON.stringify(failed)).not.toContain(key)
    expect(requests).toHaveLength(1)
  })

  it.each([
    ['its text', 'no room\n\u202efor\u001b[2J this', 'text/plain', ': no room for this. Check its address and secret.'],
    ['its JSON', '{"error":"no room"}', 'application/json', ': {"error":"no room"}. Check its address and secret.'],
    ['nothing of a page', '<h1>No</h1>', 'text/html', ': it does not take this request. Check its address and secret.'],
    ['nothing of no text', ' \n', 'text/plain', ': it does not take this request. Check its address and secret.'],
    ['no secret', `${key} s3cret`, 'text/plain', ': (secret) (secret). Check its address and secret.'],
    ['200 letters', 'x'.repeat(4_000), 'text/plain', `: ${'x'.repeat(199)}…. Check its address and secret.`],
  ])('quotes %s of an answer that refuses', async (_case, body, type, said) => {
    const receiver = await server()
    const { url } = receiver
    receiver.answerAlways({ status: 400, headers: { 'content-type': type }, body })
    expect(await failure(post(`${url}/hook?key=${key}`, { secret: 's3cret' }))).toMatchObject({
      message: `The webhook at ${new URL(url).host} answered 400${said}`,
    })
  })

  it('quotes an answer that asks for another try', async () => {
    const receiver = await server()
    const { url } = receiver
    receiver.answerAlways({ status: 503, body: 'back at noon' })
    expect(await failure(post(url))).toMatchObject({
      message: `The webhook at ${new URL(url).host} answered 503: back at noon.`,
    })
  })

  it.each([
    [
      'nothing listens',
      'cannot be reached (ECONNREFUSED): nothing listens at that port. Start the server, or correct host and port.',
    ],
    [
      'the connection is cut',
      'cannot be reached (UND_ERR_SOCKET): the connection was cut. If it repeats, check the log of the server, or of the proxy in front of it.',
    ],
    ['the answer does not come in time', 'did not answer within 50 ms.'],
  ])('fails temporarily if %s, and names only the host', async (_case, why) => {
    const receiver = await startWebhookServer()
    const { url } = receiver
    receiver.answerAlways(why.startsWith('did not') ? 'hang' : 'drop')
    if (why.includes('ECONNREFUSED')) await receiver.stop()
    else onTestFinished(() => receiver.stop())
    expect(
      await failure(
        post(`${url.replace('://', `://${key}:${key}@`)}/${key}`, {
          timeoutMs: why.startsWith('did not') ? 50 : 60_000,
        }),
      ),
    ).toStrictEqual({
      kind: 'transient',
      message: `The webhook at ${new URL(url).host} ${why}`,
      wait: undefined,
    })
  })

  it('stops when aborted', async () => {
    const receiver = await server()
    const { url } = receiver
    receiver.answerAlways('hang')
    const stop = new AbortController()
    const delivery = failure(
      webhookHandler({ url, timeoutMs: 60_000, now }).handle(notification('n-1'), { signal: stop.signal }),
    )
    await receiver.waitFor(1)
    stop.abort()
    expect(await delivery).toMatchObject({ kind: 'transient' })
  })

  it('counts an endless answer as delivered, and reads only a limited part of it', async () => {
    const { url, stop } = await listen((_request, response) => {
      // Node 24 reports a closed connection by the error alone.
      const more = (cause?: Error | null): void => {
        if (!cause && !response.destroyed) response.write('x'.repeat(1_024), more)
      }
      more()
    })
    onTestFinished(stop)
    // Only the limit on the length read can end this in time.
    await expect(post(url, { timeoutMs: 600_000 })).resolves.toBeUndefined()
  })

  it('counts an answer that hangs after its status as delivered at the timeout', async () => {
    const { url, stop } = await listen((_request, response) => {
      response.writeHead(200)
      response.write('so far so good')
    })
    onTestFinished(stop)
    // Long enough for the status on a busy machine; the rest of the answer never ends.
    await expect(post(url, { timeoutMs: 5_000 })).resolves.toBeUndefined()
  })

  it.each(['not an address', `ftp://example.com/${key}`, ''])('rejects the address %j', (url) => {
    expect(() => webhookHandler({ url, timeoutMs: 1, now })).toThrow(
      new ConfigError([{ path: 'url', message: 'a webhook needs an http or https address' }]),
    )
  })
})

function waitOf(failed: unknown): number {
  return typeof failed === 'object' && failed !== null && 'wait' in failed && typeof failed.wait === 'number'
    ? failed.wait
    : NaN
}
