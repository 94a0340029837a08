import { describe, expect, it } from 'vitest'
import { StoreError } from '../../src/domain/errors.js'
import { openStore } from '../../src/store/openStore.js'
import { events, follow, numbered, servingEvents as serving } from './eventsGiven.js'
import { serving as servingOver } from './serving.js'

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

describe('GET /api/v1/events', () => {
  it('streams the current state and then events, without caching or buffering', async () => {
    const { url, commit, id } = await serving()
    commit(numbered(1))
    const { response, standing, next } = await follow(`${url}${events}`)
    expect(response.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
    })
    expect((await standing()).map(({ event }) => event)).toStrictEqual([
      'upgrades',
      'head',
      'health',
      'proposals',
      'message',
    ])
    commit(numbered(2))

    const change = await next()
    expect(change).toMatchObject({ event: 'change', id: id(3) })
    expect(JSON.parse(change?.data ?? '')).toMatchObject({ type: 'detailsRead', at: '2', proposal: { id: '1' } })
  })

  it.each([
    ['the header Last-Event-ID', (id: string) => ['', { 'last-event-id': id }] as const],
    ['the query', (id: string) => [`?lastEventId=${id}`, {}] as const],
  ])('resumes after the id in %s', async (_what, asked) => {
    const { url, commit, id } = await serving()
    commit(numbered(1))
    commit(numbered(2))
    const [query, headers] = asked(id(1))
    const { next } = await follow(`${url}${events}${query}`, headers)

    expect([(await next())?.id, (await next())?.id, (await next())?.id]).toStrictEqual([id(2), id(3), id(4)])
  })

  it('prefers the header, because a reconnecting browser repeats its first query', async () => {
    const { url, commit, id } = await serving()
    commit(numbered(1))
    const { next } = await follow(`${url}${events}?lastEventId=${id(0)}`, { 'last-event-id': id(1) })
    expect(await next()).toMatchObject({ id: id(2) })
  })

  it('sends a reset before the current state if the id is not in the journal', async () => {
    const { url, commit } = await serving()
    commit(numbered(1))
    const { next, standing } = await follow(`${url}${events}`, { 'last-event-id': '5' })
    const reset = await next()

    expect(reset?.event).toBe('reset')
    expect(reset?.id).toBeUndefined()
    expect(reset?.data).toContain('no longer in the journal')
    expect(await standing()).toHaveLength(5)
  })

  it('sends only the requested event types and chains', async () => {
    const { url, commit } = await serving()
    commit(numbered(1))
    const { standing, next } = await follow(`${url}${events}?event=notification,head&chain=local`)
    expect((await standing()).map(({ event }) => event)).toStrictEqual(['head', 'message'])
    commit(numbered(2))
    expect([(await next())?.event, (await next())?.event]).toStrictEqual(['notification', 'head'])
  })

  it.each([
    ['event=weather', 'event: expected one or more of change, upgrades, notification'],
    ['chain=elsewhere', 'chain: expected one or more of local, with commas between them; elsewhere is none.'],
    ['event=head,weather', 'with commas between them; weather is none.'],
    ['event=', 'event: expected a value'],
    ['event=head&event=health', 'event: expected once'],
    [`lastEventId=${'1'.repeat(101)}`, 'lastEventId: expected at most 100 characters'],
    ['colour=red', 'colour: unknown parameter; known here: chain, event, lastEventId'],
  ])('describes the problem of %s', async (query, detail) => {
    const { ask } = await serving()
    const answer = await ask(`${events}?${query}`)
    expect(answer.status).toBe(400)
    expect(answer.text).toContain(detail)
  })

  it('needs a token if reading does', async () => {
    const tokens = { read: 'token-that-reads-only' }
    const { port, ask } = await serving({ listen: '0.0.0.0:0', tokens })
    const headers = { host: `127.0.0.1:${port}` }
    expect(await ask(events, { headers })).toMatchObject({ status: 401 })
    const { response } = await follow(`http://127.0.0.1:${port}${events}`, bearer(tokens.read))
    expect(response.statusCode).toBe(200)
  })

  it('sends only the headers on HEAD, and ends', async () => {
    const { ask, stop } = await serving()
    const answer = await ask(events, { method: 'HEAD' })
    expect([answer.status, answer.headers['content-type'], answer.text]).toStrictEqual([200, 'text/event-stream', ''])
    await stop()
  })

  it('ends if the state cannot be read, and reports that only in the log', async () => {
    const store = openStore({ path: ':memory:', journal: 10 })
    const failing = {
      ...store,
      journalBounds: () => ({ after: 0, newest: 5 }),
      journalSince: () => {
        throw new StoreError('The state of token-that-reads is locked.', { kind: 'transient' })
      },
    }
    const { ask, logged } = await servingOver({ tokens: { read: 'token-that-reads' } }, { store: failing })
    const answer = await ask(events, { headers: { 'last-event-id': '1' } })
    expect([answer.status, answer.text]).toStrictEqual([200, ''])
    expect(logged.at(-1)).toBe('a stream of events ended: The state of (secret) is locked. {}')
  })

  it('ends properly when the run stops', async () => {
    const { url, commit, stop } = await serving()
    commit(numbered(1))
    const { standing, next } = await follow(`${url}${events}`)
    await standing()
    const end = next()
    await stop()

    expect(await end).toBeUndefined()
  })
})
