import { once } from 'node:events'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createFetchClient } from '../../src/transport/createFetchClient.js'
import type { HttpRequest } from '../../src/transport/HttpClient.js'
import { RequestError } from '../../src/transport/RequestError.js'
import { listen } from '../support/servers/listen.js'

type Answer = Parameters<typeof listen>[0]

async function ask(answer: Answer, request: Partial<HttpRequest> = {}, credentials = '') {
  const server = await listen(answer)
  onTestFinished(() => server.stop())
  const { signal } = new AbortController()
  const url = new URL(server.url.replace('//', `//${credentials}`))
  return createFetchClient().request({ url, timeoutMs: 60_000, maxBytes: 1_000, signal, ...request })
}

describe('a client based on fetch', () => {
  it('returns status, headers and text, whatever the status is', async () => {
    const { status, header, text } = await ask((_, response) =>
      response.writeHead(503, { 'retry-after': '7', 'content-encoding': 'gzip' }).end(gzipSync('busy')),
    )
    expect([status, header('Retry-After'), header('x-none'), text]).toStrictEqual([503, '7', undefined, 'busy'])
  })

  it('posts a body, and sends user and password of the URL as basic authentication', async () => {
    const { text } = await ask(
      (request, response) => response.end(`${request.method ?? ''} ${request.headers.authorization ?? ''}`),
      { body: '{}' },
      'me:p%40ss@',
    )
    expect(text).toBe(`POST Basic ${btoa('me:p@ss')}`)
  })

  it('does not follow redirects', async () => {
    const { status, header } = await ask((_, response) => response.writeHead(307, { location: '/elsewhere' }).end())
    expect([status, header('location')]).toStrictEqual([307, '/elsewhere'])
  })

  it.each<readonly [string, Answer, Partial<HttpRequest>, RequestError['failure']]>([
    ['an answer that does not come', () => undefined, { timeoutMs: 50 }, 'late'],
    ['an answer that stops coming', (_, response) => response.write('{'), { timeoutMs: 50 }, 'late'],
    [
      'more bytes than are accepted',
      (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(2_000))),
      {},
      'too-large',
    ],
    ['a request that was aborted before', (_, response) => response.end(), { signal: AbortSignal.abort() }, 'stopped'],
    ['a port without a server', () => undefined, { url: new URL('http://127.0.0.1:1/s3cr3t') }, 'unreachable'],
  ])('reports %s', async (_what, answer, request, failure) => {
    const told = await ask(answer, request).catch((cause: unknown) => cause)
    expect(told).toBeInstanceOf(RequestError)
    expect(told).toMatchObject({ failure })
    expect(String(told)).not.toContain('s3cr3t')
  })

  it('accepts exactly as many bytes as the limit', async () => {
    const answering =
      (size: number): Answer =>
      (_, response) =>
        void response.end('x'.repeat(size))
    expect((await ask(answering(1_000))).text).toHaveLength(1_000)
    await expect(ask(answering(1_001))).rejects.toMatchObject({ failure: 'too-large' })
  })

  it('closes the connection when it is aborted', async () => {
    const stop = new AbortController()
    let closed: Promise<unknown> = Promise.resolve()
    const told = ask(
      (_, response) => {
        closed = once(response, 'close')
        stop.abort()
      },
      { signal: stop.signal },
    )
    await expect(told).rejects.toMatchObject({ failure: 'stopped' })
    await closed
  })
})
