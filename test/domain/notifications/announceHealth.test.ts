import { describe, expect, it } from 'vitest'
import { type Health, type HealthState, healthStates } from '../../../src/domain/health.js'
import { announceHealth } from '../../../src/domain/notifications/announceHealth.js'
import { block } from '../../support/builders.js'

const health = (state: HealthState, since: number, parts: Partial<Health> = {}): Health => ({
  chain: 'local',
  state,
  since,
  consecutiveFailures: 0,
  errorRate: 0,
  backlog: 0n,
  ...parts,
})

describe('announceHealth', () => {
  it('announces that a chain cannot be read', () => {
    expect(
      announceHealth(
        health('up', 0),
        health('down', 60_000, { problem: 'node.example is down.', head: block(7), trouble: { since: 60_000 } }),
      ),
    ).toStrictEqual([
      {
        notification: {
          id: 'local:source_down:60000',
          event: 'source_down',
          priority: 'high',
          chain: 'local',
          title: 'local cannot be read',
          message: 'local: node.example is down.\ngovstream sees no upgrades and votes of local until this is fixed.',
          timestamp: '1970-01-01T00:01:00.000Z',
          data: {
            state: 'down',
            block: '7',
            since: '1970-01-01T00:01:00.000Z',
            lastGoodPoll: null,
            problem: 'node.example is down.',
            wentBack: false,
            troubleSince: '1970-01-01T00:01:00.000Z',
            troubleUntil: null,
          },
          read: false,
        },
      },
    ])
  })

  it('announces the recovery, with the duration of the outage', () => {
    expect(
      announceHealth(
        health('up', 170_000, { trouble: { since: 60_000, upSince: 180_000 } }),
        health('up', 180_000, { head: block(9) }),
      ),
    ).toMatchObject([
      {
        notification: {
          id: 'local:source_recovered:60000',
          event: 'source_recovered',
          priority: 'medium',
          message: 'local can be read again after 2 min; its head is block 9.',
        },
      },
    ])
  })

  it('announces that a node went back, even if the poll failed', () => {
    const problem = 'node.example of local answers with block 8, behind block 9 that was read before.'
    const [told] = announceHealth(
      health('up', 1),
      health('down', 2, { problem, wentBack: true, trouble: { since: 2 } }),
    )
    expect(told?.notification.title).toBe('local went back')
    // The chain is named once, at the beginning.
    expect(told?.notification.message).toContain(
      'local: node.example answers with block 8, behind block 9 that was read before.',
    )
  })

  it('announces only the start and the end of an outage', () => {
    const troubled = (state: HealthState): boolean => state === 'down' || state === 'stalled'
    for (const from of healthStates) {
      for (const to of healthStates) {
        const expected = troubled(from) === troubled(to) ? [] : [troubled(to) ? 'source_down' : 'source_recovered']
        expect(
          announceHealth(health(from, 1), health(to, 2, troubled(to) ? { trouble: { since: 2 } } : {})).map(
            ({ notification }) => notification.event,
          ),
        ).toStrictEqual(expected)
      }
    }
  })

  it('distinguishes a stalled chain from one that cannot be read', () => {
    const titleOf = (state: HealthState) =>
      announceHealth(health('up', 1), health(state, 2, { trouble: { since: 2 } }))[0]?.notification.title
    expect([titleOf('stalled'), titleOf('down')]).toStrictEqual(['local stands still', 'local cannot be read'])
  })
})
