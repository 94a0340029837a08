import { readFileSync } from 'node:fs'
import { createServer as createTlsServer } from 'node:https'
import { createServer, type IncomingMessage } from 'node:http'
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { WebSocketServer } from 'ws'
import type { HttpClientOptions } from '../../src/transport/createHttpClient.js'
import { createSocketOpener } from '../../src/transport/createSocketOpener.js'
import type { SocketRequest } from '../../src/transport/SocketOpener.js'
import { type PushServerOptions, startPushServer } from '../support/servers/pushServer.js'
import { at, opened, tunnel } from './clientGiven.js'

async function pushServer(options: PushServerOptions = {}) {
  const server = await startPushServer(options)
  onTestFinished(() => server.stop())
  return server
}

/** A socket that sends hello, with what it received until it ended or was closed. */
function socketTo(url: string, request: Partial<SocketRequest> = {}, options: HttpClientOptions = {}) {
  const heard: string[] = []
  let close: () => void = () => undefined
  const ended = new Promise<string>((resolve) => {
    close = createSocketOpener(options)({
      url: new URL(url),
      onOpen: (send) => send('hello'),
      onText: (text) => heard.push(text),
      onEnd: ({ message }) => resolve(message),
      ...request,
    })
  })
  onTestFinished(() => close())
  return { heard, ended, close }
}

