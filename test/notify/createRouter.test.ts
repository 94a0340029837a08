import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Notification } from '../../src/domain/notifications/notification.js'
import type { NotificationRoute, Silence } from '../../src/domain/notifications/routing.js'
import { createRouter, type RoutedHandler, type RouteRule } from '../../src/notify/createRouter.js'
import { notification } from '../support/storeGiven.js'

const all = () => true
const rule = (parts: Partial<RouteRule>): RouteRule => ({ match: {}, continue: false, ...parts })
const silence = (match: Silence['match'], id = '1'): Silence => ({
  id,
  match,
  until: 10,
  comment: 'x',
  by: 'ann',
  held: 0,
})

function router(rules: readonly RouteRule[], wants: Readonly<Record<string, (about: Notification) => boolean>> = {}) {
  const named = Object.entries({ ops: all, pager: all, log: all, ...wants })
  const handlers = new Map(named.map(([key, wanted]) => [key, { wants: wanted, bundles: key !== 'log' }] as const))
  return createRouter({ rules, handlers, timezone: 'Europe/Berlin', systemOf: () => 'governor' })
}
const routed = (route: NotificationRoute, about: Notification, silences: readonly Silence[] = []) => {
  const answer = route(about, { at: 0, silences })
  return 'to' in answer ? answer : { to: answer }
}
const to = (route: NotificationRoute, about: Notification) => routed(route, about).to

