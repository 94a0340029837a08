import { describe, expect, it } from 'vitest'
import { routedDelivery } from '../support/routedDelivery.js'
import { startNtfy } from '../support/services/ntfyServer.js'
import { routingKey, startPagerDuty } from '../support/services/pagerduty.js'
import { startPushover, token, user } from '../support/services/pushoverServer.js'

const hour = 3_600_000
const evening = 21 * hour
const night = 25 * hour
const morning = 31 * hour
const quiet = { quietHours: ['22:00-07:00'] }
const daily = { digest: '0 7 * * *' }

const opens = { event: 'upgrade_scheduled', priority: 'high' } as const
const rings = { event: 'upgrade_halt_reached', priority: 'critical' } as const
const ends = { event: 'upgrade_completed', priority: 'high' } as const

describe('the end of a subject in the night', () => {
  const pagerBy = async (route: object) => {
    const service = await startPagerDuty()
    const pager = { type: 'pagerduty', routingKey, apiUrl: service.url, minPriority: 'high' }
    return { service, ...routedDelivery({ handlers: [pager], routes: [route] }) }
  }
  const phoneBy = async (route: object) => {
    const service = await startPushover()
    const phone = { type: 'pushover', token, user, apiUrl: service.url, rate: 'unlimited' }
    return { service, ...routedDelivery({ handlers: [phone], routes: [route] }) }
  }

  it.each([quiet, daily])('resolves its alert at once: %j', async (route) => {
    const { service, happens } = await pagerBy(route)
    await happens(evening, ['1#a', rings])
    await happens(night, ['1#b', ends])
    expect([...service.alerts.values()]).toStrictEqual(['resolved'])
  })

  it.each([quiet, daily])('opens no alert in the morning if none was open: %j', async (route) => {
    const { service, happens } = await pagerBy(route)
    await happens(night, ['1#a', opens])
    await happens(night + hour, ['1#b', ends])
    await happens(morning)
    await happens(morning + hour)
    expect(service.pages).toStrictEqual([])
  })

  it.each([quiet, daily])('stops the ringing of a phone at once, with a silent message: %j', async (route) => {
    const { service, happens } = await phoneBy(route)
    await happens(evening, ['1#a', rings])
    expect(service.ringing.size).toBe(1)
    await happens(night, ['1#b', ends])
    expect(service.ringing.size).toBe(0)
    expect(service.shown.map(({ priority }) => priority)).toStrictEqual([2, -1])
    await happens(morning)
    expect(service.shown).toHaveLength(2)
  })

  it.each([quiet, daily])('is not followed on a phone by its start as if that were open: %j', async (route) => {
    const { service, happens } = await phoneBy(route)
    await happens(night, ['1#a', opens])
    await happens(night + hour, ['1#b', ends])
    await happens(morning)
    await happens(morning + hour)
    expect(service.shown.map(({ title, priority }) => [title, priority])).toStrictEqual([
      ['New: 1#b', -1],
      ['[closed] New: 1#a', -1],
    ])
    expect(service.shown[1]?.message).toContain('Since then: New: 1#b')
  })

  it.each([daily, { ...quiet, group: { by: ['chain'], wait: '1m', interval: '5m' } }])(
    'is shown in the digest beside its start, and the start of another is open: %j',
    async (route) => {
      const { service, happens } = await phoneBy(route)
      await happens(night, ['1#a', opens], ['2#a', opens])
      await happens(night + hour, ['1#b', ends])
      await happens(morning)
      await happens(morning + hour)
      const [end, digest, ...more] = service.shown
      expect([end?.title, digest?.title, more]).toStrictEqual(['New: 1#b', '2 notifications of local', []])
      expect(digest?.message.split('\n').slice(0, 2)).toStrictEqual(['[closed] New: 1#a', 'New: 2#a'])
    },
  )

  it('makes a sound by day, also in a group', async () => {
    const { service, happens } = await phoneBy({ ...quiet, group: { by: ['chain'], wait: '1m', interval: '5m' } })
    await happens(morning, ['1#a', rings])
    await happens(morning + hour, ['1#b', ends])
    expect(service.shown.map(({ priority }) => priority)).toStrictEqual([2, 1])
  })

  it('is delivered in the morning, after the start, if nothing rings', async () => {
    const service = await startNtfy()
    const ntfy = { type: 'ntfy', url: `${service.url}/topic` }
    const { happens } = routedDelivery({ handlers: [ntfy], routes: [quiet] })
    await happens(night, ['1#a', opens])
    await happens(night + hour, ['1#b', ends])
    expect(service.calls.all).toStrictEqual([])
    await happens(morning)
    expect(service.calls.all).toHaveLength(2)
  })
})
