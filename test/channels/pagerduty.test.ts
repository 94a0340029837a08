import { describe, expect, it } from 'vitest'
import { channelOf, handlerSchema } from '../../src/channels/registry.js'
import { passesFilter } from '../../src/channels/filter.js'
import { messageOf } from '../../src/domain/notifications/message.js'
import { createHttpClient } from '../../src/transport/createHttpClient.js'
import { injections, itOnProposals } from '../support/services/injections.js'
import { failureOf, tellerOf, whole } from '../support/services/messages.js'
import { type PagerDuty, routingKey, startPagerDuty } from '../support/services/pagerduty.js'
import { notification } from '../support/storeGiven.js'

const tellerAt = ({ url }: PagerDuty, over: object = {}) =>
  tellerOf({ type: 'pagerduty', routingKey, apiUrl: url, timeout: '1m', ...over })

const openedAt = ({ url }: PagerDuty) => {
  const settings = handlerSchema.parse({ type: 'pagerduty', routingKey, apiUrl: url, timeout: '1m' })
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
  return channelOf(settings).open(settings, { log, http: createHttpClient(), now: () => 0, compose: messageOf })
}

const critical = { id: 'halt', priority: 'critical', event: 'upgrade_halt_reached', title: 'Halted' } as const
const over = { id: 'done', standing: 'over', event: 'upgrade_completed', title: 'Done' } as const