describe('createRouter', () => {
  const critical = notification('c', { event: 'upgrade_triggered', priority: 'critical' })
  const medium = notification('m', { priority: 'medium' })

  it('gives everything to every handler if there are no routes', () => {
    expect(to(router([]), medium)).toStrictEqual(['ops', 'pager', 'log'])
  })

  it('uses the first rule that matches', () => {
    const route = router([rule({ match: { priority: 'critical' }, to: ['pager'] }), rule({ to: ['ops'] })])
    expect(to(route, critical)).toStrictEqual(['pager'])
    expect(to(route, medium)).toStrictEqual(['ops'])
  })

  it('also uses the next rule after one with continue, and gives each handler a notification once', () => {
    const route = router([
      rule({ match: { priority: 'high' }, to: ['pager'], continue: true }),
      rule({ match: { priority: 'critical' }, to: ['pager', 'ops'] }),
      rule({ to: ['log'] }),
    ])
    expect(to(route, critical)).toStrictEqual(['ops', 'pager'])
    expect(to(route, notification('h', { priority: 'high' }))).toStrictEqual(['pager', 'log'])
    expect(to(route, medium)).toStrictEqual(['log'])
  })

  it('gives what no rule matches to every handler', () => {
    const route = router([rule({ match: { chain: 'mian' }, to: ['pager'] })])
    expect(to(route, critical)).toStrictEqual(['ops', 'pager', 'log'])
  })

  it('gives a notification that closes a subject at once to handlers that were told of the subject', () => {
    const handlers = new Map<string, RoutedHandler>([
      [
        'pager',
        { wants: () => false, closes: ({ event }: Notification) => event === 'upgrade_completed', bundles: false },
      ],
      ['log', { wants: all, bundles: true }],
    ])
    const rules = [rule({ digest: '0 9 * * *', to: ['log'] })]
    const route = createRouter({ rules, handlers, timezone: 'UTC', systemOf: () => 'governor' })
    const done = notification('1', { event: 'upgrade_completed', priority: 'high' })
    const toldOf = (told: readonly string[]) => (handler: string, subject: string) =>
      told.includes(`${handler} ${subject}`)
    const routedWhen = (hasTold: (handler: string, subject: string) => boolean, about = done) =>
      route(about, { at: 0, silences: [], hasTold })

    const digested = { handler: 'log' }
    expect(routedWhen(toldOf(['pager local/0xc0ffee/1']))).toMatchObject({ to: ['pager', digested] })
    expect(routedWhen(toldOf(['log local/0xc0ffee/1', 'pager local/0xc0ffee/2']))).toMatchObject({ to: [digested] })
    expect(routedWhen(() => true, medium)).toMatchObject({ to: [digested] })
    expect(route(done, { at: 0, silences: [silence({ event: '*' })], hasTold: () => true })).toMatchObject({ to: [] })
  })

  it('gives a rescheduled plan to handlers that were told of the plan before, whatever rules and filters say', () => {
    const data = { contract: '0xc0ffee', proposalId: '2', key: 'local/0xc0ffee/2', before: { key: 'local/0xc0ffee/1' } }
    const moved = notification('2', { event: 'upgrade_rescheduled', priority: 'critical', data })
    const routedTo = (wants: boolean, told: string) => {
      const handlers = new Map([['pager', { wants: () => wants, closes: all, bundles: false }]])
      const route = createRouter({
        rules: [rule({ to: ['log'] })],
        handlers,
        timezone: 'UTC',
        systemOf: () => 'governor',
      })
      return route(moved, { at: 0, silences: [], hasTold: (_, subject) => subject === told })
    }
    expect(routedTo(false, 'local/0xc0ffee/1')).toStrictEqual({ to: ['pager'] })
    expect(routedTo(false, 'local/0xc0ffee/2')).toStrictEqual({ to: [] })
    expect(routedTo(true, 'local/0xc0ffee/1')).toStrictEqual({ to: ['pager'] })
    expect(routedTo(true, 'local/0xc0ffee/2')).toStrictEqual({ to: [] })
  })

  it('reports the outage of a channel only to other channels, and to all others if no rule names one', () => {
    const about = notification('o', { event: 'channel_down', priority: 'high', data: { channel: 'pager' } })
    expect(to(router([]), about)).toStrictEqual(['ops', 'log'])
    expect(to(router([rule({ to: ['pager', 'log'] })]), about)).toStrictEqual(['log'])
    expect(to(router([rule({ to: ['pager'] })]), about)).toStrictEqual(['ops', 'log'])
    expect(to(router([rule({ to: ['pager'] })], { ops: () => false }), about)).toStrictEqual(['log'])
    expect(to(router([rule({ to: ['pager'] })]), medium)).toStrictEqual(['pager'])
  })

  it('uses every handler for a rule that names none', () => {
    expect(to(router([rule({ match: { priority: 'critical' } })]), critical)).toStrictEqual(['ops', 'pager', 'log'])
  })

  it('applies the filters of the handlers after the rules', () => {
    const route = router([rule({ to: ['pager', 'log'] })], { pager: ({ priority }) => priority === 'critical' })
    expect(to(route, medium)).toStrictEqual(['log'])
    expect(to(route, critical)).toStrictEqual(['pager', 'log'])
  })

  it('sends a silenced notification to no handler, whatever its priority', () => {
    const silences = [silence({ chain: 'elsewhere' }, '1'), silence({ event: 'upgrade_*' }, '2')]
    expect(routed(router([]), critical, silences)).toStrictEqual({ silencedBy: '2', to: [] })
    expect(routed(router([]), medium, silences).to).toHaveLength(3)
  })

  it('ignores a silence of another version with an invalid matcher', () => {
    const silences = [silence({ title: 're2:(' }), silence({ priority: 'urgent' })]
    expect(routed(router([]), critical, silences).to).toHaveLength(3)
  })

  it('gives each notification exactly to the named handlers, for any rules', () => {
    const names = ['ops', 'pager', 'log']
    const rules = fc.array(
      fc.record({
        match: fc.constantFrom<RouteRule['match'][]>({}, { priority: 'high' }, { chain: 'l*' }, { chain: 'other' }),
        to: fc.subarray(names, { minLength: 1 }),
        continue: fc.boolean(),
      }),
      { maxLength: 6 },
    )
    const about = fc
      .record({ priority: fc.constantFrom('low', 'high', 'critical'), chain: fc.constantFrom('local', 'other') })
      .map((parts) => notification('x', parts))
    fc.assert(
      fc.property(rules, about, (given, one) => {
        const fitting = given.filter(
          ({ match: { priority, chain } }) =>
            (priority === undefined || one.priority !== 'low') &&
            (chain === undefined || (chain === 'other') === (one.chain === 'other')),
        )
        const end = fitting.findIndex((each) => !each.continue)
        const used = end < 0 ? fitting : fitting.slice(0, end + 1)
        const named = used.length === 0 ? names : names.filter((name) => used.some((each) => each.to.includes(name)))
        expect(to(router(given), one)).toStrictEqual(named)
      }),
    )
  })
})

