import { describe, expect, it } from 'vitest'
import { channelOf, handlerSchema } from '../../src/channels/registry.js'
import { injections, itOnProposals } from '../support/services/injections.js'
import { failureOf, tellerOf, whole } from '../support/services/messages.js'
import { type NtfyServer, startNtfy } from '../support/services/ntfyServer.js'

const tellerAt = ({ url }: NtfyServer, over: object = {}, now?: () => number) =>
  tellerOf({ type: 'ntfy', url: `${url}/gov-alerts`, timeout: '1m', ...over }, now)

describe('ntfy', () => {
  it('shows a notification that opens the link of its subject', async () => {
    const service = await startNtfy({ token: 'tk_abc' })
    await tellerAt(service, { token: 'tk_abc' }).tell(whole)
    expect(service.shown).toStrictEqual([
      {
        topic: 'gov-alerts',
        title: 'v2 is scheduled for height 1,000',
        message:
          'Your node switches in about 3 h 20 min.\nProposal 7 passed.\nWhat to do: Make sure that v2 is in place.\nHeight: 1,000\nFor: 12\nBlock 1000: https://gov.example/b/1000\nlocal · high · 2026-11-26 14:05 UTC',
        priority: 4,
        tags: ['warning'],
        click: 'https://gov.example/p/7?a=1&b=2',
        markdown: false,
        sequence_id: '5f2c29a2a60439461d061fc42d940e63a7fa08b7',
      },
    ])
  })

  it.each([
    [{ priority: 'low' }, 2, []],
    [{ priority: 'medium' }, 3, []],
    [{ priority: 'high' }, 4, ['warning']],
    [{ priority: 'critical' }, 5, ['rotating_light']],
    [{ standing: 'over' }, 4, ['white_check_mark']],
    [{ standing: 'over', event: 'proposal_failed' }, 4, ['warning']],
    [{ standing: 'withdrawn' }, 4, ['x']],
  ] as const)('%j has the priority %d', async (over, priority, tags) => {
    const service = await startNtfy()
    await tellerAt(service).tell(over)
    expect(service.shown).toMatchObject([{ priority, tags }])
  })

  it('is shown once after a lost answer, except by old servers', async () => {
    for (const isOld of [false, true]) {
      const service = await startNtfy({ isOld })
      const teller = tellerAt(service)
      service.fail('commit-then-drop')
      expect(await failureOf(teller.tell())).toMatchObject({ kind: 'transient' })
      await teller.tell()
      await teller.tell({ id: 'another' })
      expect(service.shown).toHaveLength(isOld ? 3 : 2)
    }
  })

  it.each([
    [{ status: 429, body: { code: 42_901, http: 429, error: 'limit reached: too many requests' } }, 'transient', 5_000],
    [
      { status: 429, headers: { 'retry-after': '7' }, body: { code: 42_901, http: 429, error: 'limit reached' } },
      'transient',
      7_000,
    ],
    // A daily quota is reset with the day; a wait is an hour at most.
    [
      { status: 429, body: { code: 42_908, http: 429, error: 'limit reached: daily messages' } },
      'transient',
      1_800_000,
    ],
    [{ status: 507, body: { code: 50_701, http: 507, error: 'storage full' } }, 'transient', undefined],
    [{ status: 403, body: { code: 40_301, http: 403, error: 'forbidden' } }, 'permanent', undefined],
    [{ status: 400, body: { code: 40_009, http: 400, error: 'topic invalid' } }, 'permanent', undefined],
    [{ status: 200, body: { success: true } }, 'transient', undefined],
    [{ status: 404, body: '<html>' }, 'transient', undefined],
    [{ status: 307, headers: { location: 'https://evil.example/' } }, 'permanent', undefined],
    ['html', 'transient', undefined],
    ['html-502', 'transient', undefined],
    ['commit-then-500', 'transient', undefined],
  ] as const)('%j is %s', async (mishap, kind, retryAfterMs) => {
    const service = await startNtfy()
    service.fail(mishap)
    const now = (): number => Date.parse('2026-11-26T23:30:00Z')
    expect(await failureOf(tellerAt(service, {}, now).tell())).toMatchObject({ kind, retryAfterMs })
  })

  it('fails permanently on a wrong token, and shows neither the token nor the topic', async () => {
    const service = await startNtfy({ token: 'tk_right' })
    const failed = await failureOf(tellerAt(service, { token: 'tk_wrong' }).tell())
    expect(failed.kind).toBe('permanent')
    expect(failed.message).toMatch(
      /^ntfy at 127\.0\.0\.1:\d+ answered 401: unauthorized\. Check the token, and what it may do with this topic\.$/,
    )
  })

  async function tellAll(texts: readonly string[]): Promise<void> {
    const service = await startNtfy()
    const teller = tellerAt(service)
    for (const [at, text] of texts.entries()) {
      await teller.tell({
        id: String(at),
        title: text,
        lines: [text, ...Array.from({ length: 200 }, (_, line) => `Line ${line}: ${text}`)],
        facts: [{ name: text, value: text }],
        advice: `Do this: ${text}`,
        links: [{ label: 'Proposal', url: `https://gov.example/${'p'.repeat(at * 50)}` }],
      })
    }
    expect(service.files).toStrictEqual([])
    expect(service.shown).toHaveLength(texts.length)
    // Omitted lines are counted, and the advice is never omitted.
    expect(service.shown.filter(({ message }) => !/\nand \d+ more$/.test(message))).toStrictEqual([])
    expect(service.shown.filter(({ message }) => !message.includes('What to do: Do this'))).toStrictEqual([])
  }

  it('never becomes an attachment, and is never too large, whatever the text', () =>
    tellAll([...injections, '😀'.repeat(5_000), '"\\\n'.repeat(5_000), 'ü'.repeat(4_096)]))

  itOnProposals('never becomes an attachment with the texts of real proposals', tellAll)
})

describe('the settings of ntfy', () => {
  it.each([
    'https://ntfy.sh',
    'https://ntfy.sh/',
    'https://ntfy.sh/docs',
    'https://ntfy.sh/a/b',
    'https://ntfy.sh/ä',
    'https://ntfy.sh/topic?auth=x',
    'ntfy.sh/topic',
    'ftp://ntfy.sh/topic',
  ])('refuse %s', (url) => {
    expect(handlerSchema.safeParse({ type: 'ntfy', url }).error?.issues[0]).toMatchObject({
      message: 'expected the URL of a topic, such as https://ntfy.sh/our-topic',
    })
  })

  it('treat topic and token as secrets', () => {
    const handler = handlerSchema.parse({ type: 'ntfy', url: 'https://ntfy.sh/our-topic', token: 'tk_abc' })
    expect(channelOf(handler).secrets(handler)).toStrictEqual({
      urls: ['https://ntfy.sh/our-topic'],
      secrets: ['our-topic', 'tk_abc'],
    })
  })
})
