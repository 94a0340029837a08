import { describe, expect, it } from 'vitest'
import { slack } from '../../src/channels/slack.js'
import { handlerSchema } from '../../src/channels/registry.js'
import type { DeliveryError } from '../../src/domain/errors.js'
import { createHttpClient } from '../../src/transport/createHttpClient.js'
import { injections, itOnProposals } from '../support/services/injections.js'
import { completed, failureOf, retracted, type Teller, tellerOf, whole } from '../support/services/messages.js'
import type { Mishap } from '../support/services/service.js'
import { type SlackServer, startSlack } from '../support/services/slack.js'

const asBot = ({ apiUrl }: Pick<SlackServer, 'apiUrl'>) => ({
  type: 'slack',
  token: 'xoxb-secret-token',
  channel: 'C0123ABCD',
  apiUrl,
})

/**
 * A bot and its Slack, whose clock advances by a second with each message, so that no rate
 * limit applies.
 */
async function botGiven(over: object = {}): Promise<{ readonly server: SlackServer; readonly bot: Teller }> {
  let clock = 0
  const server = await startSlack({ now: () => (clock += 1_000) })
  return { server, bot: tellerOf({ ...asBot(server), ...over }) }
}

const scheduled = [
  '# v2 is scheduled for height 1,000',
  'Your node switches in about 3 h 20 min.\nProposal 7 passed.',
  'What to do: Make sure that v2 is in place.',
  'Height: 1,000 | For: 12',
  'Proposal · Block 1000',
  '(local · high · 2026-11-26 14:05 UTC)',
]
const footer = '(local · high · 2026-11-26 14:05 UTC)'

