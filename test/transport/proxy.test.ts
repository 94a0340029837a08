import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { HttpClientOptions } from '../../src/transport/createHttpClient.js'
import { listen } from '../support/servers/listen.js'
import { at, get, failure, opened, tunnel } from './clientGiven.js'

describe('a proxy', () => {
  /** A real proxy that resolves every name, and the requests that it got. */
  async function startProxy(port: number) {
    const seen: string[] = []
    const proxy = createServer((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers['proxy-authorization'] ?? ''}`.trim())
      response.end('by proxy')
    })
    proxy.on('connect', (request: IncomingMessage, socket) => {
      seen.push(`CONNECT ${request.url} ${request.headers['proxy-authorization'] ?? ''}`.trim())
      if (request.url?.startsWith('forbidden') === true) {
        socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
        return
      }
      tunnel(socket, port)
    })
    return { seen, port: await opened(proxy) }
  }
  const noLookup: HttpClientOptions['lookup'] = (name, _options, callback) => {
    callback(Object.assign(new Error(`${name} was looked up`), { code: 'ENOTFOUND' }), [])
  }

  it('gets plain HTTP requests unchanged, with its own user, and no target is looked up locally', async () => {
    const { seen, port } = await startProxy(0)
    const proxies = { http: `http://us%C3%A9r:@127.0.0.1:${port}` }
    expect((await get('http://node.test:8545/v3?a=1', {}, { proxies, lookup: noLookup })).text).toBe('by proxy')
    expect(seen).toStrictEqual([`GET http://node.test:8545/v3?a=1 Basic ${Buffer.from('usér:').toString('base64')}`])
  })

  it.each(['http', 'https'])('that requires a password is reported as such, also for %s', async (scheme) => {
    const proxy = createServer((_request, response) =>
      response.writeHead(407, { 'proxy-authenticate': 'Basic' }).end('who are you'),
    )
    proxy.on('connect', (_request: IncomingMessage, socket) =>
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'),
    )
    const own = `http://127.0.0.1:${await opened(proxy)}`
    expect(await failure(get(`${scheme}://node.test/`, {}, { proxies: { [scheme]: own }, lookup: noLookup }))).toMatch(
      /\(PROXY_407\): the proxy wants a user and a password/,
    )
  })

  it('gets a tunnel request for a TLS server, and an error names the proxy', async () => {
    const server = createTlsServer(
      { key: readFileSync(at('key.pem')), cert: readFileSync(at('cert.pem')) },
      (_request, response) => response.end('up'),
    )
    const { seen, port } = await startProxy(await opened(server))
    const proxies = { https: `http://127.0.0.1:${port}` }
    expect(await failure(get('https://node.test/s3cr3t', {}, { proxies, lookup: noLookup }))).toMatch(
      new RegExp(`^cannot be reached through the proxy 127\\.0\\.0\\.1:${port} \\(DEPTH_ZERO_SELF_SIGNED_CERT\\)`),
    )
    expect(await failure(get('https://forbidden.test/', {}, { proxies, lookup: noLookup }))).toBe(
      `cannot be reached through the proxy 127.0.0.1:${port} (PROXY_403): the proxy refuses to connect. Allow host and port at the proxy, or name the host in NO_PROXY.`,
    )
    expect(seen).toStrictEqual(['CONNECT node.test:443', 'CONNECT forbidden.test:443'])
  })

  it('that closes the connection instead of opening a tunnel is asked once', async () => {
    const seen: (string | undefined)[] = []
    const proxy = createServer()
    proxy.on('connect', ({ url }: IncomingMessage, socket) => {
      seen.push(url)
      socket.destroy()
    })
    const proxies = { https: `http://127.0.0.1:${await opened(proxy)}` }
    expect(await failure(get('https://node.test/', {}, { proxies, lookup: noLookup }))).toMatch(
      /^cannot be reached through the proxy 127\.0\.0\.1:\d+ \((UND_ERR_SOCKET|ECONNRESET)\)/,
    )
    expect(seen).toStrictEqual(['node.test:443'])
  })

  it('is named in the error if it hangs, because the server behind it may be healthy', async () => {
    const proxy = createServer()
    proxy.on('connect', () => undefined)
    const own = `127.0.0.1:${await opened(proxy)}`
    const late = { timeoutMs: 300 }
    expect(
      await failure(get('https://node.test/', late, { proxies: { https: `http://${own}` }, lookup: noLookup })),
    ).toBe(`did not answer within 300 ms through the proxy ${own}.`)
  })

  it('is not used for this machine and for the exceptions', async () => {
    const { seen, port } = await startProxy(0)
    const server = await listen((_request, response) => response.end('direct'))
    onTestFinished(() => server.stop())
    const proxies = { http: `http://127.0.0.1:${port}`, except: 'other.test, .lan' }
    expect((await get(server.url, {}, { proxies })).text).toBe('direct')
    expect(await failure(get('http://node.lan/', {}, { proxies, lookup: noLookup }))).toMatch(
      /^cannot be reached \(ENOTFOUND\)/,
    )
    expect(seen).toStrictEqual([])
  })
})
