import { describe, expect, it } from 'vitest'
import { matrix } from '../../src/channels/matrix.js'
import { handlerSchema } from '../../src/channels/registry.js'
import type { DeliveryError } from '../../src/domain/errors.js'
import { createHttpClient } from '../../src/transport/createHttpClient.js'
import { injections, itOnProposals } from '../support/services/injections.js'
import { matrixAlias, matrixRoom, type MatrixServer, startMatrix } from '../support/services/matrix.js'
import {
  completed,
  failureOf,
  retracted,
  type Teller,
  tellerOf,
  whole,
  wholeLines,
} from '../support/services/messages.js'
import type { Mishap } from '../support/services/service.js'

const settingsFor = ({ url }: Pick<MatrixServer, 'url'>) => ({
  type: 'matrix',
  homeserver: url,
  token: 'hook-secret',
  room: matrixRoom,
})

/** An account whose clock advances by a second with each event, so that no rate limit applies. */
async function accountGiven(over: object = {}): Promise<{ readonly server: MatrixServer; readonly account: Teller }> {
  let clock = 0
  const server = await startMatrix({ now: () => (clock += 1_000) })
  return { server, account: tellerOf({ ...settingsFor(server), ...over }) }
}

const footer = 'local · high · 2026-11-26 14:05 UTC'

describe('an account in a Matrix room', () => {
  it('posts a message with all parts', async () => {
    const { server, account } = await accountGiven()
    expect(await account.tell(whole)).toStrictEqual({
      room: matrixRoom,
      root: '$event0',
      last: '$event0',
      title: 'v2 is scheduled for height 1,000',
      withdrawn: false,
    })
    expect(server.transcript()).toStrictEqual(wholeLines)
    expect(server.links()).toStrictEqual(whole.links.map(({ label, url }) => [label, url]))
    expect(server.bodies()[0]).toContain(
      'Proposal: https://gov.example/p/7?a=1&b=2 · Block 1000: https://gov.example/b/1000',
    )
  })

  it('shows the newest state in the message and posts each event in its thread, also after a restart', async () => {
    const { server, account } = await accountGiven()
    await account.tell()
    account.restart()
    await account.tell(completed)
    expect(server.transcript()).toStrictEqual(['[closed] v2 is in place', footer, '0> v2 is in place', `0> ${footer}`])
  })

  it('edits the first message each time, and replies to the newest in its thread', async () => {
    const { server, account } = await accountGiven()
    await account.tell()
    await account.tell({ id: 'a', title: 'Second' })
    expect(await account.tell({ id: 'b', title: 'Third' })).toMatchObject({ root: '$event0', last: '$event4' })
    expect(server.transcript().filter((line) => !line.endsWith(footer))).toStrictEqual([
      'Third',
      '0> Second',
      '0> Third',
    ])
    expect(server.calls.all.at(-1)?.json).toMatchObject({
      'm.relates_to': { event_id: '$event0', 'm.in_reply_to': { event_id: '$event2' } },
    })
  })

  it('strikes through a withdrawn subject', async () => {
    const { server, account } = await accountGiven()
    await account.tell()
    await account.tell(retracted)
    expect(server.transcript().slice(0, 3)).toStrictEqual([
      '~~v2 is scheduled for height 1,000~~',
      'Proposal 7 is gone',
      footer,
    ])
  })

  it.each<[string, (server: MatrixServer) => void]>([
    ['was removed', (server) => server.removeAll()],
    ['is unknown', (server) => server.forgetAll()],
  ])('posts a new message if the former one %s', async (_case, happens) => {
    const { server, account } = await accountGiven()
    await account.tell()
    happens(server)
    await account.tell(completed)
    expect(server.transcript()).toStrictEqual(['[closed] v2 is in place', footer])
  })

  it('posts a new message after a change of the account: edits of another account are not shown', async () => {
    const { server, account } = await accountGiven()
    await account.tell()
    account.reconfigure({ token: 'other-secret' })
    await account.tell(completed)
    expect(server.transcript()).toStrictEqual([
      ...['v2 is scheduled for height 1,000', footer],
      ...['[closed] v2 is in place', footer],
    ])
    await account.tell({ id: 'b', title: 'v2 is in place again' })
    expect(server.transcript().slice(2, 4)).toStrictEqual(['v2 is in place again', footer])
  })

  it('does not take an internal error of the homeserver for a missing message', async () => {
    const { server, account } = await accountGiven()
    await account.tell()
    server.fail({ status: 500, body: { errcode: 'M_UNKNOWN', error: 'Internal server error' } })
    expect(await failureOf(account.tell(completed))).toMatchObject({ kind: 'transient' })
    await account.tell(completed)
    expect(server.transcript()).toHaveLength(4)
  })

  it('notifies with a sound only for urgent messages', async () => {
    const { server, account } = await accountGiven()
    await account.tell({ priority: 'medium' })
    await account.tell({ priority: 'critical', subject: 'local/8', id: 'n' })
    expect(server.calls.all.map(({ json }) => json)).toMatchObject([{ msgtype: 'm.notice' }, { msgtype: 'm.text' }])
  })

  it('resolves the alias of the room once', async () => {
    const { server, account } = await accountGiven({ room: matrixAlias })
    await account.tell()
    await account.tell(completed)
    expect(server.calls.all.filter(({ path }) => path.includes('/directory/'))).toHaveLength(1)
    expect(server.transcript()).toHaveLength(4)
  })

  it('posts into a newly configured room, and leaves the message in the old one', async () => {
    const { account } = await accountGiven()
    await account.tell()
    account.reconfigure({ room: '!other:hs.example' })
    const { kind, message } = await failureOf(account.tell(completed))
    expect(kind).toBe('permanent')
    expect(message).toContain('M_FORBIDDEN User @govbot:hs.example not in room !other:hs.example. Invite')
  })
})

