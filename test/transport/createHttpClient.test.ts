import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createHttpClient } from '../../src/transport/createHttpClient.js'
import { bundled } from '../support/programs/bundled.js'
import { listen } from '../support/servers/listen.js'
import { at, limits, get, failure, opened } from './clientGiven.js'

describe('a request', () => {
  it.each<readonly [string, string, string]>([
    ['a user and a password', 'me:p%40ss', 'me:p@ss'],
    ['an empty user', ':p%40ss', ':p@ss'],
    ['an empty password', 'me:', 'me:'],
    ['non-Latin letters', 'm%C3%A9:%E4%B8%AD%E6%96%87', 'mé:中文'],
    ['a stray percent sign', 'me:50%off%20', 'me:50%off '],
  ])('sends %s of the URL', async (_what, written, sent) => {
    const server = await listen((request, response) => response.end(request.headers.authorization))
    onTestFinished(() => server.stop())
    expect((await get(server.url.replace('//', `//${written}@`))).text).toBe(
      `Basic ${Buffer.from(sent).toString('base64')}`,
    )
  })

  it('prefers a header to the user of the URL', async () => {
    const server = await listen((request, response) => response.end(request.headers.authorization))
    onTestFinished(() => server.stop())
    expect((await get(server.url.replace('//', '//me:pw@'), { headers: { Authorization: 'Bearer t' } })).text).toBe(
      'Bearer t',
    )
  })

  it('does not follow redirects', async () => {
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

  it('unpacks a compressed answer only up to the size limit', async () => {
    const server = await listen((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(5_000))),
    )
    onTestFinished(() => server.stop())
    expect((await get(server.url)).text).toBe('x'.repeat(5_000))
    expect(await failure(get(server.url, { maxBytes: 4_999 }))).toBe('answered with more than 4999 bytes.')
  })

  it('drops a byte order mark at the start of a text', async () => {
    const server = await listen((_request, response) => response.end('\ufeff{}'))
    onTestFinished(() => server.stop())
    expect((await get(server.url)).text).toBe('{}')
  })

  it('reuses a connection, and opens a new one if that was closed in between', async () => {
    let connections = 0
    let served = 0
    const server = createServer((request, response) => {
      served += 1
      // Like a server whose keep-alive time ends at the moment of the next request.
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

  it('explains an answer that is not HTTP', async () => {
    const server = createTlsServer(
      { key: readFileSync(at('key.pem')), cert: readFileSync(at('cert.pem')) },
      (_request, response) => response.end('up'),
    )
    const port = await opened(server)
    expect(await failure(get(`https://127.0.0.1:${port}/s3cr3t`))).toBe(
      'cannot be reached (DEPTH_ZERO_SELF_SIGNED_CERT): its certificate is not signed by an authority that this machine trusts. ' +
        'Give the file with the certificate of its authority to the process in NODE_EXTRA_CA_CERTS, or correct the certificate.',
    )
    const plain = await listen((_request, response) => response.end('up'))
    onTestFinished(() => plain.stop())
    expect(await failure(get(plain.url.replace('http:', 'https:')))).toMatch(
      /no agreement about TLS\. If the server speaks plain HTTP, write http/,
    )
  })

  it('trusts the certificates in NODE_EXTRA_CA_CERTS', async () => {
    const server = createTlsServer(
      { key: readFileSync(at('key.pem')), cert: readFileSync(at('cert.pem')) },
      (_request, response) => response.end('up'),
    )
    const port = await opened(server)
    const script = bundled('test/support/programs/askOnce.ts')
    const { stdout } = await promisify(execFile)(process.execPath, [script, `https://127.0.0.1:${port}/`], {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: at('cert.pem') },
    })
    expect(stdout).toBe('200 up')
  })
})
