import { describe, expect, it } from 'vitest'
import { openStore } from '../../src/store/openStore.js'
import { announcement, holding, proposal, state, turn } from '../support/storeGiven.js'
import { serving } from './serving.js'

const tokens = { read: 'token-that-reads', feed: 'token-of-feeds' }
const feeds = ['/calendar.ics', '/feed.atom'] as const

/** A state with a vote that ends, and a notification. */
function seeded() {
  const store = openStore({ path: ':memory:' })
  const proposals = holding(
    proposal('1', { clock: 'timestamp', votingEnd: 1_800_000_000n, votingEndsAt: 1_800_000_000n }),
  )
  store.commit(turn({ state: state({ proposals }), announcements: [announcement('1#new_proposal')] }), () => [])
  return store
}

describe('the calendar and the feed over HTTP', () => {
  it('contain the state', async () => {
    const { ask } = await serving({}, { store: seeded() })
    const [calendar, feed] = [await ask('/calendar.ics'), await ask('/feed.atom')]
    expect([calendar.status, calendar.headers['content-type']]).toStrictEqual([200, 'text/calendar; charset=utf-8'])
    expect(calendar.text).toContain('\r\nDTSTART:20270115T080000Z\r\n')
    expect([feed.status, feed.headers['content-type']]).toStrictEqual([200, 'application/atom+xml; charset=utf-8'])
    expect(feed.text).toContain('<title>New: 1#new_proposal</title>')
  })

  it.for(feeds)('accept only the feed token, in the query: %s', async (path) => {
    const { ask, logged } = await serving({ listen: '0.0.0.0:0', tokens }, { store: seeded() })
    const status = async (query: string) => (await ask(`${path}${query}`)).status
    expect(await status('')).toBe(401)
    expect(await status(`?token=${tokens.feed}`)).toBe(200)
    expect(await status(`?token=${tokens.read}`)).toBe(401)
    expect(logged.join('\n')).not.toContain(tokens.feed)
  })

  it.for(feeds)('refuse a wrong token even if none is needed: %s', async (path) => {
    const { ask } = await serving({ tokens }, { store: seeded() })
    const status = async (query: string) => (await ask(`${path}${query}`)).status
    expect([await status(''), await status(`?token=${tokens.feed}`)]).toStrictEqual([200, 200])
    expect([await status(`?token=${tokens.read}`), await status('?token=')]).toStrictEqual([401, 401])
  })

  it.for(feeds)('answer 304 to a matching ETag: %s', async (path) => {
    const { ask } = await serving({}, { store: seeded() })
    const { headers } = await ask(path)
    const again = await ask(path, { headers: { 'if-none-match': String(headers['etag']) } })
    expect([again.status, again.text]).toStrictEqual([304, ''])
  })

  it('contain one chain if asked for', async () => {
    const { ask } = await serving({}, { store: seeded() })
    expect(await ask('/calendar.ics?chain=nowhere')).toMatchObject({ status: 400 })
    expect((await ask('/calendar.ics?chain=local')).text).toContain('Vote ends on local')
  })
})