describe('a bot in Slack', () => {
  it('posts a message with all parts', async () => {
    const { server, bot } = await botGiven()
    expect(await bot.tell(whole)).toStrictEqual({
      to: 'C0123ABCD',
      channel: 'C0123ABCD',
      ts: '1764140000.000001',
      title: 'v2 is scheduled for height 1,000',
      withdrawn: false,
    })
    expect(server.transcript()).toStrictEqual(scheduled)
    expect(server.links()).toStrictEqual(whole.links.map(({ label, url }) => [label, url]))
  })

  it('shows the newest state in the message and posts each event in its thread, also after a restart', async () => {
    const { server, bot } = await botGiven()
    await bot.tell()
    bot.restart()
    await bot.tell(completed)
    expect(server.transcript()).toStrictEqual([
      '# [closed] v2 is in place',
      footer,
      '  > # v2 is in place',
      `  > ${footer}`,
    ])
  })

  it('strikes through a withdrawn subject', async () => {
    const { server, bot } = await botGiven()
    await bot.tell()
    await bot.tell(retracted)
    const gone = ['~~v2 is scheduled for height 1,000~~', '# Proposal 7 is gone', footer]
    expect(server.transcript()).toStrictEqual([...gone, '  > # Proposal 7 is gone', `  > ${footer}`])
    await bot.tell(retracted)
    expect(server.transcript().slice(0, 3)).toStrictEqual(gone)
  })

  it('keeps one message for each subject', async () => {
    const { server, bot } = await botGiven()
    await bot.tell({ id: 'a', subject: 'local/7', title: 'seven' })
    await bot.tell({ id: 'b', subject: 'local/8', title: 'eight' })
    await bot.tell({ id: 'c', subject: 'local/7', title: 'seven again' })
    expect(server.transcript().filter((line) => line.includes('#'))).toStrictEqual([
      '# seven again',
      '  > # seven again',
      '# eight',
    ])
  })

  it.each<[string, (server: SlackServer) => void]>([
    ['is deleted', (server) => server.deleteAll()],
    [
      'cannot be edited any more',
      (server) => server.fail({ status: 200, body: { ok: false, error: 'edit_window_closed' } }),
    ],
    ['is not its own', (server) => server.fail({ status: 200, body: { ok: false, error: 'cant_update_message' } })],
  ])('posts a new message if the former one %s', async (_case, happen) => {
    const { server, bot } = await botGiven()
    await bot.tell()
    happen(server)
    await bot.tell(completed)
    expect(server.transcript().slice(-2)).toStrictEqual(['# [closed] v2 is in place', footer])
    expect(bot.posted.get('local/7')).toMatchObject({ ts: '1764140000.000002' })
  })

  it('posts a new message if another channel is configured, or the stored receipt is invalid', async () => {
    const { server, bot } = await botGiven()
    bot.posted.set('local/7', { to: 'C9', channel: 'C9', ts: '1764140000.000001', title: 'elsewhere' })
    await bot.tell()
    bot.posted.set('local/7', 'of another version')
    await bot.tell()
    expect(server.calls.all.map(({ path }) => path)).toStrictEqual(['/api/chat.postMessage', '/api/chat.postMessage'])
  })

  it('replies with the next try if only the edit was made, and does not repeat the edit', async () => {
    const { server, bot } = await botGiven()
    await bot.tell()
    const receipt = bot.posted.get('local/7')
    server.fail('none', 'html-502')
    expect(await failureOf(bot.tell(completed))).toMatchObject({ kind: 'transient' })
    expect(bot.posted.get('local/7')).toStrictEqual(receipt)
    await bot.tell(completed)
    expect(server.transcript()).toHaveLength(4)
    const [post, update] = ['/api/chat.postMessage', '/api/chat.update']
    expect(server.calls.all.map(({ path }) => path)).toStrictEqual([post, update, post, post])
  })

  it('waits as long as Slack says when limited', async () => {
    const clock = 0
    const bot = tellerOf(asBot(await startSlack({ now: () => clock })))
    await bot.tell({ subject: 'a' })
    expect(await failureOf(bot.tell({ subject: 'b' }))).toMatchObject({ kind: 'transient', retryAfterMs: 1_000 })
  })

  it.each<[string, Mishap, DeliveryError['kind']]>([
    ['fatal_error', { status: 200, body: { ok: false, error: 'fatal_error' } }, 'transient'],
    ['internal_error', { status: 200, body: { ok: false, error: 'internal_error' } }, 'transient'],
    ['ratelimited', { status: 200, body: { ok: false, error: 'ratelimited' } }, 'transient'],
    ['the page of a proxy', 'html', 'transient'],
    ['an answer without the place', { status: 200, body: { ok: true } }, 'transient'],
    ['a lost answer', 'commit-then-drop', 'transient'],
    ['an error after it', 'commit-then-500', 'transient'],
    ['a redirect', { status: 302, headers: { location: 'http://evil.example/' } }, 'transient'],
    ['token_revoked', { status: 200, body: { ok: false, error: 'token_revoked' } }, 'permanent'],
    ['an unknown error', { status: 200, body: { ok: false, error: 'of_tomorrow' } }, 'permanent'],
  ])('%s decides whether the delivery is retried', async (_case, mishap, kind) => {
    const { server, bot } = await botGiven()
    server.fail(mishap)
    expect(await failureOf(bot.tell())).toMatchObject({ kind })
    expect(server.calls.all).toHaveLength(1)
  })

  it('reports what to do, and never shows the token', async () => {
    const { server, bot } = await botGiven()
    server.fail({ status: 200, body: { ok: false, error: 'not_in_channel' } })
    expect((await failureOf(bot.tell())).message).toMatch(
      /^Slack at 127\.0\.0\.1:\d+ answered with an error: the bot is not in the channel \(not_in_channel\)\. Invite the bot to the channel\.$/,
    )
    server.fail({ status: 200, body: { ok: false, error: 'of_tomorrow' } })
    expect((await failureOf(bot.tell())).message).toMatch(/ answered with an error: of_tomorrow\.$/)
    server.fail({ status: 200, body: { ok: false, error: 'no xoxb-secret-token' } })
    expect((await failureOf(bot.tell())).message).not.toContain('xoxb')
  })
})

