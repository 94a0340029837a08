import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { discord } from '../../src/channels/discord.js'
import { handlerSchema } from '../../src/channels/registry.js'
import { markdown } from '../../src/channels/render/discordEmbed.js'
import type { DeliveryError } from '../../src/domain/errors.js'
import { createHttpClient } from '../../src/transport/createHttpClient.js'
import { hostile } from '../support/hostile/hostileTexts.js'
import { type DiscordServer, startDiscord } from '../support/services/discord.js'
import { injections, itOnProposals } from '../support/services/injections.js'
import { completed, failureOf, retracted, type Teller, tellerOf, whole } from '../support/services/messages.js'
import type { Mishap } from '../support/services/service.js'

interface Given {
  readonly server: DiscordServer
  readonly hook: Teller
}

/** A webhook whose clock advances by a second with each message, so that no rate limit applies. */
async function hookGiven({
  forum = false,
  ...over
}: { readonly forum?: boolean; readonly threadId?: string } = {}): Promise<Given> {
  let clock = 0
  const server = await startDiscord({ forum, now: () => (clock += 1_000) })
  return { server, hook: tellerOf({ type: 'discord', webhookUrl: server.webhookUrl, forum, ...over }) }
}

const footer = '(local · high · 2026-11-26 14:05 UTC)'

