import { expect, it } from 'vitest'
import { routingKey, startPagerDuty } from '../support/services/pagerduty.js'
import { routedDelivery } from '../support/routedDelivery.js'
import type { announcement } from '../support/storeGiven.js'

const keyOf = (id: string) => `local/0xc0ffee/${id}`

it('a late rescheduling does not close the alert of the plan moved back to, and each replaced plan is closed', async () => {
  const service = await startPagerDuty()
  const pager = { type: 'pagerduty', routingKey, apiUrl: service.url, rate: 'unlimited' }
  const { happens } = routedDelivery({ handlers: [pager] })
  const moved = (from: string, to: string): Parameters<typeof announcement> => {
    const data = { contract: '0xc0ffee', proposalId: to, key: keyOf(to), before: { key: keyOf(from) } }
    return [`${to}#from${from}`, { event: 'upgrade_rescheduled', priority: 'critical', data }]
  }
  await happens(0, ['1#first', { event: 'upgrade_halt_reached', priority: 'critical' }])
  service.fail('html-502')
  await happens(1_000, moved('1', '2'))
  await happens(1_001, moved('2', '1'))
  expect(service.alerts.get(keyOf('1'))).toBe('triggered')
  await happens(900_000)
  expect([...service.alerts].filter(([, state]) => state !== 'resolved')).toStrictEqual([[keyOf('1'), 'triggered']])

  service.fail('html-502')
  await happens(1_000_000, moved('1', '3'))
  await happens(1_000_001, moved('3', '4'))
  await happens(2_000_000)
  expect([...service.alerts].filter(([, state]) => state !== 'resolved')).toStrictEqual([[keyOf('4'), 'triggered']])
})
