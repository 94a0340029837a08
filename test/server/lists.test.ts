import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { NotificationRoute } from '../../src/store/Store.js'
import { openStore } from '../../src/store/openStore.js'
import { chainSchema } from '../../src/server/chainSchemas.js'
import {
  auditSchema,
  deliverySchema,
  fullProposalSchema,
  notificationSchema,
  proposalSchema,
  silenceSchema,
  upgradeSchema,
} from '../../src/server/schemas.js'
import { tally } from '../support/builders.js'
import { announcement, holding, proposal, queueing, state, turn, upgrade } from '../support/storeGiven.js'
import { type Serving, serving } from './serving.js'

const everywhere: NotificationRoute = () => ['ops']
const origin = (block: bigint, index = 0) => ({ block, hash: '0x1', index })
const proposals = [
  proposal('1', { origin: origin(1n), tally: tally(5n), status: 'passed' }),
  proposal('2', { origin: origin(2n), votingEnd: 20n, proposer: '0xA1' }),
  proposal('3', { origin: origin(2n, 1), type: 'upgrade', submittedAt: 4n }),
  proposal('4', { origin: origin(3n) }),
  proposal('with/slash and %', { origin: origin(4n) }),
]

/** A store with one of everything. */
function seeded() {
  const store = openStore({ path: ':memory:' })
  store.claim(1_000)
  store.commit(
    turn({
      state: state({
        proposals: holding(...proposals),
        upgrades: queueing(upgrade('3'), upgrade('1', { height: 900 })),
      }),
      announcements: ['1', '2', '3'].map((id) => announcement(`${id}#new_proposal`)),
    }),
    everywhere,
  )
  for (const item of store.due(2_000, 2)) store.bury(item, 2_000, { reason: 'The receiver said 404.', status: 404 })
  return store
}

const pageSchema = z.object({ items: z.array(z.record(z.string(), z.unknown())), next: z.string().nullable() })

async function pageOf({ ask }: Pick<Serving, 'ask'>, path: string) {
  const answer = await ask(`/api/v1/${path}`)
  expect(answer.status).toBe(200)
  return pageSchema.parse(answer.json())
}

/** All pages of a list, two items at a time. */
async function allOf(server: Pick<Serving, 'ask'>, list: string): Promise<readonly Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = []
  for (let next: string | null = ''; next !== null;) {
    const page: z.infer<typeof pageSchema> = await pageOf(
      server,
      `${list}?limit=2${next === '' ? '' : `&after=${encodeURIComponent(next)}`}`,
    )
    expect(page.items.length).toBeLessThanOrEqual(2)
    items.push(...page.items)
    next = page.next
  }
  return items
}

const write = { authorization: 'Bearer token-that-writes' }
const tokens = { write: 'token-that-writes', read: 'token-that-reads' }

