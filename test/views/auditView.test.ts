import { describe, expect, it } from 'vitest'
import { auditView } from '../../src/views/auditView.js'

describe('an entry of the audit trail in JSON', () => {
  it.each([
    ['delivery', { until: 1_795_837_865_025, held: false }, { until: '2026-11-28T03:51:05.025Z', held: false }],
    ['delivery', { heldUntil: 1_795_837_865_025 }, { heldUntil: '2026-11-28T03:51:05.025Z' }],
    ['upgrade', { time: '1795837865', name: 'v2' }, { time: '2026-11-28T03:51:05.000Z', name: 'v2' }],
    ['upgrade', { time: 'damaged' }, { time: 'damaged' }],
    ['change', { time: '7' }, { time: '7' }],
  ])('has ISO times in a %s: %j', (kind, detail, told) => {
    expect(auditView({ seq: 1, at: 0, chain: 'local', kind, detail })).toMatchObject({ detail: told })
  })
})
