import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { SourceError } from '../../../src/domain/errors.js'
import { createJsonRpcEndpoints, type JsonRpcEndpoint } from '../../../src/sources/jsonRpc/createJsonRpcEndpoints.js'
import { listen } from '../../support/servers/listen.js'
import { type Manner, startWemixvisorServer, type WemixvisorServer } from '../../support/servers/wemixvisorServer.js'

const { signal } = new AbortController()
const calls = [{ method: 'status' }, { method: 'gov/params' }, { method: 'block', params: { height: '7' } }]
const callSchema = z.looseObject({ id: z.number() })
const answersTo = (asked: readonly { readonly id: number }[]): string =>
  JSON.stringify(asked.map(({ id }) => ({ jsonrpc: '2.0', id, result: 'up' })))
const open: { stop(): Promise<void> }[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.stop()))
})
async function serve(
  manner: Manner = {},
): Promise<{ readonly server: WemixvisorServer; readonly endpoint: JsonRpcEndpoint }> {
  const server = await startWemixvisorServer()
  open.push(server)
  server.behave(manner)
  return { server, endpoint: over(server.url) }
}
function over(url: string, timeoutMs = 5_000, maxBytes = 100_000): JsonRpcEndpoint {
  const [endpoint] = createJsonRpcEndpoints({ chain: 'local', urls: [url], timeoutMs, maxBytes })
  if (endpoint === undefined) throw new Error('no endpoint')
  return endpoint
}
const failureOf = async (asked: Promise<unknown>): Promise<SourceError> =>
  asked.then(
    () => {
      throw new Error('it was answered')
    },
    (cause: unknown) => {
      if (cause instanceof SourceError) return cause
      throw cause
    },
  )

