import { describe, expect, it } from 'vitest'
import { channelOf, handlerSchema } from '../../src/channels/registry.js'
import { createHttpClient } from '../../src/transport/createHttpClient.js'
import { injections, itOnProposals } from '../support/services/injections.js'
import { failureOf, tellerOf, whole } from '../support/services/messages.js'
import { type PushoverServer, startPushover, token, user } from '../support/services/pushoverServer.js'

const settingsAt = ({ url }: Pick<PushoverServer, 'url'>, over: object = {}): object => ({
  type: 'pushover',
  token,
  user,
  apiUrl: url,
  timeout: '1m',
  ...over,
})
const now = (): number => 1_750_000_000_000
const tellerAt = (service: PushoverServer, over: object = {}) => tellerOf(settingsAt(service, over), now)
const critical = { id: 'halt', priority: 'critical', event: 'upgrade_halt_reached', title: 'Halted' } as const
const over = { id: 'done', priority: 'critical', standing: 'over', event: 'upgrade_completed', title: 'Done' } as const

describe('pushover', () => {
  it('shows a notification with the link of its subject', async () => {
    const service = await startPushover()
    await tellerAt(service).tell(whole)
    expect(service.shown).toStrictEqual([
      {
        token,
        user,
        title: 'v2 is scheduled for height 1,000',
        message:
          'Your node switches in about 3 h 20 min.\nProposal 7 passed.\nWhat to do: Make sure that v2 is in place.\nHeight: 1,000\nFor: 12\nBlock 1000: https://gov.example/b/1000\nlocal · high · 2026-11-26 14:05 UTC',
        priority: 1,
        url: 'https://gov.example/p/7?a=1&b=2',
        url_title: 'Proposal',
      },
    ])
  })

  it.each([
    ['low', { priority: -1 }],
    ['medium', { priority: 0 }],
    ['high', { priority: 1 }],
    ['critical', { priority: 2, retry: 90, expire: 7_200 }],
  ] as const)('%s is %j', async (priority, sent) => {
    const service = await startPushover()
    await tellerAt(service, { retry: '90s', expire: '2h' }).tell({ priority })
    expect(service.shown).toMatchObject([sent])
  })

  it('rings until it is acknowledged or the subject ends, also after a restart', async () => {
    const service = await startPushover()
    const teller = tellerAt(service)
    await teller.tell(critical)
    await teller.tell({ id: 'more', priority: 'medium' })
    await teller.tell({ ...critical, id: 'failed', title: 'Failed' })
    expect(service.ringing.size).toBe(2)
    // One was acknowledged, and is unknown now.
    service.ringing.delete([...service.ringing][0]!)
    teller.restart()
    await teller.tell(over)
    expect(service.ringing.size).toBe(0)
    expect(service.shown.at(-1)).toMatchObject({ title: 'Done', priority: 1 })
    expect([...teller.posted.values()]).toStrictEqual([{ receipts: [] }])
  })

  it('does not ring for a late notification, nor stops ringing for a late end', async () => {
    const service = await startPushover()
    const teller = tellerAt(service)
    await teller.tell(critical)
    await teller.tell(over, { outdated: true })
    expect(service.ringing.size).toBe(1)
    await teller.tell(over)
    await teller.tell({ ...critical, id: 'late', title: 'Late' }, { outdated: true })
    expect(service.ringing.size).toBe(0)
    expect(service.shown.at(-1)).toMatchObject({ title: '[closed] Late', priority: -1 })
  })

  it('stops ringing without a message if its filter excludes the end', async () => {
    const service = await startPushover()
    const teller = tellerAt(service, { minPriority: 'critical' })
    await teller.tell(critical)
    await teller.tell({ ...over, priority: 'high' })
    expect(service.ringing.size).toBe(0)
    expect(service.shown).toHaveLength(1)
  })

  it.each(['voted', 'voting_ended'] as const)(
    'stops ringing at %s, and shows it if the filter includes it',
    async (event) => {
      const service = await startPushover()
      const asks = { id: 'asks', event: 'not_voted', priority: 'critical' } as const
      const alone = tellerAt(service, { minPriority: 'critical' })
      await alone.tell(asks)
      await alone.tell({ id: 'answer', event, priority: 'low' })
      expect([service.ringing.size, service.shown.length]).toStrictEqual([0, 1])
      const all = tellerAt(service)
      await all.tell(asks)
      await all.tell({ id: 'answer', event, priority: 'low' })
      expect([service.ringing.size, service.shown.length]).toStrictEqual([0, 3])
    },
  )

  it('stops ringing even if the answer with the receipt was lost, and only for that subject', async () => {
    const service = await startPushover()
    const teller = tellerAt(service)
    await teller.tell({ ...critical, id: 'other', subject: 'local/8' })
    service.fail('commit-then-drop')
    expect(await failureOf(teller.tell(critical))).toMatchObject({ kind: 'transient' })
    teller.restart()
    await teller.tell(critical)
    expect(service.ringing.size).toBe(3)
    await teller.tell(over)
    expect(service.ringing.size).toBe(1)
  })

  it('continues where the last try to stop several was cut off', async () => {
    const service = await startPushover()
    const teller = tellerAt(service)
    for (const subject of ['local/7', 'local/7/preflight', 'local/7/hook'])
      await teller.tell({ ...critical, id: subject, subject })
    const before = service.calls.all.length
    service.fail('none', 'none', { status: 500, body: '' })
    expect(await failureOf(teller.tell(over))).toMatchObject({ kind: 'transient' })
    await teller.tell(over)
    expect(service.ringing.size).toBe(0)
    // Two cancels, a failed one, its retry, and the message.
    expect(service.calls.all).toHaveLength(before + 5)
  })

  it('stops what a former version let ring, by its receipt', async () => {
    const service = await startPushover()
    const teller = tellerAt(service)
    service.ringing.add('rLqVuqTRh62UzxtmqiaLzQmV000001')
    teller.posted.set('local/7', { receipts: ['rLqVuqTRh62UzxtmqiaLzQmV000001'] })
    await teller.tell(over)
    expect(service.ringing.size).toBe(0)
  })

  it('stops ringing before it shows the end of the subject', async () => {
    const service = await startPushover()
    const teller = tellerAt(service)
    await teller.tell(critical)
    service.fail({ status: 500, body: '' })
    expect(await failureOf(teller.tell(over))).toMatchObject({ kind: 'transient' })
    expect(service.ringing.size).toBe(1)
    expect(service.shown).toHaveLength(1)
    await teller.tell(over)
    expect(service.ringing.size).toBe(0)
    expect(service.shown).toHaveLength(2)
  })

  it.each([
    [
      { status: 429, headers: { 'x-limit-app-reset': '1750000600' }, body: { status: 0, errors: ['limit'] } },
      'transient',
      600_000,
    ],
    [{ status: 429, body: 'no' }, 'transient', 3_600_000],
    [{ status: 500, body: 'oops' }, 'transient', undefined],
    [{ status: 200, body: { status: 0, errors: ['message cannot be blank'] } }, 'permanent', undefined],
    [{ status: 400, body: { status: 0, errors: ['message cannot be blank'] } }, 'permanent', undefined],
    [{ status: 404, body: '<html>' }, 'transient', undefined],
    [{ status: 302, headers: { location: 'https://evil.example/' } }, 'permanent', undefined],
    ['html', 'transient', undefined],
    ['html-502', 'transient', undefined],
    ['commit-then-drop', 'transient', undefined],
    ['commit-then-500', 'transient', undefined],
  ] as const)('%j is %s', async (mishap, kind, retryAfterMs) => {
    const service = await startPushover()
    service.fail(mishap)
    expect(await failureOf(tellerAt(service).tell())).toMatchObject({ kind, retryAfterMs })
  })

  it('fails permanently on an unknown user, and shows neither key', async () => {
    const service = await startPushover()
    const failed = await failureOf(tellerAt(service, { user: 'x'.repeat(30) }).tell())
    expect(failed.kind).toBe('permanent')
    expect(failed.message).toMatch(/^Pushover at 127\.0\.0\.1:\d+ answered 400: user identifier is not a valid user/)
    expect(failed.message).not.toMatch(/x{30}|azGDO/)
  })

  async function tellAll(texts: readonly string[]): Promise<void> {
    const service = await startPushover()
    const teller = tellerAt(service)
    for (const [at, text] of texts.entries()) {
      await teller.tell({
        id: String(at),
        title: text,
        lines: [text, text, 'The end.'],
        facts: [{ name: text, value: text }],
        advice: `Do this: ${text}`,
        links: [{ label: text, url: `https://gov.example/${'p'.repeat(at * 50)}` }],
      })
    }
    expect(service.shown).toHaveLength(texts.length)
    expect(service.shown.filter(({ message }) => !message.includes('What to do: Do this'))).toStrictEqual([])
    // Nothing in them is interpreted as markup.
    expect(JSON.stringify(service.shown)).not.toMatch(/"html":|"monospace":/)
  }

  it('is within every limit, for any text', () => tellAll([...injections, '😀'.repeat(5_000), '"\\'.repeat(50_000)]))

  itOnProposals('is within every limit, for the texts of real proposals', tellAll)

  it('shows the title as the message if there is no other text', async () => {
    const service = await startPushover()
    await tellerAt(service).tell()
    expect(service.shown).toMatchObject([
      { message: 'v2 is scheduled for height 1,000\nlocal · high · 2026-11-26 14:05 UTC' },
    ])
  })
})

