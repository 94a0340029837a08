import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { openStore } from '../../src/store/openStore.js'
import { problemType } from '../../src/server/problem.js'
import { announcement, holding, proposal, queueing, state, turn, upgrade } from '../support/storeGiven.js'
import { serving } from './serving.js'

const tokens = { read: 'token-that-reads', write: 'token-that-writes', feed: 'token-of-feeds' }
const documentSchema = z.object({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        parameters: z.array(z.object({ name: z.string() })).optional(),
        responses: z.record(z.string(), z.unknown()),
      }),
    ),
  ),
})
const problemSchema = z.looseObject({ type: z.string(), title: z.string(), status: z.int(), detail: z.string().min(1) })

/** A server over a state with one of everything, and its own description. */
async function described() {
  const store = openStore({ path: ':memory:', journal: 100 })
  const proposals = holding(proposal('1'), proposal('with/slash and %'))
  const first = turn({
    state: state({ proposals, upgrades: queueing(upgrade('3')) }),
    announcements: [announcement('1#x')],
  })
  store.commit(first, () => ['ops'])
  const { ask, logged } = await serving({ tokens, listen: '0.0.0.0:0' }, { store })
  const { paths } = documentSchema.parse((await ask('/openapi.json', { headers: bearer(tokens.read) })).json())
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], responses }]) => ({
      path,
      responses: Object.keys(responses),
      // A stream of events never ends, so only its headers are requested.
      method: path.endsWith('/events') ? 'HEAD' : method.toUpperCase(),
      keys: parameters.map(({ name }) => name),
    })),
  )
  return { ask, logged, routes }
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }).map((made) => encodeURIComponent(made.toWellFormed())),
  fc.constantFrom(
    '',
    '%',
    '%00',
    '%ff',
    '%2e%2e%2f',
    '..',
    '%252e',
    '-1',
    '1e3',
    '99999999999999999999',
    'NaN',
    'true',
  ),
  fc.constantFrom('local', 'local%2F0xc0ffee%2F1', '1%23x', 'all', '__proto__', 'constructor', '%5Bobject%20Object%5D'),
)
const query = fc.array(fc.tuple(fc.nat(8), text, fc.boolean()), { maxLength: 4 })
const headers = fc.record({
  authorization: fc.constantFrom(
    `Bearer ${tokens.write}`,
    `Bearer ${tokens.read}`,
    `bearer ${tokens.feed}`,
    'Basic eDp5',
    '',
  ),
  accept: fc.constantFrom('*/*', 'text/html', ''),
  'if-none-match': fc.constantFrom('*', '"x"', 'W/"x", "y"', ''),
  'last-event-id': fc.constantFrom('1', '-1', 'x', '9007199254740993'),
  'content-type': fc.constantFrom(
    'application/json',
    'text/plain',
    'application/json; charset=x',
    'multipart/form-data',
  ),
  origin: fc.constantFrom('null', 'https://evil.example'),
})
const body = fc.option(
  fc.oneof(
    fc.json(),
    fc.string({ maxLength: 50 }),
    fc.constantFrom(
      '{"match":{"chain":"local"},"for":"2h","comment":"x"}',
      '{"__proto__":{}}',
      '['.repeat(5_000),
      '{"match":',
    ),
  ),
  { nil: undefined },
)

/** Whether a target is of this path, and did not become another one. */
function isOf(path: string, target: string): boolean {
  const pattern = path.replaceAll(/[.]/g, '\\.').replace(/\{\w+\}/, '[^/]+')
  return new RegExp(`^${pattern}$`).test(new URL(target, 'http://host').pathname)
}

describe('every route of the description', () => {
  it('documents the errors that occur before the route', async () => {
    const { ask, routes } = await described()
    const of = (path: string, method: string) => routes.find((one) => one.path === path && one.method === method)
    const post = of('/api/v1/silences', 'POST')
    const headers = { ...bearer(tokens.write), 'content-type': 'application/json' }
    const refused = [
      await ask('/api/v1/silences', { method: 'POST', headers, body: 'x'.repeat(70_000) }),
      await ask('/api/v1/silences', { method: 'POST', headers: { ...headers, host: 'evil.example' } }),
      await ask('/api/v1/silences', { method: 'POST', headers: bearer(tokens.read) }),
      await ask('/api/v1/silences', { method: 'POST', headers: { ...headers, filler: 'x'.repeat(20_000) } }),
    ]
    expect(refused.map(({ status }) => status)).toStrictEqual([413, 421, 403, 431])
    expect(post?.responses).toEqual(expect.arrayContaining(['400', '401', '403', '408', '413', '421', '431', '503']))
    expect(of('/healthz', 'GET')?.responses).toStrictEqual(['200', '400', '408', '431', '500'])
  })

  it('answers any request without an internal error or a secret, and errors as problems', async () => {
    const { ask, logged, routes } = await described()
    expect(routes.length).toBeGreaterThan(15)
    await fc.assert(
      fc.asyncProperty(fc.nat(), text, query, headers, body, async (which, part, asked, sent, content) => {
        const { path, method, keys, responses } = routes[which % routes.length]!
        const named = asked.map(
          ([at, value, isKnown]) => `${(isKnown ? keys[at % (keys.length || 1)] : undefined) ?? 'x'}=${value}`,
        )
        const target = `${path.replace(/\{\w+\}/, part)}${named.length === 0 ? '' : `?${named.join('&')}`}`
        const hasBody = method !== 'GET' && method !== 'HEAD' && content !== undefined
        const {
          status,
          headers: got,
          text: said,
        } = await ask(target, { method, headers: sent, ...(hasBody && { body: content }) })
        expect(status).not.toBe(500)
        if (isOf(path, target)) expect(responses).toContain(String(status))
        expect(Object.values(tokens).filter((token) => said.includes(token))).toStrictEqual([])
        if (status < 400 || method === 'HEAD') return
        expect(got['content-type']).toBe(problemType)
        expect(problemSchema.parse(JSON.parse(said)).status).toBe(status)
      }),
      { numRuns: 400 },
    )
    expect(logged.filter((line) => line.startsWith('a request failed'))).toStrictEqual([])
  }, 60_000)
})
