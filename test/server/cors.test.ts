import { describe, expect, it } from 'vitest'
import { serving } from './serving.js'

const chains = '/api/v1/chains'
const tokens = { read: 'token-that-reads' }
const bearer = { authorization: `Bearer ${tokens.read}` }
const page = 'https://board.example'

describe('a page of another site', () => {
  it('gets no CORS header unless its origin is configured', async () => {
    const { ask } = await serving({ tokens })
    const { headers } = await ask(chains, { headers: { ...bearer, origin: page } })
    expect(headers).not.toHaveProperty('access-control-allow-origin')
  })

  it('may send requests with a token if exactly its origin is configured', async () => {
    const { ask } = await serving({ tokens, cors: [page] })
    const allowed = async (origin: string) =>
      (await ask(chains, { headers: { ...bearer, origin } })).headers['access-control-allow-origin']
    expect(await allowed(page)).toBe(page)
    for (const other of ['https://evil.example', `${page}.evil.example`, 'http://board.example', 'null'])
      expect(await allowed(other)).toBeUndefined()
  })

  it('needs a token even if others do not, and cookies are not accepted', async () => {
    const { ask } = await serving({ tokens, cors: [page] })
    const answer = await ask(chains, { headers: { origin: page } })
    expect(answer.status).toBe(401)
    expect(answer.headers).not.toHaveProperty('access-control-allow-credentials')
    expect((await ask(chains)).status).toBe(200)
  })

  it('may change something with the token for writing only if its origin is configured', async () => {
    const { ask } = await serving({ tokens: { write: 'token-that-writes' }, cors: [page] })
    const read = async (origin: string) => {
      const headers = { authorization: 'Bearer token-that-writes', origin }
      return ask('/api/v1/notifications/all/read', { method: 'POST', headers })
    }
    expect((await read(page)).status).toBe(200)
    const refused = await read('https://evil.example')
    expect([refused.status, refused.text]).toStrictEqual([403, expect.stringContaining('page of another site')])
  })

  it('gets a preflight answer with the allowed headers', async () => {
    const { ask } = await serving({ tokens, cors: [page] })
    const asking = {
      origin: page,
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'authorization',
    }
    const { status, headers } = await ask(chains, { method: 'OPTIONS', headers: asking })
    expect([status, headers['access-control-allow-origin']]).toStrictEqual([204, page])
    expect(headers['access-control-allow-headers']).toContain('authorization')
  })
})
