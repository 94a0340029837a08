import { describe, expect, it } from 'vitest'
import { matrixRoom, startMatrix } from '../support/services/matrix.js'
import { routingKey, startPagerDuty } from '../support/services/pagerduty.js'
import { startPushover, token, user } from '../support/services/pushoverServer.js'
import { routedDelivery } from '../support/routedDelivery.js'

const hour = 3_600_000
/** Notifications about one proposal; the part after the id says what. */
const halt = ['7#halt', { event: 'upgrade_halt_reached', priority: 'critical' }] as const
const passed = ['7#passed', { event: 'proposal_passed', priority: 'high' }] as const
const done = ['7#done', { event: 'upgrade_completed', priority: 'high' }] as const

async function pagerGiven(rest: { readonly routes: readonly object[]; readonly minPriority?: string }) {
  const service = await startPagerDuty()
  const { routes, ...settings } = rest
  const pager = { type: 'pagerduty', name: 'pager', routingKey, apiUrl: service.url, ...settings }
  const delivery = routedDelivery({ routes, handlers: [pager, { type: 'log' }] })
  return { service, ...delivery }
}

describe('the end of a subject resolves its alert at a pager', () => {
  it.each([
    ['is routed elsewhere', [{ match: { priority: 'critical' }, to: ['pager'] }, { to: ['log'] }]],
    ['goes into a digest', [{ digest: '0 9 * * *' }]],
    ['waits for a group', [{ group: { by: ['subject'], wait: '1h', interval: '1h' } }]],
    ['falls into quiet hours', [{ quietHours: ['00:00-08:00'] }]],
  ])('at once, also when the notification %s', async (_case, routes) => {
    const { service, happens } = await pagerGiven({ routes })
    await happens(hour, [...halt])
    expect([...service.alerts.values()]).toStrictEqual(['triggered'])
    await happens(2 * hour, [...done])
    expect([...service.alerts.values()]).toStrictEqual(['resolved'])
    await happens(24 * hour)
    expect(service.events.map((event) => event.event_action)).toStrictEqual(['trigger', 'resolve'])
  })

  it('when an emergency proposal passes that has nothing left to execute', async () => {
    const { service, happens } = await pagerGiven({ routes: [] })
    const passes = (underWay: boolean) =>
      ({
        event: 'proposal_passed',
        data: { contract: '0xc0ffee', proposalId: '7', underWay, plan: null },
      }) as const
    await happens(hour, ['7#urgent', { event: 'emergency_proposal', priority: 'critical' }])
    await happens(2 * hour, ['7#ahead', passes(true)])
    expect([...service.alerts.values()]).toStrictEqual(['triggered'])
    await happens(3 * hour, ['7#passed', passes(false)])
    expect([...service.alerts.values()]).toStrictEqual(['resolved'])
  })

  it('when the vote ends, if the alert only asked for our vote', async () => {
    const routes = [{ match: { event: 'not_voted' }, to: ['pager'] }, { to: ['log'] }]
    const { service, happens } = await pagerGiven({ routes, minPriority: 'high' })
    await happens(hour, ['7#asks', { event: 'not_voted', priority: 'high' }])
    expect([...service.alerts.values()]).toStrictEqual(['triggered'])
    await happens(2 * hour, ['7#ended', { event: 'voting_ended' }], ['8#ended', { event: 'voting_ended' }])
    expect([...service.alerts]).toStrictEqual([['local/0xc0ffee/7', 'resolved']])
  })

  it('without opening an alert when the subject ended before its notification was delivered', async () => {
    const routes = [{ quietHours: ['00:00-08:00'] }]
    const { service, happens } = await pagerGiven({ routes, minPriority: 'high' })
    await happens(hour, [...passed])
    await happens(2 * hour, [...done])
    await happens(9 * hour)
    expect(service.pages).toStrictEqual([])
    expect([...service.alerts.values()]).not.toContain('triggered')
  })

  it('without opening an alert when its dead letter is sent again after the end', async () => {
    const routes = [{ match: { priority: 'critical' }, to: ['pager'] }, { to: ['log'] }]
    const { service, happens, resend } = await pagerGiven({ routes })
    service.fail({ status: 400, body: { status: 'invalid event', message: 'Event object is invalid', errors: ['x'] } })
    expect(await happens(hour, [...halt])).toMatchObject([{ result: 'buried' }])
    await happens(2 * hour, [...done])
    await resend(3 * hour)
    expect(service.pages).toStrictEqual([])
  })

  it('and sends nothing to a pager that got no notification about it', async () => {
    const { service, happens } = await pagerGiven({
      routes: [{ match: { priority: 'critical' }, to: ['pager'] }, { to: ['log'] }],
    })
    await happens(hour, [...passed])
    await happens(2 * hour, [...done])
    expect(service.events).toStrictEqual([])
  })

  it('when the vote ends, if our vote was missing; our vote acknowledges the alert', async () => {
    const { service, happens } = await pagerGiven({ routes: [{ to: ['pager'] }], minPriority: 'high' })
    await happens(
      hour,
      ['7#missing', { event: 'not_voted', priority: 'high' }],
      ['8#missing', { event: 'not_voted', priority: 'high' }],
    )
    await happens(2 * hour, ['7#voted', { event: 'voted', priority: 'low' }])
    expect([...service.alerts.values()]).toStrictEqual(['acknowledged', 'triggered'])
    await happens(
      3 * hour,
      ['7#rejected', { event: 'proposal_rejected' }],
      ['8#rejected', { event: 'proposal_rejected' }],
    )
    expect([...service.alerts.values()]).toStrictEqual(['resolved', 'resolved'])
    expect(service.pages).toHaveLength(2)
  })

  it('and stops the ringing of a phone, without showing a message that its filter excludes', async () => {
    const service = await startPushover()
    const phone = { type: 'pushover', name: 'phone', token, user, apiUrl: service.url, minPriority: 'critical' }
    const { happens } = routedDelivery({ handlers: [phone] })
    await happens(hour, [...halt])
    expect(service.ringing.size).toBe(1)
    await happens(2 * hour, [...done])
    expect(service.ringing.size).toBe(0)
    expect(service.shown.map(({ title }) => title)).toStrictEqual(['New: 7#halt'])
    // A subject of which the phone got nothing.
    await happens(3 * hour, ['8#done', { event: 'upgrade_completed', priority: 'high' }])
    expect(service.shown).toHaveLength(1)
  })
})