describe('a webhook of Discord', () => {
  it('posts a message with all parts', async () => {
    const { server, hook } = await hookGiven()
    expect(await hook.tell(whole)).toStrictEqual({
      ...{ to: '123//', id: '1001' },
      ...{ title: 'v2 is scheduled for height 1,000', withdrawn: false },
    })
    expect(server.transcript()).toStrictEqual([
      '1: # v2 is scheduled for height 1,000',
      '1: Your node switches in about 3 h 20 min.',
      '1: Proposal 7 passed.',
      '1: **What to do:** Make sure that v2 is in place.',
      '1: [Proposal](https://gov.example/p/7?a=1&b=2) · [Block 1000](https://gov.example/b/1000)',
      '1: Height: 1,000',
      '1: For: 12',
      `1: ${footer}`,
    ])
    expect(server.links()).toStrictEqual(whole.links.map(({ label, url }) => [label, url]))
  })

  it('uses the API version that gives waits in seconds, and waits for the answer', async () => {
    const { server, hook } = await hookGiven()
    await hook.tell()
    await hook.tell(completed)
    expect(server.calls.all.map(({ method, path, query }) => `${method} ${path}?${query.toString()}`)).toStrictEqual([
      'POST /api/v10/webhooks/123/hook-secret?wait=true',
      'PATCH /api/v10/webhooks/123/hook-secret/messages/1001?',
      'POST /api/v10/webhooks/123/hook-secret?wait=true',
    ])
  })

  it('shows the newest state in the message and posts each event below it, also after a restart', async () => {
    const { server, hook } = await hookGiven()
    await hook.tell()
    hook.restart()
    await hook.tell(completed)
    expect(server.transcript()).toStrictEqual([
      '1: # [closed] v2 is in place',
      `1: ${footer}`,
      '1: # v2 is in place',
      `1: ${footer}`,
    ])
  })

  it('strikes through a withdrawn subject', async () => {
    const { server, hook } = await hookGiven()
    await hook.tell()
    await hook.tell(retracted)
    expect(server.transcript().slice(0, 3)).toStrictEqual([
      '1: # Proposal 7 is gone',
      '1: ~~v2 is scheduled for height 1,000~~',
      `1: ${footer}`,
    ])
  })

  it('starts a post for each subject in a forum, and continues in it', async () => {
    const { server, hook } = await hookGiven({ forum: true })
    await hook.tell()
    await hook.tell({ subject: 'local/8', title: 'Another' })
    await hook.tell(completed)
    expect(server.transcript()).toStrictEqual([
      '1001: # [closed] v2 is in place',
      `1001: ${footer}`,
      '1002: # Another',
      `1002: ${footer}`,
      '1001: # v2 is in place',
      `1001: ${footer}`,
    ])
  })

  it('posts and edits in the configured thread', async () => {
    const { server, hook } = await hookGiven({ threadId: '77' })
    await hook.tell()
    await hook.tell(completed)
    expect(server.transcript().map((line) => line.split(':')[0])).toStrictEqual(['77', '77', '77', '77'])
  })

  it.each<[string, { readonly forum?: boolean; readonly threadId?: string }]>([
    ['a forum', { forum: true }],
    ['a thread', { threadId: '77' }],
  ])('continues with the message after Discord archived it in %s', async (_case, where) => {
    const { server, hook } = await hookGiven(where)
    await hook.tell()
    server.archive()
    await hook.tell(completed)
    expect(server.transcript().filter((line) => line.includes('v2'))).toStrictEqual([
      expect.stringMatching(/: # \[closed\] v2 is in place$/),
      expect.stringMatching(/: # v2 is in place$/),
    ])
    expect(hook.posted.get('local/7')).toMatchObject({ id: '1001' })
  })

  it('posts a new message if the former one is deleted', async () => {
    const { server, hook } = await hookGiven()
    await hook.tell()
    server.remove('messages')
    await hook.tell(completed)
    expect(server.transcript().slice(-2)).toStrictEqual(['1: # [closed] v2 is in place', `1: ${footer}`])
    expect(hook.posted.get('local/7')).toMatchObject({ id: '1002' })
  })

  it('posts the event even if an old message may not be edited now', async () => {
    const { server, hook } = await hookGiven()
    await hook.tell()
    server.fail({ status: 429, body: { code: 30_046, message: 'Maximum number of edits reached', retry_after: 600 } })
    await hook.tell(completed)
    expect(server.transcript()).toContain('1: # v2 is in place')
  })

  it('postpones an update without a wait if an old message may not be edited now', async () => {
    const { server, hook } = await hookGiven()
    await hook.tell()
    server.fail({ status: 429, body: { code: 30_046, message: 'Maximum number of edits reached', retry_after: 600 } })
    expect(await failureOf(hook.edit())).toMatchObject({ kind: 'transient', retryAfterMs: undefined })
  })

  it.each<[string, (server: DiscordServer) => void]>([
    ['is archived', (server) => server.archive()],
    ['is deleted', (server) => server.remove('messages')],
  ])('stops updating if the thread %s, and posts nothing for that', async (_case, happen) => {
    const { server, hook } = await hookGiven({ threadId: '77' })
    await hook.tell()
    happen(server)
    expect(await failureOf(hook.edit())).toMatchObject({ kind: 'permanent' })
    expect(server.calls.all.map(({ method }) => method)).toStrictEqual(['POST', 'PATCH'])
  })

  it('waits as long as Discord says, to the fraction of a second', async () => {
    let clock = 0
    const hook = tellerOf({ type: 'discord', webhookUrl: (await startDiscord({ now: () => clock })).webhookUrl })
    for (const subject of ['a', 'b', 'c', 'd', 'e']) await hook.tell({ subject })
    clock = 770
    expect(await failureOf(hook.tell({ subject: 'f' }))).toMatchObject({ kind: 'transient', retryAfterMs: 1_230 })
  })

  it('is not used again once Discord does not know it', async () => {
    const { server, hook } = await hookGiven()
    server.remove('webhook')
    const first = await failureOf(hook.tell())
    expect(first).toMatchObject({ kind: 'permanent' })
    expect(first.message).toMatch(/Unknown Webhook \(10015\)\. Make a new webhook and configure its URL\.$/)
    expect(await failureOf(hook.tell({ subject: 'b' }))).toMatchObject({ kind: 'permanent' })
    expect(server.violations).toHaveLength(1)
  })

  it.each<[string, Mishap, DeliveryError['kind']]>([
    ['the page of a proxy', 'html', 'transient'],
    ['the page of a proxy with 401', { status: 401, body: '<html>' }, 'transient'],
    ['an empty 204', { status: 204, body: '' }, 'transient'],
    ['a lost answer', 'commit-then-drop', 'transient'],
    ['an error after it', 'commit-then-500', 'transient'],
    [
      'overload',
      { status: 400, body: { code: 130_000, message: 'API resource is currently overloaded' } },
      'transient',
    ],
    ['a block by a rule', { status: 400, body: { code: 200_000, message: 'Message was blocked' } }, 'permanent'],
    ['a wrong token', { status: 401, body: { code: 50_027, message: 'Invalid Webhook Token' } }, 'permanent'],
  ])('%s decides whether the delivery is retried', async (_case, mishap, kind) => {
    const { server, hook } = await hookGiven()
    server.fail(mishap)
    const failure = await failureOf(hook.tell())
    expect(failure).toMatchObject({ kind })
    expect(failure.message).not.toContain('hook-secret')
  })
})

describe('text sent to Discord', () => {
  it.each(injections)('is shown literally, without mentions or links: %j', async (text) => {
    const { server, hook } = await hookGiven()
    const line = text.replace(/\s+/g, ' ')
    const said = { title: line, lines: [line], facts: [{ name: line, value: line }], advice: line }
    await hook.tell(said)
    await hook.tell({ ...said, ...retracted, title: line })
    expect(server.pings).toStrictEqual([])
    expect(server.links()).toStrictEqual([])
    expect(server.transcript()).toContain(`1: ${line}`)
  })

  it('contains no formatting characters, except in URLs', () => {
    fc.assert(
      fc.property(fc.oneof(hostile, fc.constantFrom(...injections)), (text) => {
        const bare = markdown(text)
          .replace(/\\[\\*_~>#\-[\]()`|<]/g, '')
          .replace(/https?:\/\/[^\s\\*~>[\]()`|<"']+/g, '')
        expect(bare).not.toMatch(/[\\*_~>#\-[\]()`|<]/)
      }),
    )
  })

  it('hides no URL behind a label', async () => {
    const { server, hook } = await hookGiven()
    await hook.tell({ links: [{ label: 'https://good.example](x) [', url: 'https://gov.example/a(b)c' }] })
    expect(server.links()).toStrictEqual([['httpsgood.examplex', 'https://gov.example/a%28b%29c']])
  })

  itOnProposals('may be that of real proposals', async (texts) => {
    const { server, hook } = await hookGiven()
    for (const text of texts) {
      await hook.tell({
        subject: text.slice(0, 40),
        title: text.slice(0, 200).replace(/\s+/g, ' '),
        lines: text.split('\n'),
      })
    }
    expect(server.pings).toStrictEqual([])
  })

  it('is within every limit, and keeps the beginning of each part', async () => {
    const { server, hook } = await hookGiven()
    const long = '😀<_'.repeat(3_000)
    await hook.tell({
      title: `Start ${long}`,
      lines: Array.from({ length: 200 }, (_, at) => `Line ${at} ${'*'.repeat(100)}`),
      facts: Array.from({ length: 40 }, (_, at) => ({ name: `Fact ${at}`, value: long })),
      advice: long,
      links: Array.from({ length: 40 }, (_, at) => ({ label: `Number ${at}`, url: `https://gov.example/${at}` })),
    })
    const shown = server.transcript()
    expect(shown[0]).toMatch(/^1: # Start .*…$/)
    expect(shown.join('\n').match(/and \d+ more/g)).toHaveLength(3)
    expect(server.links()[0]).toStrictEqual(['Number 0', 'https://gov.example/0'])
  })

  it('contains no empty field, which Discord refuses', async () => {
    const { server, hook } = await hookGiven()
    await hook.tell({ title: '', facts: [{ name: '', value: '' }] })
    expect(server.transcript()).toContain('1: –: –')
  })
})

describe('the settings of Discord', () => {
  it.each([
    'https://discord.com/api/webhooks/123/tok-en_1',
    'https://discord.com/api/v9/webhooks/123/tok',
    'https://gateway.example/discord/api/webhooks/123/tok/',
  ])('accept the webhook %s, and treat it as a secret', (webhookUrl) => {
    const settings = discord.schema.parse({ type: 'discord', webhookUrl })
    expect(discord.secrets(settings)).toStrictEqual({ urls: [webhookUrl], secrets: [expect.stringMatching(/^tok/)] })
  })

  it.each([
    'https://discord.com/api/webhooks/123',
    'https://discord.com/api/webhooks/123/tok/slack',
    'https://discord.com/',
  ])('refuse %s', (webhookUrl) => {
    expect(handlerSchema.safeParse({ type: 'discord', webhookUrl }).success).toBe(false)
  })

  it('are checked without a message', async () => {
    const server = await startDiscord()
    const check = (webhookUrl: string) =>
      discord.check?.(discord.schema.parse({ type: 'discord', webhookUrl }), {
        http: createHttpClient(),
        signal: new AbortController().signal,
      })
    expect(await check(server.webhookUrl)).toBe('Discord knows the webhook govstream.')
    server.remove('webhook')
    await expect(check(server.webhookUrl)).rejects.toThrow('Unknown Webhook')
  })
})
