import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/domain/text/json.js'
import type { NotificationEvent } from '../../src/domain/notifications/notification.js'
import { deadlineOf } from '../../src/notify/deadlineOf.js'
import { block, steadyPace } from '../support/builders.js'
import { notification } from '../support/storeGiven.js'

const now = Date.UTC(2026, 0, 10)
const iso = (ms: number): string => new Date(ms).toISOString()
const deadline = (event: NotificationEvent, data: JsonObject, pace?: Parameters<typeof deadlineOf>[2]) =>
  deadlineOf(notification('x', { event, data }), now, pace)
const vote = { status: 'voting', votingEnd: '900', votingEndsAt: iso(now + 1_000), votingEndsAtEstimated: false }

describe('deadlineOf', () => {
  it('is the end of an open vote', () => {
    expect(deadline('new_proposal', vote)).toBe(now + 1_000)
    expect(deadline('new_proposal', { ...vote, status: 'submitted' })).toBe(now + 1_000)
    expect(deadline('voting_ended', { ...vote, status: 'rejected' })).toBeUndefined()
    expect(deadline('new_proposal', { ...vote, votingEndsAt: iso(now - 1) })).toBeUndefined()
  })

  it('is earlier than an estimated end, since blocks may come faster', () => {
    expect(deadline('new_proposal', { ...vote, votingEndsAtEstimated: true })).toBe(now + 900)
  })

  it('is unknown if the vote ends at a block without an estimate', () => {
    expect(deadline('new_proposal', { ...vote, votingEndsAt: null })).toBe('unknown')
    expect(deadline('new_proposal', { ...vote, votingEndsAt: null, votingEnd: null })).toBeUndefined()
  })

  it('is the height of an upgrade', () => {
    const upgrade = { status: 'scheduled', height: 100, eta: iso(now + 1_000) }
    expect(deadline('upgrade_scheduled', upgrade)).toBe(now + 900)
    expect(deadline('upgrade_scheduled', { ...upgrade, eta: null })).toBe('unknown')
    expect(deadline('upgrade_completed', { ...upgrade, eta: null, status: 'completed' })).toBeUndefined()
  })

  it('is the height of the plan of a proposal, at the pace of the chain', () => {
    const passed = { status: 'passed', votingEndsAt: iso(now - 5), plan: { name: 'v2', height: 100 } }
    const head = { ...block(90), timestamp: BigInt(now / 1000) }
    expect(deadline('proposal_passed', passed)).toBe('unknown')
    expect(deadline('proposal_passed', passed, { head, blockTime: steadyPace(90) })).toBe(now + 9_000)
    expect(deadline('proposal_passed', passed, { head: block(100), blockTime: steadyPace(100) })).toBeUndefined()
    expect(deadline('proposal_rejected', { ...passed, status: 'rejected' })).toBeUndefined()
  })

  it('is the earlier one of vote and plan', () => {
    const both = { ...vote, plan: { name: 'v2', height: 100 } }
    const head = { ...block(90), timestamp: BigInt(now / 1000) }
    expect(deadline('new_proposal', both, { head, blockTime: steadyPace(90) })).toBe(now + 1_000)
  })

  it('is undefined without an end', () => {
    expect(deadline('source_down', { state: 'down' })).toBeUndefined()
    expect(deadline('hook_ran', { height: 5 })).toBeUndefined()
  })
})