describe('a retry', () => {
  it.each<Mishap>(['commit-then-drop', 'commit-then-500'])('posts nothing twice after %s', async (mishap) => {
    const { server, account } = await accountGiven()
    server.fail(mishap)
    expect(await failureOf(account.tell())).toMatchObject({ kind: 'transient' })
    await account.tell()
    expect(server.transcript()).toHaveLength(2)

    // While reading the message, editing it, and replying.
    for (const before of [0, 1, 2]) {
      server.fail(...Array.from({ length: before }, (): Mishap => 'none'), mishap)
      expect(await failureOf(account.tell(completed))).toMatchObject({ kind: 'transient' })
    }
    account.restart()
    await account.tell(completed)
    expect(server.transcript()).toHaveLength(4)
  })

  it('is distinct from the next notification, that of another handler, and a bundle', async () => {
    const { server, account } = await accountGiven({ name: 'a' })
    await account.tell()
    await account.tell({ subject: 'bundle/upgrade_scheduled:local/7', title: 'Two' })
    account.reconfigure({ name: 'b' })
    account.posted.clear()
    await account.tell()
    expect(new Set(server.calls.all.map(({ path }) => path)).size).toBe(3)
    expect(server.transcript()).toHaveLength(6)
  })

  it.each([
    ['header and body', 1_000],
    ['body', 400],
  ] as const)('waits as long as the homeserver says in %s', async (waitIn, retryAfterMs) => {
    const times = [0, 0, 600]
    const server = await startMatrix({ waitIn, now: () => times.shift() ?? 600 })
    const account = tellerOf(settingsFor(server))
    await account.tell({ subject: 'a', id: 'a' })
    await account.tell({ subject: 'b', id: 'b' })
    expect(await failureOf(account.tell({ subject: 'c', id: 'c' }))).toMatchObject({ kind: 'transient', retryAfterMs })
  })

  it.each<[string, Mishap, DeliveryError['kind']]>([
    ['the page of a proxy', 'html', 'transient'],
    ['the page of a proxy with 404', { status: 404, body: '<html>' }, 'transient'],
    ['200 without the event', { status: 200, body: {} }, 'transient'],
    [
      'a kick',
      { status: 403, body: { errcode: 'M_FORBIDDEN', error: 'User @govbot:hs.example not in room' } },
      'permanent',
    ],
    ['too much', { status: 413, body: { errcode: 'M_TOO_LARGE', error: 'event too large' } }, 'permanent'],
  ])('is decided by the answer: %s', async (_case, mishap, kind) => {
    const { server, account } = await accountGiven()
    server.fail(mishap)
    const failure = await failureOf(account.tell())
    expect(failure).toMatchObject({ kind })
    expect(failure.message).not.toContain('hook-secret')
  })

  it('does not happen with a wrong token, and the error says what to do', async () => {
    const { account } = await accountGiven({ token: 'old' })
    const { kind, message } = await failureOf(account.tell())
    expect(kind).toBe('permanent')
    expect(message).toMatch(/M_UNKNOWN_TOKEN .*Log the account in again and configure its new token\.$/)
  })
})

