import { describe, expect, it } from 'vitest'
import { sendRaw, serving } from './serving.js'

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const tokens = { read: 'token-that-reads', write: 'token-that-writes', feed: 'token-of-feeds' }
const chains = '/api/v1/chains'

describe('reading over HTTP', () => {
  it('needs no token on this machine, even if one is configured', async () => {
    const { ask } = await serving({ tokens })
    expect(await ask(chains)).toMatchObject({ status: 200 })
  })

  it('needs one if the address is reachable from other machines', async () => {
    const { port, ask } = await serving({ listen: '0.0.0.0:0', tokens })
    const host = `127.0.0.1:${port}`
    const refused = await ask(chains, { headers: { host } })
    expect(refused.status).toBe(401)
    expect(refused.headers['www-authenticate']).toBe('Bearer realm="govstream"')
    expect(await ask(chains, { headers: { host, ...bearer(tokens.read) } })).toMatchObject({ status: 200 })
    expect(await ask(chains, { headers: { host, ...bearer(tokens.write) } })).toMatchObject({ status: 200 })
  })

  it.for([
    ['no token', {}],
    ['an unknown token', bearer('token-of-nobody')],
  ] as const)('reports that none is configured to a client with %s, if none is', async ([, headers]) => {
    const { port, ask } = await serving({ listen: '0.0.0.0:0', tokens: { feed: tokens.feed } })
    const refused = await ask(chains, { headers: { host: `127.0.0.1:${port}`, ...headers } })
    expect(refused).toMatchObject({ status: 401 })
    expect(refused.json()).toMatchObject({
      detail: 'Reading needs a token here, and none is configured: set http.tokens.read.',
    })
  })

  it.for([
    ['the name of a proxy', { host: 'gov.example' }],
    ['a configured host name', { host: 'gov.internal' }],
    ['a proxy that sends X-Forwarded-For', { 'x-forwarded-for': '203.0.113.7' }],
    ['a proxy that sends Forwarded', { forwarded: 'for=203.0.113.7' }],
    ['a proxy that sends only X-Forwarded-Proto', { 'x-forwarded-proto': 'https' }],
    ['a CDN in front', { 'cf-connecting-ip': '203.0.113.7' }],
  ] as const)('needs one through %s, even if the proxy is on this machine', async ([, headers]) => {
    const { ask } = await serving({ tokens, publicUrl: 'https://gov.example', hosts: ['gov.internal'] })
    expect(await ask(chains, { headers })).toMatchObject({ status: 401 })
    expect(await ask(chains, { headers: { ...headers, ...bearer(tokens.read) } })).toMatchObject({ status: 200 })
  })

  it.for([
    ['another token', bearer('token-of-nobody')],
    ['the token for feeds', bearer(tokens.feed)],
    ['an empty token', { authorization: 'Bearer' }],
    ['another scheme', { authorization: 'Basic dG9rZW4tdGhhdC1yZWFkczo=' }],
    ['a part of the right token', bearer(tokens.read.slice(0, -1))],
    ['the right token and more', bearer(`${tokens.read}s`)],
  ] as const)('is refused to a client with %s, also on this machine', async ([, headers]) => {
    const { ask } = await serving({ tokens })
    expect(await ask(chains, { headers })).toMatchObject({ status: 401 })
  })

  it('accepts no token in the query', async () => {
    const { port, ask } = await serving({ listen: '0.0.0.0:0', tokens })
    const headers = { host: `127.0.0.1:${port}` }
    expect(await ask(`${chains}?token=${tokens.read}`, { headers })).toMatchObject({ status: 401 })
    expect(await ask(`${chains}?token=${tokens.feed}`, { headers })).toMatchObject({ status: 401 })
  })
})

describe('the host of a request', () => {
  it.for(['evil.example', '127.0.0.1.evil.example', '127.0.0.1', '127.0.0.1:1', '192.0.2.1', '[::1]'])(
    'is refused if unknown, such as %s, because another site may have sent the browser',
    async (host) => {
      const { ask } = await serving()
      const answer = await ask(chains, { headers: { host } })
      expect(answer.status).toBe(421)
      expect(answer.json()).toMatchObject({ title: 'Misdirected Request', status: 421 })
    },
  )

  it('may be a configured one, in any case, and with any port unless one is configured', async () => {
    const { port, ask } = await serving({
      hosts: ['gov.internal', 'other.internal:81'],
      publicUrl: 'https://gov.example',
      tokens,
    })
    const status = async (host: string) => (await ask(chains, { headers: { host, ...bearer(tokens.read) } })).status
    expect(await status('GOV.internal:8080')).toBe(200)
    expect(await status('other.internal:81')).toBe(200)
    expect(await status('other.internal')).toBe(421)
    expect(await status('gov.example')).toBe(200)
    expect(await status('gov.example:444')).toBe(421)
    expect(await status(`localhost:${port}`)).toBe(200)
  })

  it('may be the reached address, for a server on all addresses', async () => {
    const { port, ask } = await serving({ listen: '0.0.0.0:0', tokens })
    const status = async (host: string) => (await ask(chains, { headers: { host, ...bearer(tokens.read) } })).status
    expect(await status(`127.0.0.1:${port}`)).toBe(200)
    expect(await status(`localhost:${port}`)).toBe(200)
    expect(await status(`192.0.2.1:${port}`)).toBe(421)
    expect(await status(`evil.example:${port}`)).toBe(421)
  })

  it.for([
    ['http://evil.example', 421],
    ['https://evil.example', 421],
    ['', 200],
  ])('is taken from an absolute request target: %j', async ([origin, status]) => {
    const { port } = await serving()
    const target = origin === '' ? `http://127.0.0.1:${port}` : origin
    const answer = await sendRaw(
      port,
      `GET ${target}${chains} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: close\r\n\r\n`,
    )
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  })

  it('is missing from an old client, which only gets the probes', async () => {
    const { port } = await serving()
    const status = async (path: string) => (await sendRaw(port, `GET ${path} HTTP/1.0\r\n\r\n`)).split(' ')[1]
    expect([await status(chains), await status('/healthz'), await status('/readyz')]).toStrictEqual([
      '421',
      '200',
      '503',
    ])
  })

  it('is not checked for probes, and neither is a token', async () => {
    const { ask } = await serving({ listen: '0.0.0.0:0', tokens })
    expect(await ask('/healthz', { headers: { host: 'evil.example' } })).toMatchObject({ status: 200 })
    expect(await ask('/readyz', { headers: { host: '10.0.0.1:9464' } })).toMatchObject({ status: 503 })
  })
})
