import { execFile } from 'node:child_process'
import { once, setMaxListeners } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createHttpClient, type HttpClientOptions } from '../../src/transport/createHttpClient.js'
import type { HttpClient, HttpRequest, HttpResponse } from '../../src/transport/HttpClient.js'
import { listen } from '../support/listen.js'

const at = (file: string): string => fileURLToPath(new URL(`../support/tls/${file}`, import.meta.url))
const { signal } = new AbortController()
// Hundreds of requests of these tests listen to one signal.
setMaxListeners(0, signal)
const limits = { timeoutMs: 10_000, maxBytes: 100_000, signal }

const get = (url: string, request: Partial<HttpRequest> = {}, options: HttpClientOptions = {}): Promise<HttpResponse> =>
  createHttpClient(options).request({ ...limits, url: new URL(url), ...request })
const failure = async (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'it was answered',
    (cause: unknown) => (cause instanceof Error ? cause.message : String(cause)),
  )

async function opened(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await Promise.resolve()
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

describe('a request', () => {
  it.each<readonly [string, string, string]>([
    ['a user and a password', 'me:p%40ss', 'me:p@ss'],
    ['an empty user', ':p%40ss', ':p@ss'],
    ['an empty password', 'me:', 'me:'],
    ['letters that are not Latin', 'm%C3%A9:%E4%B8%AD%E6%96%87', 'mé:中文'],
    ['a stray percent sign', 'me:50%off%20', 'me:50%off '],
  ])('sends %s of the URL', async (_what, written, sent) => {
    const server = await listen((request, response) => response.end(request.headers.authorization))
    onTestFinished(() => server.stop())
    expect((await get(server.url.replace('//', `//${written}@`))).text).toBe(
      `Basic ${Buffer.from(sent).toString('base64')}`,
    )
  })

  it('lets a header win over what the URL says', async () => {
    const server = await listen((request, response) => response.end(request.headers.authorization))
    onTestFinished(() => server.stop())
    expect((await get(server.url.replace('//', '//me:pw@'), { headers: { Authorization: 'Bearer t' } })).text).toBe(
      'Bearer t',
    )
  })

  it('follows no redirect', async () => {
    const seen: IncomingMessage[] = []
    const other = await listen((request, response) => {
      seen.push(request)
      response.end('other')
    })
    const server = await listen((_request, response) =>
      response.writeHead(302, { location: `${other.url}/key` }).end('elsewhere'),
    )
    onTestFinished(() => other.stop())
    onTestFinished(() => server.stop())
    const { status, header, text } = await get(server.url)
    expect([status, header('Location'), text]).toStrictEqual([302, `${other.url}/key`, 'elsewhere'])
    expect(seen).toStrictEqual([])
  })

  it('reads what is packed, no further than it may unfold', async () => {
    const server = await listen((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(5_000))),
    )
    onTestFinished(() => server.stop())
    expect((await get(server.url)).text).toBe('x'.repeat(5_000))
    expect(await failure(get(server.url, { maxBytes: 4_999 }))).toBe('answered with more than 4999 bytes.')
  })

  it('leaves out a mark of the byte order before a text', async () => {
    const server = await listen((_request, response) => response.end('\ufeff{}'))
    onTestFinished(() => server.stop())
    expect((await get(server.url)).text).toBe('{}')
  })

  it('uses a connection again, and another one where it was closed meanwhile', async () => {
    let connections = 0
    let served = 0
    const server = createServer((request, response) => {
      served += 1
      // As a server whose patience is over in the moment of the next request.
      if (served === 3) request.socket.destroy()
      else response.end('ok')
    }).on('connection', () => (connections += 1))
    const port = await opened(server)
    const client = createHttpClient()
    const ask = async (): Promise<string> => {
      const { text } = await client.request({ ...limits, url: new URL(`http://127.0.0.1:${port}/`) })
      // The connection is free again in a later turn.
      await new Promise((resolve) => setImmediate(resolve))
      return text
    }
    expect([await ask(), await ask()]).toStrictEqual(['ok', 'ok'])
    expect(connections).toBe(1)
    expect(await ask()).toBe('ok')
    expect(connections).toBe(2)
  })

  it('says of an answer that is no HTTP what may be wrong', async () => {
    const server = createTlsServer(
      { key: readFileSync(at('key.pem')), cert: readFileSync(at('cert.pem')) },
      (_request, response) => response.end('up'),
    )
    const port = await opened(server)
    expect(await failure(get(`https://127.0.0.1:${port}/s3cr3t`))).toBe(
      'cannot be reached (DEPTH_ZERO_SELF_SIGNED_CERT): nobody this machine trusts has signed its certificate. ' +
        'Give the file with the certificate of its authority to the process in NODE_EXTRA_CA_CERTS, or correct the certificate.',
    )
    const plain = await listen((_request, response) => response.end('up'))
    onTestFinished(() => plain.stop())
    expect(await failure(get(plain.url.replace('http:', 'https:')))).toMatch(
      /no agreement about TLS\. Where the server speaks plain HTTP, write http/,
    )
  })

  it('trusts what NODE_EXTRA_CA_CERTS names', async () => {
    const server = createTlsServer(
      { key: readFileSync(at('key.pem')), cert: readFileSync(at('cert.pem')) },
      (_request, response) => response.end('up'),
    )
    const port = await opened(server)
    const script = fileURLToPath(new URL('../support/askOnce.ts', import.meta.url))
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', script, `https://127.0.0.1:${port}/`],
      { env: { ...process.env, NODE_EXTRA_CA_CERTS: at('cert.pem') } },
    )
    expect(stdout).toBe('200 up')
  })
})

