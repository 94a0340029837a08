import { beforeAll, describe, expect, it } from 'vitest'
import { buildWhereStale } from '../process/buildWhereStale.js'
import { type HttpInput, serving } from './serving.js'

beforeAll(buildWhereStale, 180_000)

const tokens = { read: 'token-that-reads', write: 'token-that-writes' }
const chains = '/api/v1/chains'
const form = { 'content-type': 'application/x-www-form-urlencoded' }

/** A server that other machines can reach, and a browser that sends a token. */
async function served(http: HttpInput = {}) {
  const server = await serving({ tokens, publicUrl: 'https://gov.example', ...http })
  const own = { host: 'gov.example', 'x-forwarded-for': '203.0.113.7' }
  const login = (token: string, headers: Readonly<Record<string, string>> = {}) =>
    server.ask('/login', {
      method: 'POST',
      headers: { ...own, ...form, origin: 'https://gov.example', ...headers },
      body: new URLSearchParams({ token }).toString(),
    })
  /** The cookie after a login. */
  const cookieFor = async (token: string) => String((await login(token)).headers['set-cookie']).split(';')[0] ?? ''
  return { ...server, own, login, cookieFor }
}

describe('logging in', () => {
  it('uses a public form without a script', async () => {
    const { ask, own } = await served()
    const { status, text } = await ask('/login', { headers: own })
    expect(status).toBe(200)
    expect(text).toContain('<form method="post" action="/login">')
    expect(text).not.toContain('<script')
  })

  it('reports that no token opens the page if none is configured', async () => {
    const { ask, login, own } = await served({ tokens: { feed: 'token-of-feeds' } })
    for (const { text } of [await ask('/login', { headers: own }), await login('token-of-feeds')])
      expect(text).toMatch(/role="alert">No token is configured [^<]*http\.tokens\.read/)
  })

  it('sets a cookie that no script or other site can use, and redirects to the page', async () => {
    const { login } = await served()
    const { status, headers } = await login(tokens.read)
    expect([status, headers['location']]).toStrictEqual([303, '/'])
    const cookie = String(headers['set-cookie'])
    expect(cookie).toMatch(
      /^govstream_session=read\.\d+\.[\w-]+; Max-Age=2592000; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    )
    expect(cookie).not.toContain(tokens.read)
  })

  it('sets none for a wrong token, and reports that', async () => {
    const { login } = await served({ tokens: { ...tokens, feed: 'token-of-feeds' } })
    for (const token of ['', 'token', 'token-of-feeds']) {
      const { status, headers, text } = await login(token)
      expect([status, headers['set-cookie']]).toStrictEqual([401, undefined])
      expect(text).toContain('role="alert"')
    }
  })

  it('treats an invalid form as a missing token', async () => {
    const { ask, own, logged } = await served()
    let client = 0
    for (const type of ['multipart/form-data', 'multipart/form-data; boundary=a', 'application/json'])
      for (const body of ['--a\r\nbroken', '{"token":', '%ff=%', '\0']) {
        const headers = { ...own, 'x-forwarded-for': `203.0.113.${(client += 1)}`, 'content-type': type }
        expect(await ask('/login', { method: 'POST', headers, body })).toMatchObject({ status: 401 })
      }
    expect(logged.filter((line) => line.includes('failed'))).toStrictEqual([])
  })

  it('is refused from a page of another site', async () => {
    const { login } = await served()
    expect(await login(tokens.read, { origin: 'https://evil.example' })).toMatchObject({ status: 403 })
    expect(await login(tokens.read, { origin: 'null' })).toMatchObject({ status: 403 })
  })

  it('allows what its token allows to read', async () => {
    const { ask, own, cookieFor } = await served()
    expect(await ask(chains, { headers: own })).toMatchObject({ status: 401 })
    expect(await ask(chains, { headers: { ...own, cookie: await cookieFor(tokens.read) } })).toMatchObject({
      status: 200,
    })
    expect(await ask('/', { headers: { ...own, cookie: await cookieFor(tokens.read) } })).toMatchObject({ status: 200 })
  })

  it('allows writes with the write token, from our own page only', async () => {
    const { ask, own, cookieFor } = await served()
    const write = async (token: string, origin: string) => {
      const headers = { ...own, origin, cookie: await cookieFor(token) }
      return (await ask('/api/v1/notifications/all/read', { method: 'POST', headers })).status
    }
    expect(await write(tokens.write, 'https://gov.example')).toBe(200)
    expect(await write(tokens.write, 'https://evil.example')).toBe(403)
    expect(await write(tokens.read, 'https://gov.example')).toBe(403)
  })

  it('ends by logging out', async () => {
    const { ask, own } = await served()
    const { status, headers } = await ask('/logout', { method: 'POST', headers: own })
    expect([status, headers['location']]).toStrictEqual([303, '/login'])
    expect(String(headers['set-cookie'])).toMatch(/^govstream_session=; Max-Age=0; Path=\//)
  })

  it('is limited after ten wrong tokens, for that client only', async () => {
    const { ask, login } = await served()
    const stranger = { 'x-forwarded-for': '203.0.113.66' }
    for (let guess = 0; guess < 10; guess += 1) expect((await login(`guess ${guess}`, stranger)).status).toBe(401)
    const refused = await login(tokens.read, stranger)
    expect([refused.status, refused.headers['retry-after'], refused.headers['set-cookie']]).toStrictEqual([
      429,
      '10',
      undefined,
    ])
    expect(refused.text).toContain('try again in 10 s')
    // Another client of the same proxy, and a user on this machine.
    expect((await login(tokens.read)).status).toBe(303)
    const body = new URLSearchParams({ token: tokens.read }).toString()
    expect(await ask('/login', { method: 'POST', headers: form, body })).toMatchObject({ status: 303 })
  })

  it.each([
    ['different addresses of its network', (guess: number) => `2001:db8:0:7::${guess + 1}`, 10],
    ['invented forwarded addresses', (guess: number) => `198.51.100.${guess}, 10.${guess}.1.1`, 100],
  ])('is limited for a client with %s', async (_what, nameOf, most) => {
    const { ask, login } = await served()
    for (let guess = 0; guess < most; guess += 1)
      expect((await login('guess', { 'x-forwarded-for': nameOf(guess) })).status).toBe(401)
    expect((await login('guess', { 'x-forwarded-for': nameOf(most) })).status).toBe(429)
    const body = new URLSearchParams({ token: tokens.read }).toString()
    expect(await ask('/login', { method: 'POST', headers: form, body })).toMatchObject({ status: 303 })
  })
})
