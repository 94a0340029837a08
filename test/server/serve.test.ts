import { once } from 'node:events'
import { connect, createServer, Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { StoreError } from '../../src/domain/errors.js'
import { refuseUnparsed } from '../../src/server/rawAnswers.js'
import { openStore } from '../../src/store/openStore.js'
import { state, turn } from '../support/storeGiven.js'
import { deferred, sendRaw, serving } from './serving.js'

const containing = (text: string): unknown => expect.stringContaining(text)

const chains = '/api/v1/chains'

// No client is cut off for being slow.
const patient = {
  headersTimeout: 60_000,
  requestTimeout: 60_000,
  idleTimeout: 60_000,
  checkEvery: 20,
  keepAliveTimeout: 60_000,
}

describe('a server', () => {
  it('answers with the configured chains, also before the first poll', async () => {
    const { ask } = await serving()
    const answer = await ask(chains)
    expect(answer.headers['content-type']).toMatch(/^application\/json/)
    expect(answer.json()).toMatchObject({ items: [{ chain: 'local', health: 'starting', height: null }], next: null })
  })

  it('is ready once every chain was read', async () => {
    const { ask, turn$ } = await serving()
    const before = await ask('/readyz')
    expect(before.status).toBe(503)
    expect(before.json()).toMatchObject({ detail: '1 of 1 chain was not read since the start.' })
    turn$.next(turn({ cause: 'failure', state: state({ chain: 'local' }) }))
    expect((await ask('/readyz')).status).toBe(503)
    turn$.next(turn({ cause: 'reading', state: state({ chain: 'local' }) }))
    expect((await ask('/readyz')).json()).toStrictEqual({
      status: 'ok',
      reason: 'Every chain was read since the start.',
    })
  })

  it('is alive and ready while the state cannot be written, and says so', async () => {
    const { ask, turn$ } = await serving({}, { unwritableSince: () => Date.UTC(2026, 10, 28, 7) })
    turn$.next(turn({ cause: 'reading', state: state({ chain: 'local' }) }))
    for (const probe of ['/healthz', '/readyz']) {
      const answer = await ask(probe)
      expect([answer.status, answer.json()]).toMatchObject([
        200,
        { reason: containing('The state cannot be written since 2026-11-28T07:00:00.000Z: another process') },
      ])
    }
  })

  it('warns of a token that could be guessed', async () => {
    const { logged } = await serving({ tokens: { read: 'r', write: 'w8Hq1sVbYc0dT7ka' } })
    expect(logged).toStrictEqual([
      'http.tokens.read is short: take one of 16 characters or more that nobody can guess {}',
      expect.stringMatching(/^http listens/),
    ])
  })

  it('reports where it cannot listen, and why', async () => {
    const taken = createServer()
    const port = await new Promise<number>((resolve) => {
      taken.listen(0, '127.0.0.1', () => {
        const address = taken.address()
        resolve(typeof address === 'object' && address !== null ? address.port : 0)
      })
    })
    await expect(serving({ listen: `127.0.0.1:${port}` })).rejects.toThrow(
      `http cannot listen on 127.0.0.1:${port}: another program listens there: stop it, or set http.listen.`,
    )
    taken.close()
    await expect(serving({ listen: '192.0.2.1:1' })).rejects.toThrow('this machine has no such address')
  })

  it('answers the requests in progress when it stops, and accepts no more', async () => {
    const asked = deferred<true>()
    const result = deferred<[]>()
    const { ask, stop, url } = await serving(
      { tokens: { write: 'token-that-writes' } },
      {
        sync: () => {
          asked.resolve(true)
          return result.promise
        },
      },
    )
    const answer = ask('/api/v1/sync', { method: 'POST', headers: { authorization: 'Bearer token-that-writes' } })
    await asked.promise
    const stopped = stop()
    await expect(ask(chains)).rejects.toThrow('ECONNREFUSED')
    result.resolve([])
    expect(await answer).toMatchObject({ status: 200 })
    await stopped
    expect(url).toMatch(/^http:/)
  })

  it.for([
    ['has sent nothing', '', undefined],
    ['has not ended its head', `GET ${chains} HTTP/1.1\r\n`, undefined],
    ['has its answer', `GET ${chains} HTTP/1.1\r\nhost: HOST\r\n\r\n`, '"next":null}'],
    ['follows the events', 'GET /api/v1/events HTTP/1.1\r\nhost: HOST\r\n\r\n', 'id: '],
  ] as const)('is not delayed in stopping by a connection that %s', async ([, bytes, awaited]) => {
    const { port, stop } = await serving({}, { limits: { ...patient, maxConnections: 10 } })
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    const closed = once(socket, 'close')
    socket.write(bytes.replace('HOST', `127.0.0.1:${port}`))
    const came = new Promise<void>((resolve) => {
      let text = ''
      if (awaited === undefined) resolve()
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString()
        if (awaited !== undefined && text.includes(awaited)) resolve()
      })
    })
    await came
    await stop()
    await closed
    expect(socket.destroyed).toBe(true)
  })
})

