import { describe, expect, it } from 'vitest'
import { handlerSchema } from '../../src/channels/registry.js'
import { telegram } from '../../src/channels/telegram.js'
import type { DeliveryError } from '../../src/domain/errors.js'
import { createHttpClient } from '../../src/transport/createHttpClient.js'
import { injections, itOnProposals } from '../support/services/injections.js'
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
import { startTelegram, type TelegramServer } from '../support/services/telegram.js'

const settingsFor = ({ apiUrl }: Pick<TelegramServer, 'apiUrl'>) => ({
  type: 'telegram',
  token: '123:hook-secret',
  chatId: -100,
  apiUrl,
})

/** A bot whose clock advances by a second with each message, so that no rate limit applies. */
async function botGiven(over: object = {}): Promise<{ readonly server: TelegramServer; readonly bot: Teller }> {
  let clock = 0
  const server = await startTelegram({ now: () => (clock += 1_000) })
  return { server, bot: tellerOf({ ...settingsFor(server), ...over }) }
}

const footer = 'local · high · 2026-11-26 14:05 UTC'

describe('a bot in Telegram', () => {
  it('posts a message with all parts', async () => {
    const { server, bot } = await botGiven()
    expect(await bot.tell(whole)).toStrictEqual({
      to: '-100/',
      chat: -100,
      message: 1,
      title: 'v2 is scheduled for height 1,000',
      withdrawn: false,
    })
    expect(server.transcript()).toStrictEqual(wholeLines)
    expect(server.links()).toStrictEqual(whole.links.map(({ label, url }) => [label, url]))
  })

  it('shows the newest state in the message and replies with each event, also after a restart', async () => {
    const { server, bot } = await botGiven()
    await bot.tell()
    bot.restart()
    await bot.tell(completed)
    expect(server.transcript()).toStrictEqual(['[closed] v2 is in place', footer, '1> v2 is in place', `1> ${footer}`])
  })

  it('strikes through a withdrawn subject', async () => {
    const { server, bot } = await botGiven()
    await bot.tell()
    await bot.tell(retracted)
    expect(server.transcript().slice(0, 3)).toStrictEqual([
      '~~v2 is scheduled for height 1,000~~',
      'Proposal 7 is gone',
      footer,
    ])
  })

  it('continues if the message already shows the newest state', async () => {
    const { server, bot } = await botGiven()
    await bot.tell()
    await bot.tell()
    expect(server.transcript()).toHaveLength(4)
  })

  it('posts into the configured topic', async () => {
    const { server, bot } = await botGiven({ topicId: 7 })
    await bot.tell()
    await bot.tell(completed)
    expect(server.topics()).toStrictEqual([7, 7])
  })

  it.each<[string, (server: TelegramServer) => void]>([
    ['is deleted', (server) => server.deleteAll()],
    [
      'cannot be edited any more',
      (server) =>
        server.fail({
          status: 400,
          body: { ok: false, error_code: 400, description: "Bad Request: message can't be edited" },
        }),
    ],
  ])('posts a new message if the former one %s', async (_case, happen) => {
    const { server, bot } = await botGiven()
    await bot.tell()
    happen(server)
    await bot.tell(completed)
    expect(server.transcript().slice(-2)).toStrictEqual(['[closed] v2 is in place', footer])
    expect(bot.posted.get('local/7')).toMatchObject({ message: 2 })
  })

  it('follows a group that becomes a supergroup, where old messages cannot be edited', async () => {
    const { server, bot } = await botGiven()
    await bot.tell()
    server.upgrade()
    expect(await bot.tell(completed)).toMatchObject({ chat: -1001234567890, message: 2 })
    await bot.tell(retracted)
    await bot.tell({ subject: 'local/8' })
    bot.restart()
    expect(await bot.tell({ subject: 'local/9' })).toMatchObject({ chat: -1001234567890 })
  })

  it('sends plain text if its HTML is refused', async () => {
    const { server, bot } = await botGiven()
    server.fail({
      status: 400,
      body: { ok: false, error_code: 400, description: "Bad Request: can't parse entities: x" },
    })
    await bot.tell(whole)
    expect(server.calls.all[1]?.json).not.toHaveProperty('parse_mode')
    expect(server.transcript()).toContain(
      'Proposal: https://gov.example/p/7?a=1&b=2 · Block 1000: https://gov.example/b/1000',
    )
  })

  it('waits as long as Telegram says when limited', async () => {
    let clock = 0
    const bot = tellerOf(settingsFor(await startTelegram({ now: () => clock })))
    await bot.tell({ subject: '0' })
    expect(await failureOf(bot.tell({ subject: '1' }))).toMatchObject({ kind: 'transient', retryAfterMs: 1_000 })
    for (let told = 1; told < 20; told += 1) {
      clock += 1_000
      await bot.tell({ subject: String(told) })
    }
    // A group accepts twenty messages per minute.
    clock += 1_000
    expect(await failureOf(bot.tell({ subject: '20' }))).toMatchObject({ kind: 'transient', retryAfterMs: 40_000 })
  })

  it.each<[string, Mishap, DeliveryError['kind']]>([
    ['the page of a proxy', 'html', 'transient'],
    ['the page of a proxy with 404', { status: 404, body: '<html>' }, 'transient'],
    ['ok without the message', { status: 200, body: { ok: true, result: true } }, 'transient'],
    ['a lost answer', 'commit-then-drop', 'transient'],
    ['an error after it', 'commit-then-500', 'transient'],
    [
      'a kick',
      { status: 403, body: { ok: false, error_code: 403, description: 'Forbidden: bot was kicked' } },
      'permanent',
    ],
    ['a wrong token', { status: 401, body: { ok: false, error_code: 401, description: 'Unauthorized' } }, 'permanent'],
  ])('%s decides whether the delivery is retried', async (_case, mishap, kind) => {
    const { server, bot } = await botGiven()
    server.fail(mishap)
    const failure = await failureOf(bot.tell())
    expect(failure).toMatchObject({ kind })
    expect(failure.message).not.toContain('hook-secret')
  })
})

