import { describe, expect, it } from 'vitest'
import { announcePreflight } from '../../../src/domain/notifications/announcePreflight.js'
import type { Check, Verdict } from '../../../src/domain/readiness/check.js'
import type { PreflightRecord } from '../../../src/domain/upgrades/upgrade.js'
import { genesis, upgrade } from '../../support/builders.js'

const check = (verdict: Verdict): Check => ({ id: 'binary', verdict, reason: 'It was looked at.', todo: 'Look too.' })
const told = (verdict: Verdict, preflight: PreflightRecord) =>
  announcePreflight({
    before: upgrade('1', 'v2', 1_234_567, { preflight }),
    found: { verdict, checks: [check(verdict)], checkedAt: 1_700_000_000_000 },
    time: genesis,
  }).map(({ notification: { event, priority, title, message, id } }) => ({ event, priority, title, message, id }))

describe('announcePreflight', () => {
  it('announces the verdict for each lead, with what to do', () => {
    expect(told('not_ready', { leads: ['1h'], owed: '1h', verdict: 'not_ready' })).toStrictEqual([
      {
        event: 'preflight_failed',
        priority: 'critical',
        title: 'Upgrade v2 at height 1,234,567 is not ready',
        message: 'local: it was looked at. Look too.',
        id: 'local/0x00000000000000000000000000000000000000A1/1:preflight_failed:v2%401234567.1.1h',
      },
    ])
    expect(told('ready', { leads: ['1h'], owed: '1h' })).toMatchObject([
      { event: 'preflight_passed', priority: 'low', message: 'local: everything that the upgrade needs is in place.' },
    ])
  })

  it('announces an unknown verdict as high, not critical', () => {
    expect(told('unknown', { leads: ['1h'], owed: '1h' })).toMatchObject([
      { event: 'preflight_failed', priority: 'high', title: 'Upgrade v2 at height 1,234,567 may not be ready' },
    ])
  })

  it('announces a repeated check only if the verdict changed', () => {
    const again = { leads: ['1h'], owed: 'again', verdict: 'not_ready' } as const
    expect(told('not_ready', again)).toStrictEqual([])
    expect(told('ready', again)).toMatchObject([{ event: 'preflight_passed' }])
    expect(told('unknown', again)).toMatchObject([{ event: 'preflight_failed' }])
  })
})