describe('a list over HTTP', () => {
  it.for([
    ['chains', chainSchema],
    ['proposals', proposalSchema],
    ['upgrades', upgradeSchema],
    ['notifications', notificationSchema],
    ['audit', auditSchema],
    ['deliveries', deliverySchema],
    ['silences', silenceSchema],
  ] as const)('of %s is complete over its pages, each item once and matching its schema', async ([list, schema]) => {
    const store = seeded()
    for (const comment of ['one', 'two', 'three'])
      store.addSilence({ match: { chain: 'local' }, until: 2e12, comment, by: 'ops' }, 1_000)
    const server = await serving({}, { store })
    const items = await allOf(server, list)
    expect(items).toStrictEqual((await pageOf(server, list)).items)
    expect(items.length).toBeGreaterThan(0)
    for (const item of items) expect(schema.safeParse(item).error).toBeUndefined()
  })

  it('contains proposals newest first, and those that match the filters', async () => {
    const server = await serving({}, { store: seeded() })
    const ids = async (query: string) => (await pageOf(server, `proposals${query}`)).items.map(({ id }) => id)
    expect(await ids('')).toStrictEqual(['with/slash and %', '4', '3', '2', '1'])
    expect(await ids('?status=passed')).toStrictEqual(['1'])
    expect(await ids('?type=upgrade')).toStrictEqual(['3'])
    expect(await ids('?active=false')).toStrictEqual(['1'])
    expect(await ids('?active=true&limit=1')).toStrictEqual(['with/slash and %'])
    expect(await ids('?chain=local&active=true')).toHaveLength(4)
  })

  it.for([
    'proposals?chain=other',
    'proposals?status=open',
    'proposals?after=x',
    'notifications?after=x',
    'notifications?after=',
    'deliveries?after=x',
    'upgrades?after=x',
    'audit?after=x',
    'audit?after=1e3',
    'audit?after=0x10',
    'audit?after=',
    'upgrades?chain=',
  ])('describes the problem of %s', async (query) => {
    const { ask } = await serving({}, { store: seeded() })
    expect(await ask(`/api/v1/${query}`)).toMatchObject({ status: 400 })
  })

  it('answers 304 to a matching ETag', async () => {
    const { ask } = await serving({}, { store: seeded() })
    const first = await ask('/api/v1/proposals')
    const tag = String(first.headers['etag'])
    expect(tag).toMatch(/^"/)
    const again = await ask('/api/v1/proposals', { headers: { 'if-none-match': tag } })
    expect([again.status, again.text]).toStrictEqual([304, ''])
  })
})

describe('one proposal over HTTP', () => {
  it('is found by its key, with any characters in its id, with its history and votes', async () => {
    const { ask } = await serving({}, { store: seeded() })
    for (const id of ['1', 'with/slash and %']) {
      const answer = await ask(`/api/v1/proposals/${encodeURIComponent(`local/0xc0ffee/${id}`)}`)
      expect(answer.status).toBe(200)
      expect(answer.json()).toMatchObject({ id, description: 'What it is for.', history: [], votes: [] })
      expect(fullProposalSchema.safeParse(answer.json()).error).toBeUndefined()
    }
  })

  it('is a 404 for an unknown key', async () => {
    const { ask } = await serving({}, { store: seeded() })
    expect(await ask('/api/v1/proposals/local%2F0xc0ffee%2F9')).toMatchObject({ status: 404 })
  })
})

describe('a write over HTTP', () => {
  it('needs the write token', async () => {
    const { ask } = await serving({ tokens }, { store: seeded() })
    const post = (headers: Record<string, string>) => ask('/api/v1/notifications/all/read', { method: 'POST', headers })
    expect((await post({})).status).toBe(401)
    expect((await post({ authorization: 'Bearer nonsense' })).status).toBe(401)
    expect((await post({ authorization: 'Bearer token-that-reads' })).status).toBe(403)
    expect((await post(write)).status).toBe(200)
    const closed = await serving({ tokens: { read: tokens.read } }, { store: seeded() })
    expect((await closed.ask('/api/v1/sync', { method: 'POST', headers: write })).status).toBe(403)
    expect((await closed.ask('/api/v1/sync', { method: 'POST' })).status).toBe(403)
  })

  it('marks a notification as read', async () => {
    const { ask, store } = await serving({ tokens }, { store: seeded() })
    const read = (id: string) =>
      ask(`/api/v1/notifications/${encodeURIComponent(id)}/read`, { method: 'POST', headers: write })
    expect((await read('2#new_proposal')).json()).toStrictEqual({ marked: 1 })
    expect((await read('2#new_proposal')).json()).toStrictEqual({ marked: 0 })
    expect((await read('9')).status).toBe(404)
    expect(store.notifications({ unread: true }).map(({ id }) => id)).toStrictEqual([
      '3#new_proposal',
      '1#new_proposal',
    ])
  })

  it('adds a silence and ends it, and the audit trail names the client', async () => {
    const { ask, store } = await serving({ tokens }, { store: seeded() })
    const headers = { ...write, 'content-type': 'application/json' }
    const body = JSON.stringify({ match: { chain: 'local' }, for: '2h', comment: 'we know' })
    const added = await ask('/api/v1/silences', { method: 'POST', headers, body })
    expect(added.status).toBe(201)
    expect(added.json()).toMatchObject({ id: '1', comment: 'we know', by: 'write token from 127.0.0.1', held: 0 })
    const ended = await ask('/api/v1/silences/1', { method: 'DELETE', headers: write })
    expect(ended.status).toBe(200)
    expect((await ask('/api/v1/silences/1', { method: 'DELETE', headers: write })).status).toBe(404)
    const [, removed, , first] = store.audit({ limit: 4 })
    expect(first?.detail).toMatchObject({ done: 'added', by: 'write token from 127.0.0.1' })
    expect(removed?.detail).toMatchObject({ done: 'removed', removedBy: 'write token from 127.0.0.1' })
    expect(store.audit({ limit: 1 })[0]).toMatchObject({
      kind: 'http',
      detail: { request: 'DELETE /api/v1/silences/1', by: 'write token from 127.0.0.1' },
    })
  })

  it.for([
    ['', 400],
    ['{', 400],
    ['{}', 400],
    ['{"match":{},"for":"2h","comment":"x"}', 400],
    ['{"match":{"chian":"a"},"for":"2h","comment":"x"}', 400],
    ['{"match":{"chain":"a"},"for":"2 hours","comment":"x"}', 400],
    ['{"match":{"chain":"a"},"for":"0s","comment":"x"}', 400],
    ['{"match":{"chain":"a"},"for":"367d","comment":"x"}', 400],
    ['{"match":{"chain":"a"},"for":"2h","comment":" "}', 400],
    ['{"match":{"chain":"a"},"for":"2h","comment":"x","more":1}', 400],
  ] as const)('is refused for the silence %s', async ([body, status]) => {
    const { ask, store } = await serving({ tokens }, { store: seeded() })
    const headers = { ...write, 'content-type': 'application/json' }
    const answer = await ask('/api/v1/silences', { method: 'POST', headers, body })
    expect(answer.status).toBe(status)
    expect(answer.headers['content-type']).toBe('application/problem+json')
    expect(store.silences(0)).toStrictEqual([])
  })

  it('says which content type it expects', async () => {
    const { ask } = await serving({ tokens }, { store: seeded() })
    const body = JSON.stringify({ match: { chain: 'local' }, for: '2h', comment: 'x' })
    const answer = await ask('/api/v1/silences', { method: 'POST', headers: { ...write, 'content-type': 'x/y' }, body })
    expect(answer.status).toBe(415)
    expect(answer.json()).toMatchObject({ detail: 'Expected a body of JSON, with `Content-Type: application/json`.' })
  })

  it.for([
    ['without a length', 100, 201],
    ['without a length that is too long, with 413', 70_000, 413],
  ] as const)('accepts a body %s', async ([, length, status]) => {
    const { ask } = await serving({ tokens }, { store: seeded() })
    const headers = { ...write, 'content-type': 'application/json', 'transfer-encoding': 'chunked' }
    const body = JSON.stringify({ match: { chain: 'local' }, for: '2h', comment: 'x'.repeat(length) })
    expect((await ask('/api/v1/silences', { method: 'POST', headers, body })).status).toBe(status)
  })

  it('cannot reload if the program does not support it', async () => {
    const { ask } = await serving({ tokens })
    expect((await ask('/api/v1/reload', { method: 'POST', headers: write })).status).toBe(501)
  })
})

describe('state that the run holds in memory', () => {
  it('is not read from the disk for a list, the metrics or the page, with the same result', async () => {
    const store = seeded()
    const held = store.load('local')!
    const fromDisk = await serving({}, { store })
    const outline = () => {
      throw new Error('An outline was read.')
    }
    const fromMemory = await serving({}, { store: { ...store, outline }, states: () => [held] })
    const paths = ['/api/v1/chains', '/api/v1/upgrades', '/api/v1/proposals', '/metrics', '/page.json', '/calendar.ics']
    for (const path of paths) {
      const { status, text } = await fromMemory.ask(path)
      expect([status, text]).toStrictEqual([200, (await fromDisk.ask(path)).text])
    }
  })
})

describe('/openapi.json', () => {
  it('requires no optional parameter, and promises no optional field', async () => {
    const { ask } = await serving()
    const parameters = z.array(z.object({ name: z.string(), in: z.string(), required: z.optional(z.boolean()) }))
    const route = z.object({ parameters: z.optional(parameters) })
    const { paths, components } = z
      .object({
        paths: z.record(z.string(), z.record(z.string(), route)),
        components: z.object({ schemas: z.object({ Chain: z.object({ required: z.array(z.string()) }) }) }),
      })
      .parse((await ask('/openapi.json')).json())
    const required = Object.values(paths).flatMap((methods) =>
      Object.values(methods).flatMap(({ parameters: all = [] }) => all.filter((one) => one.required === true)),
    )
    expect(required.filter((one) => one.in !== 'path')).toStrictEqual([])
    const kept = components.schemas.Chain.required
    expect(kept.filter((key) => ['lastUpgrade', 'endpoints'].includes(key))).toStrictEqual([])
  })

  it('describes every route', async () => {
    const { ask } = await serving()
    const document = z
      .object({ openapi: z.literal('3.1.0'), paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
      .parse((await ask('/openapi.json')).json())
    expect(Object.keys(document.paths).sort()).toStrictEqual([
      '/api/v1/audit',
      '/api/v1/chains',
      '/api/v1/deliveries',
      '/api/v1/events',
      '/api/v1/notifications',
      '/api/v1/notifications/{id}/read',
      '/api/v1/proposals',
      '/api/v1/proposals/{key}',
      '/api/v1/reload',
      '/api/v1/silences',
      '/api/v1/silences/{id}',
      '/api/v1/sync',
      '/api/v1/upgrades',
      '/calendar.ics',
      '/feed.atom',
      '/healthz',
      '/metrics',
      '/readyz',
    ])
  })
})
