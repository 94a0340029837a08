import fc from 'fast-check'
import { expect, it } from 'vitest'
import { startService } from '../support/services/service.js'
import { routedDelivery } from '../support/routedDelivery.js'

const minute = 60_000
const names = ['ops', 'chat'] as const

const rule = fc.record(
  {
    match: fc.constantFrom({ priority: 'high' }, { event: 'new_proposal' }, {}),
    to: fc.constantFrom(['ops'], ['chat'], ['chat', 'ops']),
    continue: fc.boolean(),
    quietHours: fc.constant(['22:00-07:00']),
    when: fc.oneof(
      fc.constantFrom({ digest: '0 9 * * *' }, { digest: '0 9 * * 1' }),
      fc
        .subarray(['chain', 'subject', 'event', 'priority'], { minLength: 1 })
        .chain((by) => fc.constantFrom('5m', '3h').map((wait) => ({ group: { by, wait, interval: '6h' } }))),
    ),
  },
  { requiredKeys: ['match', 'to'] },
)
const config = fc.record({
  types: fc.tuple(fc.constantFrom('slack', 'teams', 'webhook'), fc.constantFrom('slack', 'teams', 'webhook')),
  minPriority: fc.constantFrom('low', 'high'),
  isWhole: fc.boolean(),
  rules: fc.array(
    rule.map(({ when, ...rest }) => ({ ...rest, ...when })),
    { maxLength: 3 },
  ),
})
type Given = typeof config extends fc.Arbitrary<infer Value> ? Value : never

const told = fc.record({
  of: fc.constantFrom('1', '2'),
  event: fc.constantFrom('new_proposal', 'voting_started', 'proposal_passed'),
  priority: fc.constantFrom('low', 'medium', 'high', 'critical'),
})
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ after: fc.nat(500), told: fc.array(told, { minLength: 1, maxLength: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ after: fc.nat(500), config }) },
  { weight: 1, arbitrary: fc.record({ after: fc.nat(500), failures: fc.integer({ min: 1, max: 4 }) }) },
)

/** Without `chat` if not whole: its notifications go nowhere, or to another handler. */
function notifierOf({ types, minPriority, isWhole, rules }: Given, url: string): object {
  const present = isWhole ? names : (['ops'] as const)
  const handlers = present.map((name, at) => {
    const [type, address] = [types[at], `${url}/${name}`]
    return {
      type,
      name,
      rate: 'unlimited',
      minPriority,
      ...(type === 'webhook' ? { url: address } : { webhookUrl: address }),
    }
  })
  const routes = rules
    .map((one) => ({ ...one, to: one.to.filter((name) => present.some((known) => known === name)) }))
    .filter(({ to }) => to.length > 0)
  return { handlers, routes }
}

it('notifications that wait while handlers, routes or groups change reach each of their receivers once', async () => {
  const property = fc.asyncProperty(config, fc.array(step, { maxLength: 12 }), async (first, steps) => {
    const seen: string[] = []
    const { url, fail } = await startService(({ path, body }) => {
      for (const title of new Set(body.match(/New: \d#\d+/g))) seen.push(`${path.slice(1)} ${title}`)
      return { status: 200, body: 'ok' }
    })
    const { happens, reload, resend, receivers, waiting } = routedDelivery(notifierOf(first, url))
    const wanted: string[] = []
    let [at, count] = [0, 0]
    for (const one of steps) {
      at += one.after * minute
      if ('failures' in one) fail(...Array.from({ length: one.failures }, () => ({ status: 503 })))
      if ('config' in one) reload(notifierOf(one.config, url))
      const announced = ('told' in one ? one.told : []).map(
        ({ of, ...over }) => [`${of}#${(count += 1)}`, over] as const,
      )
      for (const [id, over] of announced) wanted.push(...receivers(at, id, over).map((name) => `${name} New: ${id}`))
      await happens(at, ...announced.map(([id, over]): [string, typeof over] => [id, over]))
    }
    for (let pass = 0; pass < 30; pass++) await happens((at += 360 * minute))
    reload(notifierOf({ ...first, isWhole: true }, url))
    await resend((at += minute))
    for (let pass = 0; pass < 6; pass++) await happens((at += 360 * minute))
    expect(waiting()).toBe(0)
    expect(seen.toSorted()).toStrictEqual(wanted.toSorted())
  })
  await fc.assert(property, { numRuns: 12 })
})
