import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Mishap } from '../support/services/service.js'
import { routingKey, startPagerDuty } from '../support/services/pagerduty.js'
import { routedDelivery } from '../support/routedDelivery.js'
import type { announcement } from '../support/storeGiven.js'

const minute = 60_000
const subjects = ['1', '2', '3'] as const
type Subject = (typeof subjects)[number]
const keyOf = (id: string) => `local/0xc0ffee/${id}`
const parts = ['preflight', 'hook'] as const

const opening = [
  { event: 'upgrade_halt_reached', priority: 'critical' },
  { event: 'emergency_proposal', priority: 'critical' },
  { event: 'upgrade_scheduled', priority: 'high' },
  { event: 'not_voted', priority: 'high' },
] as const
const ending = [
  { event: 'upgrade_completed', priority: 'high' },
  { event: 'upgrade_cancelled', priority: 'high' },
  { event: 'proposal_rejected', priority: 'medium' },
  { event: 'proposal_retracted', priority: 'high' },
] as const

// Each has an alert of its own, which ends with the plan.
const partly = [
  { part: 'preflight', fails: { event: 'preflight_failed', priority: 'critical' } },
  { part: 'preflight', fails: { event: 'preflight_failed', priority: 'high' } },
  { part: 'hook', fails: { event: 'hook_failed', priority: 'critical' } },
] as const
const success = {
  preflight: { event: 'preflight_passed', priority: 'low' },
  hook: { event: 'hook_ran', priority: 'low' },
} as const

const anySubject = fc.constantFrom(...subjects)
const told = fc.oneof(
  fc.record({ what: fc.constant('opens' as const), of: anySubject, as: fc.constantFrom(...opening) }),
  fc.record({ what: fc.constant('ends' as const), of: anySubject, as: fc.constantFrom(...ending) }),
  fc.record({
    what: fc.constant('part' as const),
    of: anySubject,
    as: fc.constantFrom(...partly),
    isWell: fc.boolean(),
  }),
  fc.record({
    what: fc.constant('moves' as const),
    of: anySubject,
    from: anySubject,
    as: fc.constantFrom(...(['critical', 'high'] as const).map((priority) => ({ priority }) as const)),
  }),
)
const mishap = fc.constantFrom<Mishap>('drop', 'commit-then-drop', 'commit-then-500', 'html-502', { status: 429 })
const rule = fc.record(
  {
    match: fc.constantFrom(
      { priority: 'critical' },
      { event: 'upgrade_*' },
      { event: 'upgrade_rescheduled' },
      { event: 'proposal_*' },
      {},
    ),
    to: fc.constantFrom(['pager'], ['log'], ['log', 'pager']),
    continue: fc.boolean(),
    quietHours: fc.constant(['22:00-07:00']),
    when: fc.constantFrom(
      { digest: '0 9 * * *' },
      { digest: '0 9 * * 1' },
      { group: { by: ['chain'], wait: '5m', interval: '1h' } },
    ),
  },
  { requiredKeys: ['match', 'to'] },
)
const routes = fc.array(
  rule.map(({ when, ...rest }) => ({ ...rest, ...when })),
  { maxLength: 3 },
)
const filter = fc.record(
  {
    minPriority: fc.constantFrom('low', 'high', 'critical'),
    events: fc.subarray(
      [
        'upgrade_halt_reached',
        'upgrade_scheduled',
        'not_voted',
        'upgrade_rescheduled',
        'preflight_failed',
        'hook_failed',
      ],
      { minLength: 1 },
    ),
  },
  { requiredKeys: ['minPriority'] },
)
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ after: fc.nat(600), told: fc.array(told, { minLength: 1, maxLength: 2 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ after: fc.nat(600), mishaps: fc.array(mishap, { minLength: 1, maxLength: 3 }) }),
  },
  { weight: 1, arbitrary: fc.record({ after: fc.nat(600), routes, filter }) },
)

type Told = typeof told extends fc.Arbitrary<infer Value> ? Value : never

function aboutOf(each: Told) {
  const data = { contract: '0xc0ffee', proposalId: each.of, key: keyOf(each.of) }
  if (each.what === 'part') return { ...(each.isWell ? success[each.as.part] : each.as.fails), data }
  if (each.what !== 'moves') return { ...each.as, data }
  return { ...each.as, event: 'upgrade_rescheduled', data: { ...data, before: { key: keyOf(each.from) } } } as const
}

function isOpen(state: 'triggered' | 'acknowledged' | 'resolved' | undefined): boolean {
  return state !== undefined && state !== 'resolved'
}

it('every alert that was opened at a pager is closed, under any routes, filters, digests, quiet hours and failures', async () => {
  const property = fc.asyncProperty(routes, filter, fc.array(step, { maxLength: 12 }), async (first, wanted, steps) => {
    let clock = 0
    const service = await startPagerDuty(() => (clock += minute))
    const notifier = (rules: readonly object[], filters: object) => ({
      handlers: [
        { type: 'pagerduty', name: 'pager', routingKey, apiUrl: service.url, rate: 'unlimited', ...filters },
        { type: 'log' },
      ],
      routes: rules,
    })
    const { happens, reload } = routedDelivery(notifier(first, wanted))
    const isOver = new Map<string, boolean>()
    const planIsOver = (id: Subject): void => {
      for (const key of [keyOf(id), ...parts.map((part) => `${keyOf(id)}/${part}`)]) isOver.set(key, true)
    }
    let at = 0
    let count = 0
    for (const one of steps) {
      at += one.after * minute
      if ('mishaps' in one) service.fail(...one.mishaps)
      if ('routes' in one) reload(notifier(one.routes, one.filter))
      if (!('told' in one)) continue
      const announced = one.told.map((each): Parameters<typeof announcement> => {
        count += 1
        if (each.what === 'moves' && each.from !== each.of) planIsOver(each.from)
        if (each.what === 'part') isOver.set(`${keyOf(each.of)}/${each.as.part}`, each.isWell)
        else if (each.what === 'ends') planIsOver(each.of)
        else isOver.set(keyOf(each.of), false)
        return [`${each.of}#${count}`, aboutOf(each)]
      })
      await happens(at, ...announced)
    }
    // Long enough for each digest and each retry.
    for (let pass = 0; pass < 40; pass++) await happens((at += 720 * minute))
    const left = [...isOver].filter(([key, over]) => over && isOpen(service.alerts.get(key)))
    expect(left).toStrictEqual([])
  })
  await fc.assert(property, { numRuns: 20 })
})