describe('a socket', () => {
  it('sends and receives, with the given headers and user', async () => {
    const server = await pushServer({ answer: (message) => `${message}, too` })
    const { heard } = socketTo(server.url.replace('//', '//us%C3%A9r:p%40ss@'), { headers: { 'x-key': 's3cr3t' } })
    await expect.poll(() => heard).toStrictEqual(['hello, too'])
    expect(server.handshakes[0]).toMatchObject({
      'x-key': 's3cr3t',
      authorization: `Basic ${Buffer.from('usér:p@ss').toString('base64')}`,
    })
  })

  it('ignores binary messages', async () => {
    const server = await pushServer()
    const { heard } = socketTo(server.url)
    await server.opened(1)
    server.each((client) => client.send(Buffer.from('bytes')))
    server.say('text')
    await expect.poll(() => heard).toStrictEqual(['text'])
  })

  it('ends with the code and the reason of a server that closes it, on one line', async () => {
    const server = await pushServer()
    const { ended } = socketTo(server.url)
    await server.opened(1)
    server.each((client) => client.close(1008, 'too\nslow'))
    expect(await ended).toBe('closed the WebSocket (1008: too slow).')
  })

  it('ends when the connection is cut', async () => {
    const server = await pushServer()
    const { ended } = socketTo(server.url)
    await server.opened(1)
    server.each((client) => client.terminate())
    expect(await ended).toBe('closed the WebSocket (the connection was cut).')
  })

  it('ends at a message of more than a megabyte, which is not delivered', async () => {
    const server = await pushServer()
    const { heard, ended } = socketTo(server.url)
    await server.opened(1)
    server.say('x'.repeat(2 ** 20 + 1))
    expect(await ended).toBe('sent more than 1048576 bytes in one message of its WebSocket.')
    expect(heard).toStrictEqual([])
  })

  it('reports the status that refused it', async () => {
    const server = await pushServer({ refuses: 401 })
    expect(await socketTo(server.url).ended).toBe(
      'opens no WebSocket (HTTP 401). Check that the address is one for WebSockets, and what it requires.',
    )
  })

  it.each([
    ['ws://127.0.0.1:1', 'cannot be reached by WebSocket (ECONNREFUSED): nothing listens at that port.'],
    ['ws://nowhere.test', 'cannot be reached by WebSocket (ENOTFOUND): no name server knows the name.'],
  ])('says why nothing is reached at %s', async (url, said) => {
    const lookup: HttpClientOptions['lookup'] = (name, _options, callback) =>
      callback(Object.assign(new Error(name), { code: 'ENOTFOUND' }), [])
    expect(await socketTo(url, {}, { lookup }).ended).toContain(said)
  })

  it('does not follow redirects', async () => {
    const server = await pushServer({ refuses: 302 })
    expect(await socketTo(server.url).ended).toContain('opens no WebSocket (HTTP 302)')
  })

  it('is given up if the server never answers', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const silent = createServer()
    silent.on('upgrade', () => undefined)
    const { ended } = socketTo(`ws://127.0.0.1:${await opened(silent)}`)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(await ended).toBe('opened no WebSocket within 10000 ms.')
  })

  it('reports nothing after it was closed, not even its end', async () => {
    const server = await pushServer()
    const onEnd = vi.fn()
    const { heard, close } = socketTo(server.url, { onEnd })
    await server.opened(1)
    const gone = new Promise<void>((resolve) => server.each((client) => client.on('close', () => resolve())))
    close()
    await gone
    expect(heard).toStrictEqual([])
    expect(onEnd).not.toHaveBeenCalled()
  })

  it('is not kept busy by a flood: a server can send at most a megabyte per second', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const server = await pushServer()
    const other = await pushServer({ answer: (message) => message })
    const count = 512
    let heard = 0
    // Well below a megabyte, because the exact point depends on how the network splits the stream.
    const flooded = new Promise<void>((resolve) => {
      socketTo(server.url, { onText: () => (heard += 1) === 8 && resolve() })
    })
    await server.opened(1)
    for (let sent = 0; sent < count; sent += 1) server.say('x'.repeat(2 ** 16))
    await flooded
    // Other sockets are served in the meantime.
    await new Promise<void>((resolve) => {
      let left = 200
      let say: (text: string) => void = () => undefined
      socketTo(other.url, {
        onOpen: (send) => (say = send)('again'),
        onText: () => ((left -= 1) === 0 ? resolve() : say('again')),
      })
    })
    expect(heard).toBeLessThan(32)
    while (heard < count) await vi.advanceTimersByTimeAsync(1000)
  })

  it('answers a flood of pings with few pongs', async () => {
    const server = await pushServer({ answer: (message) => message })
    const { heard } = socketTo(server.url)
    await server.opened(1)
    await expect.poll(() => heard).toStrictEqual(['hello'])
    let pongs = 0
    server.each((client) => {
      client.on('pong', () => (pongs += 1))
      // One write of many pings: all are there before the first pong is sent.
      for (let sent = 0; sent < 5000; sent += 1) client.ping('p'.repeat(100))
    })
    server.say('end')
    await expect.poll(() => heard).toStrictEqual(['hello', 'end'])
    await expect.poll(() => pongs).toBeGreaterThan(0)
    expect(pongs).toBeLessThan(1000)
  })

  it('ends at a message in more than a thousand parts', async () => {
    const server = await pushServer()
    const { ended } = socketTo(server.url)
    await server.opened(1)
    server.each((client) => {
      for (let sent = 0; sent < 2000; sent += 1) client.send('x', { fin: false })
    })
    expect(await ended).toContain('speaks no sound WebSocket (WS_ERR_TOO_MANY_BUFFERED_PARTS).')
  })

  it('passes on the whole reason of a close, so that a secret in it can be recognised', async () => {
    const server = await pushServer()
    const { ended } = socketTo(server.url)
    await server.opened(1)
    const words = 'w'.repeat(123)
    server.each((client) => client.close(1008, words))
    expect(await ended).toBe(`closed the WebSocket (1008: ${words}).`)
  })

  it('does not trust a self-signed certificate', async () => {
    const tls = createTlsServer({ key: readFileSync(at('key.pem')), cert: readFileSync(at('cert.pem')) })
    new WebSocketServer({ server: tls })
    expect(await socketTo(`wss://127.0.0.1:${await opened(tls)}/s3cr3t`).ended).toMatch(
      /^cannot be reached by WebSocket \(DEPTH_ZERO_SELF_SIGNED_CERT\): [^/]*$/,
    )
  })

  describe('behind a proxy', () => {
    const noLookup: HttpClientOptions['lookup'] = (name, _options, callback) =>
      callback(Object.assign(new Error(`${name} was looked up`), { code: 'ENOTFOUND' }), [])

    /** A real proxy that connects every tunnel to one port, and the requests that it got. */
    async function proxyTo(port: number) {
      const seen: string[] = []
      const proxy = createServer()
      proxy.on('connect', (request: IncomingMessage, socket) => {
        seen.push(`CONNECT ${request.url} ${request.headers['proxy-authorization'] ?? ''}`.trim())
        if (port === 0) {
          socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
          return
        }
        tunnel(socket, port)
      })
      return { seen, host: `127.0.0.1:${await opened(proxy)}` }
    }

    it('goes through a tunnel, and the name is not looked up locally', async () => {
      const server = await pushServer({ answer: () => 'through' })
      const { seen, host } = await proxyTo(server.port)
      const options = { proxies: { http: `http://user:pass@${host}` }, lookup: noLookup }
      const { heard } = socketTo('ws://node.test:8546', {}, options)
      await expect.poll(() => heard).toStrictEqual(['through'])
      expect(seen).toStrictEqual([`CONNECT node.test:8546 Basic ${Buffer.from('user:pass').toString('base64')}`])
    })

    it('uses TLS to the server inside the tunnel', async () => {
      const tls = createTlsServer({ key: readFileSync(at('key.pem')), cert: readFileSync(at('cert.pem')) })
      const { seen, host } = await proxyTo(await opened(tls))
      const options = { proxies: { https: `http://${host}` }, lookup: noLookup }
      expect(await socketTo('wss://node.test', {}, options).ended).toMatch(
        new RegExp(`^cannot be reached through the proxy ${host} by WebSocket \\(DEPTH_ZERO_SELF_SIGNED_CERT\\)`),
      )
      expect(seen).toStrictEqual(['CONNECT node.test:443'])
    })

    it('leaves no connection to a proxy that never answers', async () => {
      const hanging = createServer()
      const connected = new Promise<Duplex>((resolve) => hanging.on('connect', (_request, socket) => resolve(socket)))
      const options = { proxies: { http: `http://127.0.0.1:${await opened(hanging)}` }, lookup: noLookup }
      const { close } = socketTo('ws://node.test', {}, options)
      const socket = await connected
      const gone = once(socket.on('error', () => undefined).resume(), 'end')
      close()
      await expect(gone).resolves.toStrictEqual([])
      socket.destroy()
    })

    it.each(['[2001:db8::1]', '192.0.2.1'])('sends no address as the TLS server name: %s', async (address) => {
      const names: string[] = []
      const tls = createTlsServer({
        key: readFileSync(at('key.pem')),
        cert: readFileSync(at('cert.pem')),
        SNICallback: (name, done) => {
          names.push(name)
          done(null)
        },
      })
      const { seen, host } = await proxyTo(await opened(tls))
      const options = { proxies: { https: `http://${host}` }, lookup: noLookup }
      expect(await socketTo(`wss://${address}`, {}, options).ended).toContain('DEPTH_ZERO_SELF_SIGNED_CERT')
      expect(seen).toStrictEqual([`CONNECT ${address}:443`])
      expect(names).toStrictEqual([])
    })

    it('reports a refusal by the proxy', async () => {
      const { host } = await proxyTo(0)
      const options = { proxies: { http: `http://${host}` }, lookup: noLookup }
      expect(await socketTo('ws://node.test', {}, options).ended).toContain(
        `cannot be reached through the proxy ${host} by WebSocket (PROXY_403): the proxy refuses to connect.`,
      )
    })
  })
})