describe('pagerduty', () => {
  it('opens an alert under the key of the subject, with all details', async () => {
    const service = await startPagerDuty()
    await tellerAt(service).tell(whole)
    expect(service.events).toStrictEqual([
      {
        routing_key: routingKey,
        event_action: 'trigger',
        dedup_key: 'local/7',
        client: 'govstream',
        payload: {
          summary: 'local: v2 is scheduled for height 1,000',
          source: 'govstream: local',
          severity: 'error',
          timestamp: '2026-11-26T14:05:00Z',
          component: 'local',
          group: 'local/7',
          class: 'upgrade_scheduled',
          custom_details: {
            'What to do': 'Make sure that v2 is in place.',
            'What happened': 'Your node switches in about 3 h 20 min.\nProposal 7 passed.',
            Facts: 'Height: 1,000\nFor: 12',
          },
        },
        links: [
          { href: 'https://gov.example/p/7?a=1&b=2', text: 'Proposal' },
          { href: 'https://gov.example/b/1000', text: 'Block 1000' },
        ],
      },
    ])
    expect(service.pages).toStrictEqual(['local: v2 is scheduled for height 1,000'])
  })

  it('resolves the alert of a plan that was replaced by another proposal', async () => {
    const service = await startPagerDuty()
    const teller = tellerAt(service)
    await teller.tell({ ...critical, subject: 'hub/gov/5' })
    const moved = { id: 'moved', event: 'upgrade_rescheduled', priority: 'critical', subject: 'hub/gov/6' } as const
    await teller.tell(moved, { data: { key: 'hub/gov/6', before: { key: 'hub/gov/5' } } })
    expect([...service.alerts]).toStrictEqual([
      ['hub/gov/5', 'resolved'],
      ['hub/gov/6', 'triggered'],
    ])
    await teller.tell({ ...moved, id: 'again' }, { data: { key: 'hub/gov/6', before: { key: 'hub/gov/6' } } })
    expect(service.alerts.get('hub/gov/6')).toBe('triggered')
  })

  it('resolves that alert even if its filter excludes the rescheduling, and opens none for it', async () => {
    const service = await startPagerDuty()
    const teller = tellerAt(service)
    await teller.tell({ ...critical, subject: 'hub/gov/5' })
    teller.reconfigure({ events: ['upgrade_refused'] })
    const moved = { id: 'moved', event: 'upgrade_rescheduled', priority: 'critical', subject: 'hub/gov/6' } as const
    await teller.tell(moved, { data: { key: 'hub/gov/6', before: { key: 'hub/gov/5' } } })
    expect([...service.alerts]).toStrictEqual([['hub/gov/5', 'resolved']])
  })

  it('resolves that alert even if a route excludes the rescheduling, and opens none for it', async () => {
    const service = await startPagerDuty()
    const teller = tellerAt(service)
    await teller.tell({ ...critical, subject: 'hub/gov/5' })
    const moved = { id: 'moved', event: 'upgrade_rescheduled', priority: 'critical', subject: 'hub/gov/6' } as const
    await teller.tell(moved, { data: { key: 'hub/gov/6', before: { key: 'hub/gov/5' } }, closesOnly: true })
    expect([...service.alerts]).toStrictEqual([['hub/gov/5', 'resolved']])
  })

  it('adds no late notification to an alert that was resolved by a rescheduling', async () => {
    const service = await startPagerDuty()
    const teller = tellerAt(service)
    await teller.tell({ ...critical, subject: 'hub/gov/5' })
    const moved = { id: 'moved', event: 'upgrade_rescheduled', priority: 'critical', subject: 'hub/gov/6' } as const
    await teller.tell(moved, { data: { key: 'hub/gov/6', before: { key: 'hub/gov/5' } } })
    await teller.tell({ id: 'late', subject: 'hub/gov/5' }, { outdated: true })
    expect(service.alerts.get('hub/gov/5')).toBe('resolved')
  })

  it('names the chain once in the summary', async () => {
    const service = await startPagerDuty()
    const teller = tellerAt(service)
    for (const title of ['Upgrade v2 failed', 'local cannot be read', 'local: the state was damaged', 'locals only'])
      await teller.tell({ id: title, subject: title, title })
    expect(service.pages).toStrictEqual([
      'local: Upgrade v2 failed',
      'local cannot be read',
      'local: the state was damaged',
      'local: locals only',
    ])
  })

  it.each([
    ['low', 'info'],
    ['medium', 'warning'],
    ['high', 'error'],
    ['critical', 'critical'],
  ] as const)('%s is %s', async (priority, severity) => {
    const service = await startPagerDuty()
    await tellerAt(service).tell({ priority })
    expect(service.events).toMatchObject([{ payload: { severity } }])
  })

  it.each(['over', 'withdrawn'] as const)(
    'resolves the alert of a subject that is %s, also after a restart',
    async (standing) => {
      const service = await startPagerDuty()
      const teller = tellerAt(service)
      await teller.tell()
      teller.restart()
      await teller.tell({ ...over, standing })
      expect([...service.alerts]).toStrictEqual([['local/7', 'resolved']])
    },
  )

  it('does not page again for an addition to an alert', async () => {
    const service = await startPagerDuty()
    const teller = tellerAt(service)
    await teller.tell()
    await teller.tell({ id: 'imminent', title: 'Imminent' })
    expect(service.pages).toHaveLength(1)
    expect(service.events).toHaveLength(2)
  })

  it('pages for a critical notification, even if the alert is acknowledged', async () => {
    const service = await startPagerDuty()
    const teller = tellerAt(service)
    await teller.tell()
    service.acknowledgeAll()
    teller.restart()
    await teller.tell(critical)
    expect(service.pages).toStrictEqual(['local: v2 is scheduled for height 1,000', 'local: Halted'])
    expect(service.alerts.get('local/7')).toBe('triggered')
    await teller.tell(over)
    expect(service.alerts.get('local/7')).toBe('resolved')
  })

  const asks = { id: 'asks', event: 'not_voted', priority: 'high', title: 'Not voted yet' } as const
  const ended = { id: 'ended', event: 'voting_ended', priority: 'medium', title: 'Voting ended' } as const

  it('resolves the alert about our missing vote when the vote ends, even if acknowledged', async () => {
    const service = await startPagerDuty()
    const teller = tellerAt(service, { minPriority: 'high', events: ['not_voted'] })
    await teller.tell(asks)
    await teller.tell({ ...asks, id: 'again' })
    service.acknowledgeAll()
    teller.restart()
    await teller.tell(ended)
    expect(service.alerts.get('local/7')).toBe('resolved')
    expect(service.events.map(({ event_action: action }) => action)).toStrictEqual(['trigger', 'trigger', 'resolve'])
    // A later one opens nothing.
    await teller.tell({ ...ended, id: 'later' })
    expect(service.pages).toHaveLength(1)
  })

  it('keeps an alert open at the end of the vote if it is about more than our vote', async () => {
    const service = await startPagerDuty()
    const teller = tellerAt(service)
    await teller.tell(critical)
    await teller.tell(asks)
    await teller.tell(ended)
    expect(service.alerts.get('local/7')).toBe('triggered')
    expect(service.events).toHaveLength(2)
  })

  it('opens another alert after the former one of the subject was resolved', async () => {
    const service = await startPagerDuty()
    const teller = tellerAt(service)
    await teller.tell(critical)
    await teller.tell(over)
    await teller.tell({ ...critical, id: 'again', title: 'Again' })
    expect(service.pages).toStrictEqual(['local: Halted', 'local: Again'])
    expect(service.events.map(({ event_action: action }) => action)).toStrictEqual(['trigger', 'resolve', 'trigger'])
  })

  it('opens nothing for a late notification of a subject that ended', async () => {
    const service = await startPagerDuty()
    const teller = tellerAt(service)
    await teller.tell(critical)
    await teller.tell(over)
    await teller.tell({ id: 'held' }, { outdated: true })
    expect(service.pages).toStrictEqual(['local: Halted'])
    expect(service.alerts.get('local/7')).toBe('resolved')
  })

  it('does not resolve an alert opened after a late end, and adds late notifications to it', async () => {
    const service = await startPagerDuty()
    const teller = tellerAt(service)
    await teller.tell(critical)
    await teller.tell(over, { outdated: true })
    await teller.tell({ id: 'held', title: 'Held' }, { outdated: true, newest: critical })
    expect(service.pages).toStrictEqual(['local: Halted'])
    expect(service.alerts.get('local/7')).toBe('triggered')
    expect(service.events.at(-1)).toMatchObject({ event_action: 'trigger', payload: { summary: 'local: Held' } })
    await teller.tell(over)
    expect(service.alerts.get('local/7')).toBe('resolved')
  })

  it.each(['commit-then-drop', 'commit-then-500'] as const)('does not page twice: %s', async (mishap) => {
    const service = await startPagerDuty()
    const teller = tellerAt(service)
    service.fail(mishap)
    expect(await failureOf(teller.tell(critical))).toMatchObject({ kind: 'transient' })
    await teller.tell(critical)
    expect(service.pages).toStrictEqual(['local: Halted'])
  })

  it.each(['commit-then-drop', 'commit-then-500'] as const)(
    'does not page twice for the next one: %s',
    async (mishap) => {
      const service = await startPagerDuty()
      const teller = tellerAt(service)
      await teller.tell({ ...critical, id: 'first', title: 'First' })
      service.fail('none', mishap)
      expect(await failureOf(teller.tell(critical))).toMatchObject({ kind: 'transient' })
      await teller.tell(critical)
      expect(service.pages).toStrictEqual(['local: First', 'local: Halted'])
      await teller.tell({ ...critical, id: 'third', title: 'Third' })
      expect(service.pages.at(-1)).toBe('local: Third')
    },
  )

  it('takes at most three times its timeout, and continues where the last try was cut off', async () => {
    const service = await startPagerDuty()
    const teller = tellerAt(service)
    for (const subject of ['local/7', 'local/7/preflight', 'local/7/hook'])
      await teller.tell({ ...critical, id: subject, subject })
    const sent = service.events.length
    service.fail('none', { status: 500, body: '' })
    expect(await failureOf(teller.tell(over))).toMatchObject({ kind: 'transient' })
    await teller.tell(over)
    expect([...service.alerts.values()]).toStrictEqual(['resolved', 'resolved', 'resolved'])
    expect(service.events).toHaveLength(sent + 3)
    expect(openedAt(service).timeoutMs).toBe(180_000)
  })

  it('pauses after too many events', async () => {
    const service = await startPagerDuty(() => 0)
    const teller = tellerAt(service)
    for (let count = 0; count < 120; count += 1) await teller.tell({ id: String(count) })
    expect(await failureOf(teller.tell())).toMatchObject({ kind: 'transient', retryAfterMs: 30_000 })
  })

  it('pauses as long as a gateway asks', async () => {
    const service = await startPagerDuty()
    service.fail({ status: 429, headers: { 'retry-after': '120' }, body: '' })
    expect(await failureOf(tellerAt(service).tell())).toMatchObject({ kind: 'transient', retryAfterMs: 120_000 })
  })

  it('fails permanently on an unknown key, and does not show it', async () => {
    const service = await startPagerDuty()
    const wrong = 'f'.repeat(32)
    const failed = await failureOf(tellerAt(service, { routingKey: wrong }).tell())
    expect(failed.kind).toBe('permanent')
    expect(failed.message).toMatch(
      /^PagerDuty at 127\.0\.0\.1:\d+ answered 400: Event object is invalid: 'routing_key' \(secret\) is not known\. Check that the key/,
    )
    expect(failed.message).not.toContain(wrong)
  })

  it.each([
    ['html', 'transient'],
    ['html-502', 'transient'],
    ['drop', 'transient'],
    [{ status: 202, body: '' }, 'transient'],
    [{ status: 403, body: '<html>proxy</html>' }, 'transient'],
    [{ status: 503, body: '' }, 'transient'],
    [{ status: 302, headers: { location: 'https://evil.example/' } }, 'permanent'],
  ] as const)('does not accept another answer as a receipt: %j', async (mishap, kind) => {
    const service = await startPagerDuty()
    service.fail(mishap)
    expect(await failureOf(tellerAt(service).tell())).toMatchObject({ kind })
  })

  async function tellAll(texts: readonly string[]): Promise<void> {
    let minutes = 0
    const service = await startPagerDuty(() => minutes * 60_000)
    const teller = tellerAt(service)
    for (const [at, text] of texts.entries()) {
      minutes = at
      await teller.tell({
        id: String(at),
        subject: `local/${text}`,
        title: text,
        lines: Array.from({ length: 60 }, () => text),
        facts: Array.from({ length: 30 }, () => ({ name: text, value: text })),
        advice: text,
        links: Array.from({ length: 100 }, () => ({ label: text, url: 'https://gov.example/p/7' })),
      })
    }
    expect(service.pages).toHaveLength(new Set(texts).size)
  }

  it('is within every limit, for any text', () => tellAll([...injections, '😀'.repeat(5_000), '"\\'.repeat(5_000)]))

  itOnProposals('is within every limit, for the texts of real proposals', tellAll)
})

