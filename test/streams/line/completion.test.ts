import { describe, expect, it } from 'vitest'
import type { PlanOptions } from '../../../src/domain/upgrades/planOptions.js'
import type { ChainEvent } from '../../../src/streams/draft.js'
import { block, failure, hashOf } from '../../support/builders.js'
import { passed, key, read, wrote, run, told } from '../lineGiven.js'

const fails = (at: number, message?: string, kind?: 'transient' | 'permanent'): ChainEvent => ({
  type: 'missed',
  reading: failure(at, message, kind),
})

describe('the line of stages', () => {
  describe('a reorg', () => {
    it('cancels an upgrade that is not written yet', () => {
      expect(
        told([read(90, [passed()]), read(100, [], { retracted: [key], rewoundTo: 88n }), read(101)]),
      ).toStrictEqual(['new_proposal, upgrade_scheduled', 'proposal_retracted, upgrade_cancelled', ''])
    })

    it('cancels even if the retraction came with a portion of a backlog', () => {
      expect(
        told([read(90, [passed()]), read(95, [], { retracted: [key], rewoundTo: 88n, backlog: 10n }), read(105)]),
      ).toStrictEqual(['new_proposal, upgrade_scheduled', 'proposal_retracted', 'upgrade_cancelled'])
    })

    it('announces a proposal that comes back in another block again', () => {
      const again = passed({ origin: { block: 2n, hash: hashOf(2n, 7), index: 0 } })
      const turns = run([read(90, [passed()]), read(91, [], { retracted: [key], rewoundTo: 0n }), read(92, [again])])
      expect(turns[2]?.announcements.map(({ notification }) => notification.event)).toStrictEqual([
        'new_proposal',
        'voting_ended',
        'proposal_passed',
        'upgrade_scheduled',
      ])
      const ids = turns.flatMap(({ announcements }) => announcements.map(({ notification }) => notification.id))
      expect(new Set(ids).size).toBe(ids.length)
    })
  })

  describe('completion', () => {
    const begin = [
      read(99, [passed()], { nodeVersion: 'v1' }),
      read(100, [], { nodeVersion: 'v1' }),
      wrote('written', 100),
    ]
    const stallTimeout = 20_000

    it.each<[string, readonly ChainEvent[], PlanOptions, readonly string[]]>([
      ['another version', [read(102, [], { nodeVersion: 'v2' })], {}, ['upgrade_completed']],
      [
        'the same version after an outage, if no process manager changes it',
        [fails(101), read(103, [], { nodeVersion: 'v1' })],
        {},
        ['', 'upgrade_restarted, upgrade_completed'],
      ],
      [
        'the version after a restart with the same one',
        [
          fails(101),
          read(103, [], { nodeVersion: 'v1' }),
          read(104, [], { nodeVersion: 'v1' }),
          read(105, [], { nodeVersion: 'v2' }),
        ],
        { profile: 'wemixvisor' },
        ['', 'upgrade_restarted', '', 'upgrade_completed'],
      ],
      [
        'the height alone with completion: height',
        [read(102, [], { nodeVersion: 'v1' })],
        { completion: 'height' },
        ['upgrade_completed'],
      ],
      [
        'new blocks after a stall',
        [read(100, [], { readAt: 121_000 }), read(102, [], { readAt: 130_000, nodeVersion: 'v2' })],
        { stallTimeout },
        ['upgrade_failed', 'upgrade_completed'],
      ],
      [
        'an old binary that keeps running',
        [read(121, [], { nodeVersion: 'v1' })],
        { stallTimeout },
        ['file_not_consumed, upgrade_failed'],
      ],
      [
        'another version after the file was reported once as not consumed',
        [
          read(160, [], { nodeVersion: 'v1' }),
          read(162, [], { nodeVersion: 'v1' }),
          read(200, [], { nodeVersion: 'v1' }),
          read(210, [], { nodeVersion: 'v2' }),
        ],
        {},
        ['', 'file_not_consumed', '', 'upgrade_completed'],
      ],
      [
        'a restart without a switch, reported before the unconsumed file',
        [
          fails(101),
          read(103, [], { nodeVersion: 'v1' }),
          read(170, [], { nodeVersion: 'v1' }),
          read(180, [], { nodeVersion: 'v1' }),
        ],
        { profile: 'cosmovisor' },
        ['', 'upgrade_restarted', 'file_not_consumed', ''],
      ],
    ])('is decided by %s', (_, events, plan, expected) => {
      expect(told([...begin, ...events], plan).slice(begin.length)).toStrictEqual(expected)
    })

    it('shows a file that no process manager acted on with the upgrade until it is completed', () => {
      const polls = [
        read(160, [], { nodeVersion: 'v1' }),
        read(162, [], { nodeVersion: 'v1' }),
        read(200, [], { nodeVersion: 'v1' }),
        read(210, [], { nodeVersion: 'v2' }),
      ]
      const unconsumed: unknown = expect.stringMatching(
        /^No process manager acted on upgrade-info\.json: the node still runs v1\. Check that /,
      )
      const turns = run([...begin, ...polls]).slice(begin.length)
      expect(turns.map(({ state }) => state.upgrades.get(key)?.reasons)).toStrictEqual([
        [],
        [unconsumed],
        [unconsumed],
        [],
      ])
      // The notification has its own words for it.
      expect(turns[1]?.announcements.map(({ notification }) => notification.data)).toMatchObject([{ reasons: [] }])
    })
  })

  describe('health', () => {
    it('announces that a chain is down and back, and changes nothing else', () => {
      const turns = run(
        [read(10, [passed()]), fails(11), fails(12), fails(13), fails(14), read(15)],
        {},
        { health: { downAfter: 2_000, recoverAfter: 0 } },
      )
      expect(
        turns.map(({ announcements }) => announcements.map(({ notification }) => notification.event).join()),
      ).toStrictEqual(['new_proposal,upgrade_scheduled', '', '', 'source_down', '', 'source_recovered'])
      const { health: _before, ...before } = turns[0]!.state
      const { health: _after, ...after } = turns[4]!.state
      expect(after).toStrictEqual(before)
      expect(turns[3]).toMatchObject({ cause: 'failure', failure: { message: 'node.example is down.' } })
    })

    it('takes from a node that steps back only that it is alive', () => {
      const turns = run([read(10, [passed()]), read(9, [passed({ status: 'canceled' })]), read(11)])
      expect(turns[1]).toMatchObject({ changes: [], moves: [], due: [], announcements: [] })
      expect(turns[1]?.state).toMatchObject({
        head: block(10),
        proposalsReadTo: 10n,
        cursor: { block: 10 },
        health: { lastGoodAt: 9_000 },
      })
      expect(turns[1]?.state.health.problem).toMatch(/block 9, and block 10/)
    })

    it('is stalled if a node stays behind', () => {
      expect(
        told([read(1_000), read(999, [], { readAt: 1_700_000 })], {}, { health: { stallAfter: 600_000 } }),
      ).toStrictEqual(['', 'source_down'])
    })
  })
})
