import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { buildWhereStale } from '../process/buildWhereStale.js'
import { openStore } from '../../src/store/openStore.js'
import type { Ended } from '../support/cli.js'
import { cliHere } from '../support/cliHere.js'
import { seedState } from '../support/seededState.js'
import { announcement, temporaryDirectory, turn } from '../support/storeGiven.js'

beforeAll(() => buildWhereStale(), 180_000)

let directory: ReturnType<typeof temporaryDirectory>
beforeEach(() => {
  directory = temporaryDirectory()
  seedState(directory.path)
})
afterEach(() => directory[Symbol.dispose]())

const ask = (...args: readonly string[]): Promise<Ended> => cliHere(['notifications', ...args], directory.path)
const json = async (...args: readonly string[]): Promise<unknown> => JSON.parse((await ask(...args, '--json')).out)

describe('notifications', () => {
  it('prints the fields of a notification, newest first', async () => {
    const all = await json()

    expect(all).toMatchObject([{ id: 'b' }, { id: 'a' }])
    expect(await json('--limit', '1')).toStrictEqual([
      {
        id: 'b',
        event: 'new_proposal',
        priority: 'critical',
        chain: 'local',
        title: 'Bad \u001b[31mnews',
        message: 'Vote on it.',
        timestamp: '2025-01-01T00:00:00Z',
        data: { contract: '0xc0ffee', proposalId: 'b' },
        read: false,
        labels: {},
      },
    ])
  })

  it('prints no terminal control characters of a title', async () => {
    const { out } = await ask()

    expect(out).toContain('Bad news')
    expect(out).not.toContain('\u001b')
  })

  it('marks one as read, then all', async () => {
    expect(await ask('--read', 'a')).toStrictEqual({ code: 0, out: '1 notification marked as read.\n', err: '' })
    expect(await json('--unread')).toMatchObject([{ id: 'b' }])
    expect(await json('--read', 'all')).toStrictEqual({ marked: 1 })
    expect((await ask('--unread')).out).toBe('No unread notifications.\n')
    expect((await ask('--read', 'a')).out).toBe('Nothing was unread.\n')
  })

  it('accepts the short ids shown on a terminal', async () => {
    const { out } = await cliHere(['notifications'], directory.path, 80)
    const [, short = ''] = /^\*.* Bad news +(\w+)$/m.exec(out) ?? []

    expect(short).toMatch(/^[0-9a-f]{6}$/)
    expect((await ask('--read', short)).out).toBe('1 notification marked as read.\n')
    expect(await json('--unread')).toMatchObject([{ id: 'a' }])
    const dead = /to webhook: HTTP 404$/m.exec((await cliHere(['notifications', '--failed'], directory.path, 80)).out)
    expect(dead).not.toBeNull()
  })

  it('fails to mark an unknown notification', async () => {
    expect(await ask('--read', 'zzz')).toStrictEqual({
      code: 1,
      out: '',
      err: 'There is no notification zzz: see the ids with "govstream notifications".\n',
    })
  })

  it('counts all, the unread, and the deliveries by result', async () => {
    expect(await json('--stats')).toStrictEqual({
      total: 2,
      unread: 2,
      byEvent: { new_proposal: 2 },
      byPriority: { critical: 1, medium: 1 },
      pending: 1,
      delivered: 0,
      dead: 1,
    })
    expect((await ask('--stats')).out).toContain('Deliveries:    0 made, 1 to come, 1 given up on')
  })

  it('lists dead letters and sends them again', async () => {
    const at = '2025-01-02T00:00:00.000Z'
    expect(await json('--failed')).toMatchObject([
      { notification: { id: 'a' }, handler: 'webhook', reason: 'HTTP 404', status: null, at, nextTryAt: null },
    ])
    expect((await ask('--failed')).out).toMatch(/given up\b[^]*a to webhook: HTTP 404/)
    expect(await ask('--resend', 'b')).toStrictEqual({
      code: 1,
      out: '',
      err: 'No delivery of b has failed: what was delivered, waits for its first try or is silenced is not sent again.\n',
    })
    expect((await ask('--resend', 'zzz')).err).toMatch(/^There is no failed notification zzz: /)
    expect((await ask('--resend', 'a')).out).toBe(
      '1 delivery is to be made again: the next "govstream run" or "govstream sync" makes it.\n',
    )
    expect(await json('--failed')).toStrictEqual([])
    expect((await ask('--resend', 'all')).out).toMatch(/^Nothing failed: /)
    expect((await cliHere(['audit', '--limit', '1', '--json'], directory.path)).out).toMatch(
      /"redeliver": "a",\s+"count": 1/,
    )
  })

  it('retries a waiting delivery at once', async () => {
    const store = openStore({ path: join(directory.path, 'govstream.db') })
    const announcements = [announcement('waits', { priority: 'low' })]
    store.commit(turn({ announcements }), () => ['webhook', 'chat'])
    const far = Date.UTC(2025, 0, 1, 1)
    for (const one of store.due(far, 99).filter(({ notification: { id } }) => id === 'waits'))
      store.postpone(one, far, { reason: 'HTTP 503' })
    store.close()
    const running = openStore({ path: join(directory.path, 'govstream.db') })
    running.claim(Date.UTC(2025, 0, 1, 0, 5))
    expect((await ask('--resend', 'waits')).out).toBe(
      '2 deliveries are to be made again: the govstream that runs with this state makes them with its next poll.\n',
    )
    running.close()
    const tries = await json('--failed')
    expect(tries).toMatchObject([
      { handler: 'chat', nextTryAt: '2025-01-01T00:05:00.000Z' },
      { handler: 'webhook', nextTryAt: '2025-01-01T00:05:00.000Z' },
      { notification: { id: 'a' }, nextTryAt: null },
    ])
    expect((await ask('--failed')).out).toMatch(/ webhook +due /)
  })

  it('does not resend to a handler that is no longer configured, and says so', async () => {
    const config = join(directory.path, 'govstream.yaml')
    const chains = readFileSync(config, 'utf8')
    const named = (names: readonly string[]) => {
      const handlers = names.map((name) => `    - { type: log, name: "${name}" }\n`).join('')
      writeFileSync(config, `${chains}notifier:\n  handlers:\n${handlers}`)
    }
    named(['chat', '${CALLED:-ops}'])
    const gone =
      'No handler webhook is configured: put it back, then send again what it was to get. If a program supplies the handler, send again with --state FILE and without --config.\n'
    expect(await ask('--resend', 'a')).toStrictEqual({ code: 2, out: '', err: gone })
    expect(await ask('--resend', 'all', '--json')).toMatchObject({ code: 2, err: gone })
    expect(await json('--failed')).toMatchObject([{ handler: 'webhook', nextTryAt: null }])

    const store = openStore({ path: join(directory.path, 'govstream.db') })
    store.commit(turn({ announcements: [announcement('two')] }, store.load('local')), () => ['chat', 'old'])
    for (const item of store.due(Date.UTC(2030, 0, 1), 9).filter(({ notification: { id } }) => id === 'two'))
      store.bury(item, 1, { reason: 'HTTP 404' })
    store.close()
    expect(await ask('--resend', 'all')).toStrictEqual({
      code: 0,
      out: '1 delivery is to be made again: the next "govstream run" or "govstream sync" makes it.\n',
      err: 'No handlers webhook, old are configured: put them back, then send again what they were to get. If a program supplies the handlers, send again with --state FILE and without --config.\n',
    })
    named(['webhook'])
    expect(await ask('--resend', 'a')).toMatchObject({ code: 0, err: '' })
    named(['${NOWHERE}'])
    expect(await ask('--resend', 'two')).toMatchObject({ code: 0, err: '' })
  })

  it('accepts the former names of options, and does not show them', async () => {
    expect(await json('--dead')).toStrictEqual(await json('--failed'))
    expect((await ask('--redeliver', 'zzz')).code).toBe(1)
    expect((await ask('--help')).out).not.toMatch(/--dead|--redeliver/)
  })

  it('prints how many more there are than it shows', async () => {
    const store = openStore({ path: join(directory.path, 'govstream.db') })
    const announcements = Array.from({ length: 50 }, (_, at) => announcement(`n${at}`))
    store.commit(turn({ announcements }, store.load('local')), () => ['hook'])
    for (const item of store.due(Date.UTC(2030, 0, 1), 5)) store.bury(item, 1, { reason: 'HTTP 404' })
    store.close()

    expect((await ask('--failed', '--limit', '1')).out).toContain('and 5 more')
    // The same failure of a channel is printed once.
    expect((await ask('--failed')).out).toMatch(/^n\d, n\d, n\d and \d more to hook: HTTP 404$/m)
    expect((await ask()).err).toBe('These are the newest 50; see more with --limit N.\n')
    expect((await ask('--limit', '50')).err).toBe('')
  })

  it('counts the notifications of a failure if their ids are long', async () => {
    const store = openStore({ path: join(directory.path, 'govstream.db') })
    const long = Array.from({ length: 2 }, (_, at) => `main/${'0'.repeat(60)}/${at}`)
    const announcements = long.map((id) => announcement(id))
    store.commit(turn({ announcements }, store.load('local')), () => ['pager'])
    for (const item of store.due(Date.UTC(2030, 0, 1), 100)) store.bury(item, 1, { reason: 'HTTP 410' })
    store.close()
    expect((await ask('--failed')).out).toMatch(/^2 notifications to pager: HTTP 410$/m)
  })
})
