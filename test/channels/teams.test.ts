import { describe, expect, it } from 'vitest'
import { injections, itOnProposals } from '../support/services/injections.js'
import { failureOf, tellerOf, whole } from '../support/services/messages.js'
import { startTeamsWorkflow, type TeamsWorkflow } from '../support/services/teamsWorkflow.js'

const tellerAt = ({ webhookUrl }: TeamsWorkflow) => tellerOf({ type: 'teams', webhookUrl, timeout: '1m' })

describe('teams', () => {
  it('shows a card with all parts, and buttons that name their host', async () => {
    const service = await startTeamsWorkflow()
    await tellerAt(service).tell(whole)
    expect(service.failedRuns).toStrictEqual([])
    expect(service.shown).toStrictEqual([
      {
        text: [
          'v2 is scheduled for height 1,000',
          'Your node switches in about 3 h 20 min.',
          'Proposal 7 passed.',
          'What to do',
          'Make sure that v2 is in place.',
          'Height: 1,000',
          'For: 12',
          'local · high · 2026-11-26 14:05 UTC',
        ].join('\n'),
        links: [
          ['Proposal (gov.example)', 'https://gov.example/p/7?a=1&b=2'],
          ['Block 1000 (gov.example)', 'https://gov.example/b/1000'],
        ],
        pings: [],
      },
    ])
  })

  it('needs neither links nor facts nor advice', async () => {
    const service = await startTeamsWorkflow()
    await tellerAt(service).tell({ standing: 'over' })
    expect(service.failedRuns).toStrictEqual([])
    expect(service.shown).toMatchObject([
      { links: [], text: 'v2 is scheduled for height 1,000\nlocal · high · 2026-11-26 14:05 UTC' },
    ])
  })

  it.each([
    ['html', 'transient'],
    ['html-502', 'transient'],
    ['drop', 'transient'],
    ['commit-then-drop', 'transient'],
    ['commit-then-500', 'transient'],
    [{ status: 429, headers: { 'retry-after': '7' }, body: '' }, 'transient'],
    [{ status: 404, body: '' }, 'permanent'],
    [{ status: 410, body: '' }, 'permanent'],
    [{ status: 403, headers: { 'content-type': 'text/html' }, body: '<html>' }, 'transient'],
    [{ status: 307, headers: { location: 'https://evil.example/' } }, 'permanent'],
    // As connectors reported failures.
    [
      {
        status: 200,
        body: 'Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429',
      },
      'transient',
    ],
    [{ status: 200, body: { error: { code: 'Throttled', message: 'Later' } } }, 'transient'],
  ] as const)('%j is %s', async (mishap, kind) => {
    const service = await startTeamsWorkflow()
    service.fail(mishap)
    expect(await failureOf(tellerAt(service).tell())).toMatchObject({ kind })
  })

  it('waits as long as Retry-After says', async () => {
    const service = await startTeamsWorkflow()
    service.fail({ status: 429, headers: { 'retry-after': '7' }, body: '' })
    expect(await failureOf(tellerAt(service).tell())).toMatchObject({ retryAfterMs: 7_000 })
  })

  it('fails permanently if the workflow refuses it, and does not show its URL', async () => {
    const service = await startTeamsWorkflow()
    const webhookUrl = service.webhookUrl.replace('s3cr3t', 'other-s3cr3t')
    const failed = await failureOf(tellerOf({ type: 'teams', webhookUrl }).tell())
    expect(failed.kind).toBe('permanent')
    expect(failed.message).toMatch(
      /^Teams at 127\.0\.0\.1:\d+ answered 401: The request must be authenticated\. Check that the workflow is there, is on, and has this URL\.$/,
    )
  })

  it('accepts a workflow with its own answer', async () => {
    const service = await startTeamsWorkflow()
    service.fail({ status: 200, body: { posted: true } }, { status: 200, body: '1' })
    await expect(tellerAt(service).tell()).resolves.toBeUndefined()
    await expect(tellerAt(service).tell()).resolves.toBeUndefined()
  })

  async function tellAll(texts: readonly string[]): Promise<void> {
    const service = await startTeamsWorkflow()
    const teller = tellerAt(service)
    for (const [at, text] of texts.entries()) {
      await teller.tell({
        id: String(at),
        title: text,
        lines: Array.from({ length: 60 }, (_, line) => `${line} ${text}`),
        facts: Array.from({ length: 30 }, () => ({ name: text, value: text })),
        advice: text,
        links: Array.from({ length: 30 }, (_, link) => ({ label: text, url: `https://gov.example/${link}` })),
      })
      await teller.tell({ id: `${at}-short`, title: text, lines: [text, text], facts: [{ name: 'a', value: 'b' }] })
    }
    expect(service.failedRuns).toStrictEqual([])
    expect(service.shown).toHaveLength(2 * texts.length)
    expect(service.shown.flatMap(({ pings }) => pings)).toStrictEqual([])
    const targets = service.shown.flatMap(({ links }) => links.map(([, to]) => new URL(to).host))
    expect(new Set(targets)).toStrictEqual(new Set(['gov.example']))
    expect(service.shown.filter(({ text }) => /\nand \d+ more\n/.test(text)).length).toBeGreaterThanOrEqual(
      texts.length,
    )
  }

  it('posts a card of limited size for any text, without mentions and other links', () =>
    tellAll([
      ...injections,
      '<at>Everyone</at> <AT id="0">x</AT>',
      '😀'.repeat(5_000),
      '"\\'.repeat(5_000),
      '提案'.repeat(5_000),
    ]))

  itOnProposals('posts a card for the texts of real proposals', tellAll)
})
