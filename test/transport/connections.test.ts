import { setMaxListeners } from 'node:events'
import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import { createHttpClient } from '../../src/transport/createHttpClient.js'
import type { HttpClient, HttpRequest, HttpResponse } from '../../src/transport/HttpClient.js'
import { limits, failure, opened } from './clientGiven.js'

describe('the connections to one server', () => {
  /** A server that holds its answers until `answer` is called, and counts the connections that are open at once. */
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
  ])('are at most 64 in a burst $way, and every request is answered', async ({ target, through }) => {
    const { port, most, asked, answer } = await startHolding()
    const client = createHttpClient(through ? { proxies: { http: `http://127.0.0.1:${port}` } } : {})
    const answers = burst(client, target(port))
    await expect.poll(asked).toBe(64)
    answer()
    expect(new Set((await Promise.all(answers)).map(({ text }) => text))).toStrictEqual(new Set(['ok']))
    expect([most(), asked()]).toStrictEqual([64, 200])
  })

  it('are reused by requests that follow each other', async () => {
    const { port, most, answer } = await startHolding()
    answer()
    const client = createHttpClient()
    for (let poll = 0; poll < 20; poll++) {
      await client.request({ ...limits, url: new URL(`http://127.0.0.1:${port}/`) })
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(most()).toBe(1)
  })

  it('do not delay a request beyond its time-out, or a stop, when all of them hang', async () => {
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
      new Set(['did not finish its answer: the request was stopped.']),
    )
    expect(asked()).toBe(64)
  })
})