describe('a notification that no route takes', () => {
  const routes = [{ match: { event: 'upgrade_halt_reached' } }, { to: ['log'] }]
  const moved = {
    event: 'upgrade_rescheduled',
    priority: 'critical',
    data: { contract: '0xc0ffee', proposalId: '8', key: 'local/0xc0ffee/8', before: { key: 'local/0xc0ffee/7' } },
  } as const

  it('resolves the alert of a plan replaced by another proposal, and opens none for the new one', async () => {
    const { service, happens } = await pagerGiven({ routes })
    await happens(hour, [...halt])
    await happens(2 * hour, ['8#moved', moved])
    expect([...service.alerts]).toStrictEqual([['local/0xc0ffee/7', 'resolved']])
  })

  it.each([
    ['the end', done],
    ['the rescheduling', ['8#moved', moved]],
  ] as const)('ends the ringing of a phone, which shows no message of %s', async (_, told) => {
    const service = await startPushover()
    const phone = { type: 'pushover', name: 'phone', token, user, apiUrl: service.url, rate: 'unlimited' }
    const { happens } = routedDelivery({ handlers: [phone, { type: 'log' }], routes })
    await happens(hour, [...halt])
    await happens(2 * hour, [...told])
    expect(service.ringing.size).toBe(0)
    expect(service.shown.map(({ title }) => title)).toStrictEqual(['New: 7#halt'])
  })
})

describe('a held notification', () => {
  it('does not reset a message that already shows a later one', async () => {
    let clock = 0
    const room = await startMatrix({ now: () => (clock += 1_000) })
    const matrix = { type: 'matrix', name: 'room', homeserver: room.url, token: 'hook-secret', room: matrixRoom }
    const routes = [{ match: { event: 'new_proposal' } }, { quietHours: ['00:00-08:00'] }]
    const { happens } = routedDelivery({ handlers: [matrix], routes })
    await happens(hour, ['7#new'])
    await happens(2 * hour, [...passed])
    await happens(3 * hour, [...halt])
    await happens(9 * hour)

    const titles = room.transcript().filter((line) => line.includes('New:'))
    expect(titles).toStrictEqual(['New: 7#halt', '0> New: 7#halt', '0> New: 7#passed'])
  })

  it('of one subject updates the message of that subject, as a single notification does', async () => {
    let clock = 0
    const room = await startMatrix({ now: () => (clock += 1_000) })
    const matrix = { type: 'matrix', name: 'room', homeserver: room.url, token: 'hook-secret', room: matrixRoom }
    const routes = [{ group: { by: ['subject'], wait: '30s', interval: '1m' } }]
    const { happens } = routedDelivery({ handlers: [matrix], routes })
    await happens(0, ['7#new'])
    await happens(30_000)
    await happens(60_000, [...passed])
    await happens(70_000, [...done])
    await happens(90_000)

    expect(room.transcript().filter((line) => line.includes('New:'))).toStrictEqual([
      '[closed] New: 7#done',
      'Before that: New: 7#passed',
      '0> New: 7#done',
      '0> Before that: New: 7#passed',
    ])
  })
})