describe('the settings of pagerduty', () => {
  const settings = { type: 'pagerduty', routingKey }

  it('select critical notifications by default, and those that close an alert', () => {
    const filter = handlerSchema.parse({ ...settings, chains: ['local'] })
    const passes = (about: object): boolean => passesFilter(filter, notification('n-1', about))
    expect(passes({ priority: 'high' })).toBe(false)
    expect(passes({ priority: 'critical' })).toBe(true)
    expect(passes({ priority: 'high', event: 'upgrade_completed' })).toBe(true)
    expect(passes({ priority: 'high', event: 'proposal_retracted' })).toBe(true)
    expect(passes({ priority: 'low', event: 'voted' })).toBe(true)
    expect(passes({ priority: 'high', event: 'upgrade_completed', chain: 'other' })).toBe(false)
    expect(
      passesFilter(
        handlerSchema.parse({ ...settings, closes: false }),
        notification('n', { event: 'upgrade_completed', priority: 'high' }),
      ),
    ).toBe(false)
  })

  it.each(['', 'abc', `${routingKey}0`, `${routingKey.slice(1)}-`])('refuse the key %j', (wrong) => {
    expect(handlerSchema.safeParse({ ...settings, routingKey: wrong }).error?.issues).toMatchObject([
      { message: 'expected an integration key of 32 letters and digits' },
    ])
  })
})