describe('text sent to Slack', () => {
  it.each(injections)('is shown literally, without mentions or links: %j', async (text) => {
    const { server, bot } = await botGiven()
    const hostile = {
      title: text.replace(/\s+/g, ' '),
      lines: [text],
      facts: [{ name: text, value: text }],
      advice: text,
    }
    await bot.tell(hostile)
    await bot.tell({ ...hostile, standing: 'withdrawn' })
    expect(server.pings).toStrictEqual([])
    expect(server.links().filter(([, target]) => target.includes('evil'))).toStrictEqual([])
    expect(server.transcript().filter((line) => line.includes(text))).not.toStrictEqual([])
  })

  itOnProposals('may be that of real proposals', async (texts) => {
    const { server, bot } = await botGiven()
    for (const text of texts)
      await bot.tell({ subject: text.slice(0, 40), title: text.slice(0, 200), lines: text.split('\n') })
    expect(server.pings).toStrictEqual([])
  })

  it('is within every limit, and keeps the beginning of each part', async () => {
    const { server, bot } = await botGiven()
    const long = '😀<&'.repeat(3_000)
    await bot.tell({
      title: `Start ${long}`,
      lines: Array.from({ length: 200 }, (_, at) => `Line ${at} ${'<'.repeat(100)}`),
      facts: Array.from({ length: 40 }, (_, at) => ({ name: `Fact ${at}`, value: long })),
      advice: long,
      links: Array.from({ length: 30 }, (_, at) => ({ label: `${at} ${long}`, url: `https://gov.example/${at}` })),
    })
    const shown = server.transcript()
    expect(shown[0]).toMatch(/^# Start .*…$/)
    expect(shown.join('\n')).toMatch(/and \d+ more[^]*and \d+ more[^]*and 20 more/)
    await bot.tell(completed)
  })

  it('shows all facts of a vote, although a section takes only ten', async () => {
    const { server, bot } = await botGiven()
    const facts = Array.from({ length: 12 }, (_, at) => ({ name: `Fact ${at}`, value: 'known' }))
    await bot.tell({ ...whole, facts })
    const shown = server.transcript().join('\n')
    for (const { name } of facts) expect(shown).toContain(name)
  })

  it('omits a link that is too long, and keeps the rest', async () => {
    const { server, bot } = await botGiven()
    const long = { label: 'Proposer', url: `https://gov.example/${'%E6%8F%90'.repeat(700)}` }
    await bot.tell({ ...whole, links: [long, ...whole.links] })
    expect(server.links()).toStrictEqual(whole.links.map(({ label, url }) => [label, url]))
  })

  it('has a plain fallback for a phone', async () => {
    const { server, bot } = await botGiven()
    await bot.tell({ title: 'a < b & c', lines: [] })
    expect(server.calls.all[0]?.json).toMatchObject({ text: 'a &lt; b &amp; c', parse: 'none', link_names: false })
  })
})

describe('an incoming webhook of Slack', () => {
  async function hookGiven(): Promise<{ readonly server: SlackServer; readonly hook: Teller }> {
    let clock = 0
    const server = await startSlack({ now: () => (clock += 1_000) })
    return { server, hook: tellerOf({ type: 'slack', webhookUrl: server.webhookUrl }) }
  }

  it('posts each message separately, and stores no receipt', async () => {
    const { server, hook } = await hookGiven()
    expect(await hook.tell(whole)).toBeUndefined()
    await hook.tell(completed)
    expect(server.transcript()).toStrictEqual([...scheduled, '# v2 is in place', footer])
  })

  it.each<[string, Mishap, DeliveryError['kind']]>([
    ['rollup_error', { status: 500, body: 'rollup_error' }, 'transient'],
    ['too many', { status: 429, headers: { 'retry-after': '30' }, body: 'rate_limited' }, 'transient'],
    ['the page of a proxy', 'html', 'transient'],
    ['the page of a proxy with 403', { status: 403, body: '<html>' }, 'transient'],
    ['a lost answer', 'commit-then-drop', 'transient'],
    ['no_service', { status: 404, body: 'no_service' }, 'permanent'],
    ['channel_is_archived', { status: 410, body: 'channel_is_archived' }, 'permanent'],
    ['invalid_payload', { status: 400, body: 'invalid_payload' }, 'permanent'],
  ])('%s decides whether the delivery is retried', async (_case, mishap, kind) => {
    const { server, hook } = await hookGiven()
    server.fail(mishap)
    const failure = await failureOf(hook.tell())
    expect(failure).toMatchObject({ kind })
    expect(failure.message).not.toContain('hook-secret')
  })
})

describe('the settings of Slack', () => {
  it.each([
    {},
    { token: 't' },
    { channel: 'C1' },
    { webhookUrl: 'https://hooks.slack.com/x', token: 't', channel: 'C1' },
    { webhookUrl: 'https://hooks.slack.com/x', channel: 'C1' },
  ])('%j is neither a webhook nor a bot', (settings) => {
    expect(
      handlerSchema.safeParse({ type: 'slack', ...settings }).error?.issues.map(({ message }) => message),
    ).toStrictEqual(['expected either webhookUrl, or token and channel'])
  })

  it('treat the webhook and the token as secrets', () => {
    const secrets = (settings: object) => slack.secrets(slack.schema.parse({ type: 'slack', ...settings }))
    expect(secrets({ token: 't0k', channel: 'C1' })).toMatchObject({ secrets: ['t0k'] })
    expect(secrets({ webhookUrl: 'https://hooks.slack.com/x' }).urls).toContain('https://hooks.slack.com/x')
  })

  it('are checked without a message', async () => {
    const server = await startSlack()
    const check = (settings: object) =>
      slack.check?.(slack.schema.parse({ type: 'slack', ...settings }), {
        http: createHttpClient(),
        signal: new AbortController().signal,
      })
    expect(await check(asBot(server))).toMatch(/^Slack takes the token of govbot in Ops\./)
    await expect(check({ ...asBot(server), token: 'xoxb-wrong' })).rejects.toThrow(
      'the token is not valid (invalid_auth). Check the token.',
    )
    expect(await check({ webhookUrl: server.webhookUrl })).toMatch(/answers \(HTTP 400 to a HEAD\)/)
    expect(server.transcript()).toStrictEqual([])
  })
})