describe('a rule that delays', () => {
  const night = Date.UTC(2026, 0, 10, 23, 0)
  const morning = Date.UTC(2026, 0, 11, 6, 0)
  const quiet = rule({ quietHours: [{ from: 22 * 60, to: 7 * 60 }] })
  const at = (route: NotificationRoute, about: Notification, ms: number, last?: number) => {
    const answer = route(about, { at: ms, silences: [], lastRelease: () => last })
    return 'to' in answer ? answer.to : answer
  }
  const medium = notification('m', { data: { proposalId: '7', contract: '0xa1' } })

  it('holds all but critical notifications until the quiet hours end, each as its own message', () => {
    expect(at(router([quiet]), medium, night)).toStrictEqual(
      ['ops', 'pager', 'log'].map((handler) => ({ handler, releaseAt: morning, isQuiet: true })),
    )
    expect(at(router([quiet]), medium, morning)).toStrictEqual(['ops', 'pager', 'log'])
    expect(at(router([quiet]), notification('c', { priority: 'critical' }), night)).toStrictEqual([
      'ops',
      'pager',
      'log',
    ])
  })

  it('holds nothing beyond its deadline', () => {
    const closing = (votingEndsAt: string) =>
      notification('v', { data: { status: 'voting', votingEnd: '1', votingEndsAt, votingEndsAtEstimated: false } })
    expect(at(router([quiet]), closing('2026-01-11T06:00:00.000Z'), night)).toStrictEqual(['ops', 'pager', 'log'])
    expect(at(router([quiet]), closing('2026-01-11T06:00:01.000Z'), night)).toMatchObject([
      { releaseAt: morning },
      {},
      {},
    ])
  })

  it('makes one message of a group, except for handlers that cannot bundle', () => {
    const route = router([rule({ to: ['ops', 'log'], group: { by: ['chain', 'subject'], wait: 30, interval: 300 } })])
    const key = '[[],["chain","subject"],"local","local/0xa1/7"]'
    const group = (until: number) => ({ key, until })
    expect(at(route, medium, 1_000)).toStrictEqual([
      { handler: 'ops', releaseAt: 1_030, bundle: key, group: group(1_330) },
      { handler: 'log', releaseAt: 1_030, group: group(1_330) },
    ])
    expect(at(route, medium, 1_010, 1_030)).toMatchObject([{ releaseAt: 1_030 }, { releaseAt: 1_030 }])
    expect(at(route, medium, 1_100, 1_030)).toMatchObject([{ releaseAt: 1_330 }, {}])
    expect(at(route, medium, 1_310, 1_030)).toMatchObject([{ releaseAt: 1_340 }, {}])
    expect(at(route, medium, 1_000, 9_999)).toMatchObject([{ releaseAt: 1_030 }, {}])
    expect(at(route, notification('c', { priority: 'critical' }), 1_000)).toStrictEqual(['ops', 'log'])
  })

  it('holds everything in a digest until its next time', () => {
    const route = router([rule({ to: ['ops'], digest: '0 9 * * 1', quietHours: [{ from: 0, to: 10 * 60 }] })])
    expect(at(route, medium, night)).toStrictEqual([
      { handler: 'ops', releaseAt: Date.UTC(2026, 0, 12, 9, 0), isQuiet: true, bundle: '[[],[]]' },
    ])
  })

  it('makes one message per group of a digest, at the time of the digest', () => {
    const group = { by: ['chain', 'subject'], wait: 30, interval: 300 }
    const route = router([rule({ to: ['ops', 'log'], digest: '0 9 * * 1', group })])
    const releaseAt = Date.UTC(2026, 0, 12, 8, 0)
    const other = notification('o', { data: { proposalId: '8', contract: '0xa1' } })
    expect(at(route, medium, night, night + 30)).toStrictEqual([
      { handler: 'ops', releaseAt, isQuiet: true, bundle: '[[],["chain","subject"],"local","local/0xa1/7"]' },
      { handler: 'log', releaseAt, isQuiet: true },
    ])
    expect(at(route, other, night)).toMatchObject([{ bundle: '[[],["chain","subject"],"local","local/0xa1/8"]' }, {}])
  })

  it('identifies a group by the content of its rule, wherever a reload has moved it', () => {
    const group = { by: ['chain'], wait: 30, interval: 300 }
    const [passed, rest] = [
      rule({ match: { event: 'proposal_passed', chain: 'local' }, to: ['ops'], group }),
      rule({ to: ['ops'], group }),
    ]
    const keyIn = (rules: readonly RouteRule[], about: Notification): unknown => {
      const [held] = at(router(rules), about, 1_000)
      return held === undefined || typeof held === 'string' ? held : [held.bundle, held.group?.key]
    }
    const pass = notification('p', { event: 'proposal_passed', priority: 'high' })
    const before = [keyIn([passed, rest], pass), keyIn([passed, rest], medium)]
    expect(before).toStrictEqual([expect.any(Array), expect.any(Array)])
    expect(before[0]).not.toStrictEqual(before[1])

    const added = rule({ match: { title: 'x' }, to: ['log'] })
    expect([keyIn([added, passed, rest], pass), keyIn([added, passed, rest], medium)]).toStrictEqual(before)
    expect(keyIn([rest, passed], medium)).toStrictEqual(before[1])
    // The other rule takes it now, so it does not join what the first one holds.
    expect(keyIn([rest, passed], pass)).toStrictEqual(before[1])
    const edited = { ...passed, match: { chain: 'local', event: 'proposal_passed' }, group: { ...group, wait: 40 } }
    expect(keyIn([edited], pass)).toStrictEqual(before[0])
  })
})
