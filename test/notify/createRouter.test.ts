import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Notification } from '../../src/domain/notifications/notification.js'
import type { NotificationRoute, Silence } from '../../src/domain/notifications/routing.js'
import { createRouter, type RouteRule } from '../../src/notify/createRouter.js'
import { notification } from '../support/storeGiven.js'

const all = () => true
const rule = (parts: Partial<RouteRule>): RouteRule => ({ match: {}, continue: false, ...parts })
const silence = (match: Silence['match'], id = '1'): Silence => ({
  ...{ id, match, until: 10, comment: 'x', by: 'ann', held: 0 },
})

function router(rules: readonly RouteRule[], wants: Readonly<Record<string, (about: Notification) => boolean>> = {}) {
  const handlers = new Map(Object.entries({ ops: all, pager: all, log: all, ...wants }))
  return createRouter({ rules, handlers, systemOf: () => 'governor' })
}
const routed = (route: NotificationRoute, about: Notification, silences: readonly Silence[] = []) => {
  const answer = route(about, { at: 0, silences })
  return 'to' in answer ? answer : { to: answer }
}
const to = (route: NotificationRoute, about: Notification): readonly string[] => routed(route, about).to

describe('createRouter', () => {
  const critical = notification('c', { event: 'upgrade_triggered', priority: 'critical' })
  const medium = notification('m', { priority: 'medium' })

  it('gives everything to every handler where there are no routes', () => {
    expect(to(router([]), medium)).toStrictEqual(['ops', 'pager', 'log'])
  })

  it('goes by the first rule that fits', () => {
    const route = router([rule({ match: { priority: 'critical' }, to: ['pager'] }), rule({ to: ['ops'] })])
    expect(to(route, critical)).toStrictEqual(['pager'])
    expect(to(route, medium)).toStrictEqual(['ops'])
  })

  it('looks at the next rules too where one says so, and gives each handler a notification once', () => {
    const route = router([
      rule({ match: { priority: 'high' }, to: ['pager'], continue: true }),
      rule({ match: { priority: 'critical' }, to: ['pager', 'ops'] }),
      rule({ to: ['log'] }),
    ])
    expect(to(route, critical)).toStrictEqual(['ops', 'pager'])
    expect(to(route, notification('h', { priority: 'high' }))).toStrictEqual(['pager', 'log'])
    expect(to(route, medium)).toStrictEqual(['log'])
  })

  it('loses nothing to a rule that does not fit what it was written for', () => {
    const route = router([rule({ match: { chain: 'mian' }, to: ['pager'] })])
    expect(to(route, critical)).toStrictEqual(['ops', 'pager', 'log'])
  })

  it('means every handler where a rule names none', () => {
    expect(to(router([rule({ match: { priority: 'critical' } })]), critical)).toStrictEqual(['ops', 'pager', 'log'])
  })

  it('lets the filters of the handlers have the last word', () => {
    const route = router([rule({ to: ['pager', 'log'] })], { pager: ({ priority }) => priority === 'critical' })
    expect(to(route, medium)).toStrictEqual(['log'])
    expect(to(route, critical)).toStrictEqual(['pager', 'log'])
  })

  it('sends what a silence fits nowhere, whatever its priority', () => {
    const silences = [silence({ chain: 'elsewhere' }, '1'), silence({ event: 'upgrade_*' }, '2')]
    expect(routed(router([]), critical, silences)).toStrictEqual({ silencedBy: '2', to: [] })
    expect(routed(router([]), medium, silences).to).toHaveLength(3)
  })

  it('is not stopped by a silence of another version', () => {
    const silences = [silence({ title: 're2:(' }), silence({ priority: 'urgent' })]
    expect(routed(router([]), critical, silences).to).toHaveLength(3)
  })

  it('gives each notification exactly to whom the rules name, whatever the rules are', () => {
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