describe('the connections to one server', () => {
  /** A server that answers once it is told to, and counts what is open at once. */
  async function startHolding() {
    const held: (() => void)[] = []
    let [open, most, asked] = [0, 0, 0]
    let isHolding = true
    const server = createServer((_request, response) => {
      asked += 1
      if (isHolding) held.push(() => response.end('ok'))
      else response.end('ok')
    }).on('connection', (socket) => {
      most = Math.max(most, (open += 1))
      socket.on('close', () => (open -= 1))
    })
    return {
      port: await opened(server),
      most: () => most,
      asked: () => asked,
      answer: () => {
        isHolding = false
        for (const end of held.splice(0)) end()
      },
    }
  }
  const burst = (client: HttpClient, url: string, request: Partial<HttpRequest> = {}): Promise<HttpResponse>[] =>
    Array.from({ length: 200 }, () => client.request({ ...limits, url: new URL(url), ...request }))

  it.each([
    { way: 'directly', target: (port: number) => `http://127.0.0.1:${port}/`, through: false },
    { way: 'through a proxy', target: () => 'http://node.test/', through: true },
  ])('are 64 at most in a burst $way, and all is answered', async ({ target, through }) => {
    const { port, most, asked, answer } = await startHolding()
    const client = createHttpClient(through ? { proxies: { http: `http://127.0.0.1:${port}` } } : {})
    const answers = burst(client, target(port))
    await expect.poll(asked).toBe(64)
    answer()
    expect(new Set((await Promise.all(answers)).map(({ text }) => text))).toStrictEqual(new Set(['ok']))
    expect([most(), asked()]).toStrictEqual([64, 200])
  })

  it('are no more than are needed where requests follow each other', async () => {
    const { port, most, answer } = await startHolding()
    answer()
    const client = createHttpClient()
    for (let poll = 0; poll < 20; poll++) {
      await client.request({ ...limits, url: new URL(`http://127.0.0.1:${port}/`) })
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(most()).toBe(1)
  })

  it('that all hang hold up nobody longer than its own time, nor a stop', async () => {
    const { port, asked } = await startHolding()
    const client = createHttpClient()
    const url = `http://127.0.0.1:${port}/`
    const stop = new AbortController()
    setMaxListeners(0, stop.signal)
    const answers = burst(client, url, { signal: stop.signal, timeoutMs: 60_000 }).map(failure)
    await expect.poll(asked).toBe(64)
    expect(await failure(client.request({ ...limits, url: new URL(url), timeoutMs: 50 }))).toBe(
      'did not answer within 50 ms.',
    )
    stop.abort()
    expect(new Set(await Promise.all(answers))).toStrictEqual(
      new Set(['was not heard to the end: the request was stopped.']),
    )
    expect(asked()).toBe(64)
  })
})

describe('a proxy', () => {
  /** A real proxy that knows where every name is, and what it was asked for. */
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
      const target = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
        target.pipe(socket).pipe(target)
      })
      target.on('error', () => socket.destroy())
      socket.on('error', () => target.destroy())
    })
    return { seen, port: await opened(proxy) }
  }
  const noLookup: HttpClientOptions['lookup'] = (name, _options, callback) => {
    callback(Object.assign(new Error(`${name} was looked up`), { code: 'ENOTFOUND' }), [])
  }

  it('is asked for plain HTTP as it is, with its user, and its targets are not looked up here', async () => {
    const { seen, port } = await startProxy(0)
    const proxies = { http: `http://us%C3%A9r:@127.0.0.1:${port}` }
    expect((await get('http://node.test:8545/v3?a=1', {}, { proxies, lookup: noLookup })).text).toBe('by proxy')
    expect(seen).toStrictEqual([`GET http://node.test:8545/v3?a=1 Basic ${Buffer.from('usér:').toString('base64')}`])
  })

  it.each(['http', 'https'])('that wants a password is said to, for %s too', async (scheme) => {
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

  it('is asked for a tunnel to a server with TLS, and what it refuses is said with its host', async () => {
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

  it('is left out for this machine and for what is excepted', async () => {
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