describe('a slow client', () => {
  const limits = { headersTimeout: 80, requestTimeout: 160, idleTimeout: 80, checkEvery: 20, maxConnections: 2_000 }
  const head = (port: number): string => `POST /api/v1/sync HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n`

  it.for<[string, (port: number) => string]>([
    ['says nothing', () => ''],
    ['does not end its head', head],
  ])('that %s gets a 408 and is cut off', async ([, bytes]) => {
    const { port } = await serving({ tokens: { write: 'token-that-writes' } }, { limits })
    const answer = await sendRaw(port, bytes(port))
    expect(answer).toMatch(/^HTTP\/1.1 408 Request Timeout/)
  })

  it.for<[string, (port: number) => string]>([
    ['says nothing', () => ''],
    ['does not end its head', head],
    ['does not end its body', (port) => `${head(port)}content-length: 9\r\n\r\n1`],
  ])('that %s is closed for a new client, the oldest first, which is logged once', async ([, bytes]) => {
    const crowded = { ...limits, headersTimeout: 60_000, requestTimeout: 60_000, maxConnections: 3 }
    const { port, logged, ask } = await serving({ tokens: { write: 'token-that-writes' } }, { limits: crowded })
    const slow = [1, 2, 3].map(() => connect({ port, host: '127.0.0.1' }).on('error', () => undefined))
    onTestFinished(() => slow.forEach((socket) => socket.destroy()))
    for (const socket of slow) {
      await once(socket, 'connect')
      socket.write(bytes(port))
    }
    const closed = slow.map(
      (socket, age) => new Promise((resolve) => socket.resume().once('close', () => resolve(age))),
    )
    expect(await ask('/healthz')).toMatchObject({ status: 200 })
    expect(await ask('/healthz')).toMatchObject({ status: 200 })
    expect(await Promise.race(closed)).toBe(0)
    expect(logged.filter((line) => line.includes('connection'))).toStrictEqual([
      expect.stringContaining('http closes connections: 3 are open, and more come.'),
    ])
  })

  it('does not displace a client that waits for an answer', async () => {
    const [asked, result] = [deferred<undefined>(), deferred<[]>()]
    const sync = (): Promise<[]> => {
      asked.resolve(undefined)
      return result.promise
    }
    const { ask, port } = await serving(
      { tokens: { write: 'token-that-writes' } },
      { limits: { ...limits, maxConnections: 1 }, sync },
    )
    const answer = ask('/api/v1/sync', { method: 'POST', headers: { authorization: 'Bearer token-that-writes' } })
    await asked.promise
    for (const _ of [1, 2, 3]) expect(await sendRaw(port, '')).toBe('')
    result.resolve([])
    expect(await answer).toMatchObject({ status: 200 })
  })

  it('that got a 408 and stays half open is closed', async () => {
    const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const { port } = z.object({ port: z.number() }).parse(server.address())
    const accepted = once(server, 'connection')
    const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).resume()
    onTestFinished(() => void client.destroy())
    const [socket] = z.tuple([z.instanceof(Socket)]).parse(await accepted)
    const gone = once(socket, 'close')
    refuseUnparsed(new Error('It said nothing.'), socket, limits.checkEvery)
    await expect(gone).resolves.toBeDefined()
  })

  it('that reads nothing of an answer is cut off', async () => {
    const problem = 'x'.repeat(2 ** 24)
    const outline = () => ({ ...state(), open: 0, health: { ...state().health, problem } })
    const { port, stop } = await serving({}, { limits, store: { ...openStore({ path: ':memory:' }), outline } })
    const socket = connect(port, '127.0.0.1')
    const ended = new Promise((resolve) => socket.once('close', resolve))
    socket.on('error', () => undefined)
    socket.write(`GET ${chains} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`)
    await new Promise((resolve) => socket.once('readable', resolve))
    await stop()
    socket.resume()
    await ended
    expect(socket.bytesRead).toBeLessThan(problem.length)
  })

  it('is not cut off while the answer is not ready', async () => {
    const result = deferred<[]>()
    const { ask, port } = await serving(
      { tokens: { write: 'token-that-writes' } },
      { limits, sync: () => result.promise },
    )
    const answer = ask('/api/v1/sync', { method: 'POST', headers: { authorization: 'Bearer token-that-writes' } })
    // Later clients are closed meanwhile.
    for (const _ of [1, 2, 3]) expect(await sendRaw(port, '')).toContain('408')
    result.resolve([])
    expect(await answer).toMatchObject({ status: 200 })
  })
})