describe('a JSON-RPC endpoint', () => {
  it('sends one call alone and several as a batch, each with a unique id', async () => {
    const { server, endpoint } = await serve()
    await expect(endpoint.ask([{ method: 'status' }], signal)).resolves.toStrictEqual([
      { ok: true, result: { sync_info: { latest_block_height: '1000' } } },
    ])
    const answers = await endpoint.ask(calls, signal)

    expect(answers.map(({ ok }) => ok)).toStrictEqual([true, true, true])
    expect(server.requests.map((request) => request.map(({ method }) => method))).toStrictEqual([
      ['status'],
      ['status', 'gov/params', 'block'],
    ])
    expect(new Set(server.requests.flat().map(({ id }) => id)).size).toBe(4)
  })

  it('accepts an id that comes back as text', async () => {
    const { endpoint } = await serve({
      body: (answers) => JSON.stringify(answers).replaceAll(/"id":(\d+)/g, '"id":"$1"'),
    })
    await expect(endpoint.ask(calls, signal)).resolves.toMatchObject([{ ok: true }, { ok: true }, { ok: true }])
  })

  it('sends no request for an empty list of calls', async () => {
    const { server, endpoint } = await serve()
    await expect(endpoint.ask([], signal)).resolves.toStrictEqual([])
    expect(server.requests).toHaveLength(0)
  })

  it('accepts an answer as JSON whatever its content type says', async () => {
    const { endpoint } = await serve({ headers: { 'content-type': 'text/html; charset=utf-8' } })
    await expect(endpoint.ask(calls, signal)).resolves.toMatchObject([{ ok: true }, { ok: true }, { ok: true }])
  })

  it('sends single calls if the server refuses batches, and does not try again each time', async () => {
    const { server, endpoint } = await serve({ single: true })
    await endpoint.ask(calls, signal)
    expect(server.requests.map(({ length }) => length)).toStrictEqual([3, 1, 1, 1])
    server.reset()
    await expect(endpoint.ask(calls, signal)).resolves.toMatchObject([{ ok: true }, { ok: true }, { ok: true }])
    expect(server.requests.map(({ length }) => length)).toStrictEqual([1, 1, 1])
  })

  it('tries a batch again after a while', async () => {
    const { server, endpoint } = await serve({ single: true })
    await endpoint.ask(calls, signal)
    server.behave({})
    for (let times = 0; times < 100; times++) await endpoint.ask(calls.slice(0, 2), signal)
    server.reset()
    await endpoint.ask(calls, signal)
    expect(server.requests.map(({ length }) => length)).toStrictEqual([3])
  })

  it('treats an HTTP error as a refusal of batches only if a single call succeeds', async () => {
    const picky = await listen((request, response) => {
      let body = ''
      request.on('data', (part) => (body += String(part)))
      request.on('end', () => {
        if (body.startsWith('[')) response.writeHead(400).end('invalid request body')
        else response.end(JSON.stringify({ jsonrpc: '2.0', id: Number(/"id":(\d+)/.exec(body)?.[1]), result: 'up' }))
      })
    })
    open.push(picky)
    await expect(over(picky.url).ask(calls, signal)).resolves.toStrictEqual(
      calls.map(() => ({ ok: true, result: 'up' })),
    )
  })

  const refusing = async (singly: (method: string) => number): Promise<{ url: string; sizes: readonly number[] }> => {
    const sizes: number[] = []
    const server = await listen((request, response) => {
      void text(request).then((body) => {
        const asked = z.union([z.array(callSchema), callSchema]).parse(JSON.parse(body))
        sizes.push(Array.isArray(asked) ? asked.length : 1)
        const code = Array.isArray(asked) ? -32600 : singly(z.string().parse(asked['method']))
        const id = Array.isArray(asked) ? null : asked.id
        response.end(
          JSON.stringify({
            jsonrpc: '2.0',
            id,
            ...(code === 0 ? { result: 'up' } : { error: { code, message: 'no' } }),
          }),
        )
      })
    })
    open.push(server)
    return { url: server.url, sizes }
  }

  it('sends single calls to a server that refuses batches, even if it lacks the first method', async () => {
    const { url } = await refusing((method) => (method === 'status' ? -32601 : 0))
    await expect(over(url).ask(calls, signal)).resolves.toMatchObject([
      { ok: false, error: { code: -32601 } },
      { ok: true },
      { ok: true },
    ])
  })

  it.each([-32600, -32700])('sends only one single call if that is refused like the batch (code %i)', async (code) => {
    const { url, sizes } = await refusing(() => code)
    await failureOf(over(url).ask(calls, signal))
    expect(sizes).toStrictEqual([3, 1])
  })

  it.each<[string, (asked: readonly { readonly id: number }[]) => { readonly status: number; readonly body: string }]>([
    ['leaves calls out', (asked) => ({ status: 200, body: answersTo(asked.slice(0, 1)) })],
    ['uses ids of its own', (asked) => ({ status: 200, body: answersTo(asked.map((_, id) => ({ id: -id }))) })],
    [
      'answers one call twice and another never',
      (asked) => ({ status: 200, body: answersTo(asked.map(({ id }, at) => ({ id: at === 1 ? id - 1 : id }))) }),
    ],
    ['answers a call twice', (asked) => ({ status: 200, body: answersTo([...asked, ...asked.slice(0, 1)]) })],
    ['says that batches are not in its plan', () => ({ status: 403, body: 'batch requests are not allowed' })],
  ])('sends single calls to a server that %s in a batch', async (_what, say) => {
    const picky = await listen((request, response) => {
      void text(request).then((body) => {
        const asked = z.union([z.array(callSchema), callSchema]).parse(JSON.parse(body))
        const { status, body: said } = Array.isArray(asked)
          ? say(asked)
          : { status: 200, body: JSON.stringify({ jsonrpc: '2.0', id: asked.id, result: 'up' }) }
        response.writeHead(status).end(said)
      })
    })
    open.push(picky)
    await expect(over(picky.url).ask(calls, signal)).resolves.toStrictEqual(
      calls.map(() => ({ ok: true, result: 'up' })),
    )
  })

  it.each<[string, (ids: readonly number[], batch: number) => readonly unknown[]]>([
    ['swaps the ids of one batch', (ids, batch) => (batch === 1 ? [...ids].reverse() : ids)],
    ['swaps the ids of each batch in the same way', (ids) => [...ids].reverse()],
    ['swaps them, with extra answers in between', ([a, b, c]) => [b, 'x', a, 'y', c]],
  ])('does not mix up the answers of a server that %s', async (_what, mix) => {
    let batches = 0
    const mixing = await listen((request, response) => {
      void text(request).then((body) => {
        const asked = z.union([z.array(callSchema), callSchema]).parse(JSON.parse(body))
        if (!Array.isArray(asked)) {
          response.end(JSON.stringify({ jsonrpc: '2.0', id: asked.id, result: asked['method'] }))
          return
        }
        batches += 1
        const ids = asked.map(({ id }) => id)
        const methods = asked.map(({ method }) => method)
        response.end(
          JSON.stringify(
            mix(ids, batches).map((id) => ({
              jsonrpc: '2.0',
              id,
              // Answers stay in their order; only the ids move.
              result: typeof id === 'string' ? id : methods.shift(),
            })),
          ),
        )
      })
    })
    open.push(mixing)

    await expect(over(mixing.url).ask(calls, signal)).resolves.toStrictEqual(
      calls.map(({ method }) => ({ ok: true, result: method })),
    )
    expect(batches).toBe(2)
  })

  it.each<[string, Manner, RegExp, string]>([
    [
      'an overloaded server',
      { httpStatus: 503, body: () => 'busy' },
      /refuses the request \(HTTP 503: busy\)/,
      'transient',
    ],
    ['a wrong key', { httpStatus: 401, body: () => 'no' }, /HTTP 401/, 'permanent'],
    [
      'a server that accepts neither batches nor calls',
      { httpStatus: 404, body: () => 'not here' },
      /HTTP 404/,
      'permanent',
    ],
    [
      'a page instead of an answer',
      { body: () => '<html>maintenance</html>', headers: { 'content-type': 'text/html' } },
      /something that is not JSON/,
      'transient',
    ],
    ['an empty answer', { body: () => '' }, /something that is not JSON/, 'transient'],
    [
      'a truncated body',
      { body: (answers) => JSON.stringify(answers).slice(0, -20) },
      /something that is not JSON/,
      'transient',
    ],
    ['a body too large', { body: () => `[${' '.repeat(200_000)}]` }, /more than 100000 bytes/, 'transient'],
  ])('says what is wrong with %s', async (_, manner, said, kind) => {
    const { endpoint } = await serve(manner)
    const failure = await failureOf(endpoint.ask(calls, signal))
    expect(failure.message).toMatch(said)
    expect(failure.kind).toBe(kind)
  })

  it('refuses a body that is cut off by the connection', async () => {
    const cutting = await listen((request, response) => {
      response.writeHead(200, { 'content-length': '500' })
      response.write('[]', () => request.socket.destroy())
    })
    open.push(cutting)
    expect((await failureOf(over(cutting.url).ask(calls, signal))).message).toMatch(/cannot be reached/)
  })

  it('limits the size of an unpacked answer', async () => {
    const bomb = await listen((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(`[${' '.repeat(5_000_000)}]`)),
    )
    open.push(bomb)
    expect((await failureOf(over(bomb.url).ask(calls, signal))).message).toMatch(/more than 100000 bytes/)
  })

  it('returns the JSON-RPC error of an answer with an HTTP error', async () => {
    const { endpoint } = await serve({ httpStatus: 500, without: ['status'] })
    await expect(endpoint.ask([{ method: 'status' }], signal)).resolves.toMatchObject([
      { ok: false, error: { code: -32601 } },
    ])
  })

  it('returns the Retry-After of the server', async () => {
    const { endpoint } = await serve({ httpStatus: 429, body: () => '', headers: { 'retry-after': '7' } })
    expect(await failureOf(endpoint.ask(calls, signal))).toMatchObject({ kind: 'transient', retryAfterMs: 7_000 })
  })

  it('gives up on a server that does not answer', async () => {
    const { server } = await serve({ hang: true })
    expect((await failureOf(over(server.url, 500).ask(calls, signal))).message).toMatch(/did not answer within 500 ms/)
    await server.cut
    expect(server.requests).toHaveLength(1)
  })

  it('closes the connection when it is aborted', async () => {
    const { server, endpoint } = await serve({ hang: true })
    const controller = new AbortController()
    const asked = failureOf(endpoint.ask(calls, controller.signal))
    await server.waitFor(1)
    controller.abort()
    expect((await asked).message).toMatch(/was stopped/)
    await server.cut
  })

  it('never reveals the URL, which may hold a key', async () => {
    const { server } = await serve({ httpStatus: 500, body: () => 'failed at http://127.0.0.1/hunter2' })
    const messages = await Promise.all(
      [
        `${server.url}/hunter2?key=hunter2`,
        `${server.url.replace('//', '//user:hunter2@')}/`,
        'http://127.0.0.1:1/hunter2',
      ].map(async (url) => (await failureOf(over(url).ask(calls, signal))).message),
    )
    expect(messages).toHaveLength(3)
    expect(messages.join(' ')).not.toContain('hunter2')
  })
})