describe('text sent to Telegram', () => {
  it.each(injections)('is shown literally, without mentions or links: %j', async (text) => {
    const { server, bot } = await botGiven()
    const line = text.replace(/\s+/g, ' ')
    const said = { title: line, lines: [line], facts: [{ name: line, value: line }], advice: line }
    await bot.tell({ ...said, links: [{ label: line, url: 'https://gov.example/"><b>' }] })
    await bot.tell({ ...said, ...retracted, title: line })
    expect(server.calls.all.every(({ json }) => JSON.stringify(json).includes('"parse_mode":"HTML"'))).toBe(true)
    expect(server.pings()).toStrictEqual([])
    expect(server.links()).toStrictEqual([])
    expect(server.transcript().map((shown) => shown.replaceAll('\u2060', ''))).toContain(line)
  })

  it('leads to the given URL, whatever the label', async () => {
    const { server, bot } = await botGiven()
    await bot.tell({
      links: [{ label: '</a><a href="https://evil.example">', url: 'https://gov.example/?a="b"&c=<d>' }],
    })
    expect(server.links()).toStrictEqual([['</a><a href="https://evil.example">', 'https://gov.example/?a="b"&c=<d>']])
  })

  itOnProposals('may be that of real proposals', async (texts) => {
    const { server, bot } = await botGiven()
    for (const [at, text] of texts.entries()) {
      await bot.tell({
        subject: `local/${at}`,
        title: text.slice(0, 200).replace(/\s+/g, ' '),
        lines: text.split('\n'),
      })
    }
    expect(server.pings()).toStrictEqual([])
    expect(server.calls.all).toHaveLength(texts.length)
  })

  it('is within the limit, keeps the beginning of each part, and breaks no tag', async () => {
    const { server, bot } = await botGiven()
    const long = '😀<@&'.repeat(3_000)
    await bot.tell({
      title: `Start ${long}`,
      lines: Array.from({ length: 200 }, (_, at) => `Line ${at} ${'@'.repeat(100)}`),
      facts: Array.from({ length: 40 }, (_, at) => ({ name: `Fact ${at}`, value: long })),
      advice: long,
      links: Array.from({ length: 40 }, (_, at) => ({ label: `${at} ${long}`, url: `https://gov.example/${at}` })),
    })
    const shown = server.transcript()
    expect(shown[0]).toMatch(/^Start .*…$/)
    expect(shown.join('\n').match(/and \d+ more/g)).toHaveLength(3)
    expect(server.links()[0]?.[1]).toBe('https://gov.example/0')
    expect(server.calls.all).toHaveLength(1)
  })
})

describe('the settings of Telegram', () => {
  it.each([{ token: 'x' }, { chatId: 'ops' }, { chatId: 1.5 }, { topicId: 0 }])('refuse %j', (over) => {
    expect(handlerSchema.safeParse({ type: 'telegram', token: '1:t', chatId: -100, ...over }).success).toBe(false)
  })

  it.each([-1001234567890, '-1001234567890', '@ops_channel'])('accept the chat %s', (chatId) => {
    expect(handlerSchema.safeParse({ type: 'telegram', token: '1:t', chatId }).success).toBe(true)
  })

  it('treat the token as a secret', () => {
    const settings = telegram.schema.parse({ type: 'telegram', token: '1:t0k', chatId: 1 })
    expect(telegram.secrets(settings)).toMatchObject({ secrets: ['1:t0k'] })
  })

  it('are checked without a message', async () => {
    const server = await startTelegram()
    const check = (over: object = {}) =>
      telegram.check?.(telegram.schema.parse({ ...settingsFor(server), ...over }), {
        http: createHttpClient(),
        signal: new AbortController().signal,
      })
    expect(await check()).toBe('Telegram shows the chat Ops to the bot govbot.')
    await expect(check({ chatId: -5 })).rejects.toThrow('chat not found. Check chatId')
    await expect(check({ token: '123:wrong' })).rejects.toThrow('Unauthorized. Check the token.')
    expect(server.transcript()).toStrictEqual([])
  })
})