describe('every error', () => {
  const problem = { type: 'about:blank' }

  it.for([
    ['an invalid parameter', `${chains}?limit=x`, {}, 400, 'limit: expected a whole number from 1 to 1000'],
    ['a parameter out of its bounds', `${chains}?limit=1001`, {}, 400, 'limit: expected a whole number from 1 to 1000'],
    ['an unknown parameter', `${chains}?limits=1`, {}, 400, 'limits: unknown parameter; known here: limit, after'],
    ['a duplicate parameter', `${chains}?limit=1&limit=2`, {}, 400, 'limit: expected once'],
    [
      'an unknown value',
      '/api/v1/proposals?active=maybe&status=open',
      {},
      400,
      'status: expected one of submitted, voting, passed, queued, executed, rejected, failed, expired, canceled; active: expected one of true, false',
    ],
    [
      'very many errors',
      `${chains}?${'abcdefgh'.replaceAll(/./g, '$&$&$&=1&')}${'x'.repeat(999)}=1`,
      {},
      400,
      `${['aaa', 'bbb', 'ccc', 'ddd', 'eee'].map((key) => `${key}: unknown parameter; known here: limit, after`).join('; ')}; and 4 more`,
    ],
    [
      'a body of another type',
      '/api/v1/silences',
      {
        method: 'POST',
        body: '{"match":[],"for":5,"more":1}',
        headers: { authorization: 'Bearer token-that-writes', 'content-type': 'application/json' },
      },
      400,
      'match: expected an object; for: expected text; comment: expected text; more: unknown key',
    ],
    [
      'unknown keys of a body, each with its path',
      '/api/v1/silences',
      {
        method: 'POST',
        body: '{"match":{"":"x","chain":""},"for":"1h","comment":"","":1}',
        headers: { authorization: 'Bearer token-that-writes', 'content-type': 'application/json' },
      },
      400,
      'match[""]: unknown key; known here: chain, system, event, type, priority, title, subject and label.NAME; match.chain: expected a value; [""]: unknown key',
    ],
    [
      'an unknown cursor',
      `${chains}?after=x`,
      {},
      400,
      'after: expected the `next` of a page of this list; where its item is gone, begin anew.',
    ],
    ['an unknown path', '/api/v2', {}, 404, 'There is nothing at this path; /openapi.json lists what there is.'],
    ['a method that is not allowed', chains, { method: 'POST' }, 405, 'Expected GET or HEAD here.'],
    [
      'a body that is too long',
      '/api/v1/sync',
      { method: 'POST', body: 'x'.repeat(70_000), headers: { authorization: 'Bearer token-that-writes' } },
      413,
      'Expected a body of at most 65536 bytes.',
    ],
  ] as const)('is a problem in JSON: %s', async ([, path, asked, status, detail]) => {
    const { ask } = await serving({ tokens: { write: 'token-that-writes' } })
    const answer = await ask(path, asked)
    expect(answer.status).toBe(status)
    expect(answer.headers['content-type']).toBe('application/problem+json')
    expect(answer.json()).toMatchObject({ ...problem, status, detail })
  })

  it('contains no stack and no secret, and the log has the cause', async () => {
    const store = openStore({ path: ':memory:' })
    const failing = {
      ...store,
      outages: () => {
        throw new Error('the disk of token-that-writes is gone')
      },
    }
    const { ask, logged } = await serving({ tokens: { write: 'token-that-writes' } }, { store: failing })
    const answer = await ask(chains)
    expect(answer.status).toBe(500)
    expect(answer.json()).toStrictEqual({
      type: 'about:blank',
      title: 'Internal Server Error',
      status: 500,
      detail: 'This failed here; the log of govstream says why.',
    })
    expect(logged.at(-1)).toBe(`a request failed: the disk of (secret) is gone {"path":"${chains}"}`)
  })

  it('is temporary if another process keeps the state locked', async () => {
    const busy = new StoreError('The state is locked.', { kind: 'transient' })
    const failing = {
      ...openStore({ path: ':memory:' }),
      outages: () => {
        throw busy
      },
    }
    const { ask } = await serving({}, { store: failing })
    expect(await ask(chains)).toMatchObject({ status: 503 })
  })

  it.for([
    ['bytes that are not a request', 'hello\r\n\r\n', 400],
    ['a header without end', `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, 431],
    ['an invalid host', 'GET /healthz HTTP/1.1\r\nhost: a b\r\nconnection: close\r\n\r\n', 400],
  ] as const)('is a problem in JSON, also for %s', async ([, bytes, status]) => {
    const { port } = await serving()
    const answer = await sendRaw(port, bytes)
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(answer.toLowerCase()).toContain('content-type: application/problem+json')
    expect(JSON.parse(answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1))).toMatchObject({ status })
  })
})

describe('every answer', () => {
  it('forbids caching, framing and content sniffing', async () => {
    const { ask } = await serving()
    for (const path of [chains, '/healthz', '/nothing']) {
      expect((await ask(path)).headers).toMatchObject({
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'cross-origin-resource-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
      })
    }
  })

  it('has no CORS header for other sites', async () => {
    const { ask } = await serving()
    const { headers } = await ask(chains, { headers: { origin: 'https://evil.example' } })
    expect(headers['access-control-allow-origin']).toBeUndefined()
  })
})
