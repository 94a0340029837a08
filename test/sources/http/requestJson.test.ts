import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import type { RequestListener } from 'node:http'
import { createHttpEndpoints, type HttpEndpoint } from '../../../src/sources/http/createHttpEndpoints.js'
import { refusalOf } from '../../../src/sources/http/refusalOf.js'
import { type Listening, listen } from '../../support/servers/listen.js'

let server: Listening | undefined
afterEach(() => server?.stop())
const { signal } = new AbortController()

async function endpointOver(
  listener: RequestListener,
  { path = '', timeoutMs = 5_000, maxBytes = 1_000 } = {},
): Promise<HttpEndpoint> {
  server = await listen(listener)
  const [endpoint] = createHttpEndpoints({ chain: 'hub', urls: [`${server.url}${path}`], timeoutMs, maxBytes })
  return endpoint!
}

describe('a request', () => {
  it('is relative to the path of the URL and keeps its query, which may hold a key', async () => {
    const endpoint = await endpointOver(
      (request, response) => response.end(JSON.stringify({ url: request.url, accept: request.headers.accept })),
      { path: '/hub/?apikey=1' },
    )
    const { body } = await endpoint.get('/status', { height: '7', 'pagination.key': 'AA+/=' }, signal)
    expect(body).toEqual({
      url: '/hub/status?apikey=1&height=7&pagination.key=AA%2B%2F%3D',
      accept: 'application/json',
    })
  })

  it('sends user and password of the URL as a header', async () => {
    server = await listen((request, response) => response.end(JSON.stringify(request.headers.authorization)))
    const [endpoint] = createHttpEndpoints({
      chain: 'hub',
      urls: [server.url.replace('//', '//me:p%40ss@')],
      timeoutMs: 60_000,
    })
    expect((await endpoint!.get('/', {}, signal)).body).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`)
  })

  it('returns a refusal of the server unchanged', async () => {
    const endpoint = await endpointOver((_request, response) => response.writeHead(501).end('{"code":12}'))
    expect(await endpoint.get('/', {}, signal)).toMatchObject({ status: 501, body: { code: 12 }, text: '{"code":12}' })
  })

  it.each<readonly [string, RequestListener, RegExp]>([
    ['is not JSON', (_request, response) => response.end('<html>'), /answered with something that is not JSON\.$/],
    ['is empty', (_request, response) => response.end(), /answered with something that is not JSON\.$/],
    [
      'is cut off',
      (_request, response) =>
        void response.writeHead(200, { 'content-length': '50' }).write('{"a":', () => response.destroy()),
      /cannot be reached \(UND_ERR_SOCKET\): the connection was cut\. /,
    ],
    [
      'is too large',
      (_request, response) => response.end(`"${'x'.repeat(2_000)}"`),
      /answered with more than 1000 bytes\.$/,
    ],
  ])('fails if the answer %s', async (_what, listener, message) => {
    const endpoint = await endpointOver(listener)
    const answer = endpoint.get('/', {}, signal)
    await expect(answer).rejects.toMatchObject({ kind: 'transient' })
    await expect(answer).rejects.toThrow(message)
  })

  it('stops reading an endless answer', async () => {
    let closed: Promise<unknown> | undefined
    const endpoint = await endpointOver((_request, response) => {
      closed = once(response, 'close')
      const more = (): boolean => response.write('x'.repeat(10_000)) || response.once('drain', more) === response
      more()
    })
    await expect(endpoint.get('/', {}, signal)).rejects.toThrow(/more than 1000 bytes/)
    await closed
  })

  it('fails if nothing listens', async () => {
    const endpoint = await endpointOver((_request, response) => response.end('1'))
    await server?.stop()
    server = undefined
    await expect(endpoint.get('/', {}, signal)).rejects.toThrow(
      /^127\.0\.0\.1:\d+ of hub cannot be reached \(ECONNREFUSED\): nothing listens at that port\. Start the server, or correct host and port\.$/,
    )
  })

  it('has a time-out for the last byte, too', async () => {
    const endpoint = await endpointOver((_request, response) => void response.write('{'), { timeoutMs: 100 })
    await expect(endpoint.get('/', {}, signal)).rejects.toThrow(/of hub did not answer within 100 ms\.$/)
  })

  it('closes its socket when it is aborted', async () => {
    const controller = new AbortController()
    let closed: Promise<unknown> | undefined
    const endpoint = await endpointOver((request) => {
      closed = once(request.socket, 'close')
      controller.abort()
    })
    await expect(endpoint.get('/', {}, controller.signal)).rejects.toThrow(/was stopped\.$/)
    await closed
    await expect(endpoint.get('/', {}, controller.signal)).rejects.toThrow(/was stopped\.$/)
  })
})

describe('a refusal', () => {
  it.each([
    [429, 'transient'],
    [402, 'transient'],
    [408, 'transient'],
    [500, 'transient'],
    [503, 'transient'],
    [425, 'transient'],
    [400, 'permanent'],
    [403, 'permanent'],
    [404, 'permanent'],
  ] as const)('of HTTP %i is %s', (status, kind) => {
    const refusal = refusalOf({ status, retryAfterMs: 7_000, text: 'go away' }, 'rest.example of hub')
    expect(refusal).toMatchObject({ kind, status, retryAfterMs: 7_000 })
    expect(refusal.message).toContain('rest.example of hub')
  })
})