describe('the settings of pushover', () => {
  const problems = (given: object): readonly string[] =>
    (handlerSchema.safeParse(settingsAt({ url: 'https://api.pushover.net' }, given)).error?.issues ?? []).map(
      ({ path, message }) => `${path.join('.')}: ${message}`,
    )

  it.each([
    [{ token: 'abc' }, 'token: expected the token of an application: 30 letters and digits'],
    [{ user: '' }, 'user: expected the key of a user or a group: 30 letters and digits'],
    [{ retry: '29s' }, 'retry: expected a duration from 30s to 3h'],
    [{ expire: '4h' }, 'expire: expected a duration from 30s to 3h, such as 1h'],
  ])('refuse %j', (given, said) => {
    expect(problems(given)).toStrictEqual([said])
  })

  it('are checked without a message', async () => {
    const service = await startPushover()
    const check = async (given: object): Promise<string | undefined> => {
      const handler = handlerSchema.parse(settingsAt(service, given))
      return channelOf(handler).check?.(handler, { http: createHttpClient(), signal: new AbortController().signal })
    }
    expect(await check({})).toBe('Pushover knows the token and the user.')
    await expect(check({ token: 'y'.repeat(30) })).rejects.toThrow('application token is invalid')
    expect(service.shown).toStrictEqual([])
  })
})
