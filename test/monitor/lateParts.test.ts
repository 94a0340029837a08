import { describe, expect, it } from 'vitest'
import { routedDelivery } from '../support/routedDelivery.js'
import { headings, livingRooms } from '../support/services/livingRooms.js'
import { routingKey, startPagerDuty } from '../support/services/pagerduty.js'

const plan = { event: 'upgrade_triggered', priority: 'critical' } as const
const bad = { event: 'preflight_failed', priority: 'critical' } as const
const good = { event: 'preflight_passed', priority: 'low' } as const

/**
 * Each order in which the plan, the failure of its part, and the end of that failure may be
 * delivered.
 */
const orders = [
  ['plan', 'bad', 'good'],
  ['bad', 'plan', 'good'],
  ['bad', 'good', 'plan'],
  ['good', 'bad', 'plan'],
  ['plan', 'good', 'bad'],
  ['good', 'plan', 'bad'],
] as const
const told = { plan, bad, good }

describe('the end of the failure of a part of a plan', () => {
  it.each(orders)('leaves the alert of the plan open: %s, %s, %s', async (...order) => {
    const service = await startPagerDuty()
    const pager = { type: 'pagerduty', routingKey, apiUrl: service.url, minPriority: 'high' }
    const { happens } = routedDelivery({ handlers: [pager] })
    for (const [at, name] of order.entries()) await happens((at + 1) * 600_000, [`1#${name}`, told[name]])
    const states = Object.fromEntries(service.alerts)
    const isOver = order.indexOf('good') > order.indexOf('bad')
    expect(states).toStrictEqual({
      'local/0xc0ffee/1': 'triggered',
      'local/0xc0ffee/1/preflight': isOver ? 'resolved' : 'triggered',
    })
  })

  it.each(Object.entries(livingRooms))('does not close the message of the plan: %s', async (_, begin) => {
    const room = await begin()
    const { happens } = routedDelivery({ handlers: [room.settings] })
    for (const [at, name] of (['plan', 'bad', 'good'] as const).entries())
      await happens((at + 1) * 600_000, [`1#${name}`, told[name]])
    expect(headings(room)).toStrictEqual(['New: 1#plan', '[closed] New: 1#good', 'New: 1#good'])
  })
})