describe('text sent to Matrix', () => {
  it.each(injections)('is shown literally, without mentions or links: %j', async (text) => {
    const { server, account } = await accountGiven()
    const line = text.replace(/\s+/g, ' ').trim().slice(0, 400)
    const said = { title: line, lines: [line], facts: [{ name: line, value: line }], advice: line }
    await account.tell({ ...said, links: [{ label: line, url: 'https://gov.example/"><b>' }] })
    await account.tell({ ...said, ...retracted, title: line })
    expect(server.pings()).toStrictEqual([])
    expect(server.links()).toStrictEqual([])
    expect(server.transcript()).toContain(line)
    expect(server.bodies().every((body) => body.split('\n').includes(line))).toBe(true)
  })

  it('leads to the given URL, whatever the label', async () => {
    const { server, account } = await accountGiven()
    await account.tell({
      links: [{ label: '</a><a href="https://evil.example">', url: 'https://gov.example/?a="b"&c=<d>' }],
    })
    expect(server.links()).toStrictEqual([['</a><a href="https://evil.example">', 'https://gov.example/?a="b"&c=<d>']])
  })

  itOnProposals('may be that of real proposals', async (texts) => {
    const { server, account } = await accountGiven()
    for (const [at, text] of texts.entries()) {
      const title = text.slice(0, 200).replace(/\s+/g, ' ')
      await account.tell({ id: `n${at}`, subject: `local/${at}`, title, lines: text.split('\n') })
    }
    expect(server.pings()).toStrictEqual([])
    expect(server.transcript().filter((line) => line === footer)).toHaveLength(texts.length)
  })

  it.each(['😀<@&', '"\\', "'", 'x', '\\'])(
    'is within the limit of an event with %j, also in an edit',
    async (piece) => {
      const { server, account } = await accountGiven()
      const long = piece.repeat(3_000)
      const much = {
        lines: Array.from({ length: 2_000 }, (_, at) => `${at}${piece}`),
        facts: Array.from({ length: 400 }, (_, at) => ({ name: `${at}`, value: piece })),
        advice: long,
        links: Array.from({ length: 40 }, (_, at) => ({
          label: `${at} ${long}`,
          url: `https://gov.example/${at}/${'&'.repeat(80)}`,
        })),
      }
      await account.tell({ ...much, title: `Start ${long}` })
      await account.tell({ ...much, ...retracted, title: `End ${long}` })
      const shown = server.transcript()
      expect(shown[0]).toMatch(/^~~Start .*…~~$/)
      expect(shown[1]).toMatch(/^End .*…$/)
      expect(shown.join('\n').match(/and [\d,]+ more/g)).toHaveLength(6)
      expect(server.links()[0]?.[1]).toMatch(/^https:\/\/gov.example\/0\//)
      expect(server.largest()).toBeGreaterThan(30_000)
    },
  )
})

describe('the settings of Matrix', () => {
  it.each([{ room: 'ops' }, { room: '@you:hs.example' }, { room: '' }, { homeserver: 'hs.example' }, { token: '' }])(
    'refuse %j',
    (over) => {
      const settings = { type: 'matrix', homeserver: 'https://hs.example', token: 't', room: matrixRoom, ...over }
      expect(handlerSchema.safeParse(settings).success).toBe(false)
    },
  )

  it('treat the token as a secret', () => {
    const settings = matrix.schema.parse({ ...settingsFor({ url: 'https://hs.example' }), token: 't0k' })
    expect(matrix.secrets(settings)).toMatchObject({ secrets: ['t0k'] })
  })

  it('are checked without a message', async () => {
    const server = await startMatrix()
    const check = (over: object = {}) =>
      matrix.check?.(matrix.schema.parse({ ...settingsFor(server), ...over }), {
        http: createHttpClient(),
        signal: new AbortController().signal,
      })
    expect(await check({ room: matrixAlias })).toBe(
      'The homeserver knows @govbot:hs.example, which is in the room. Nothing was posted: whether it may post there, the first message shows.',
    )
    await expect(check({ room: '!other:hs.example' })).rejects.toThrow('is not in the room. Invite the account')
    await expect(check({ room: '#other:hs.example' })).rejects.toThrow('Room alias #other:hs.example not found')
    await expect(check({ token: 'old' })).rejects.toThrow('Log the account in again')
    expect(server.transcript()).toStrictEqual([])
  })
})
