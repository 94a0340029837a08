import { describe, expect, it } from 'vitest'
import { keyOf } from '../../../src/domain/proposals/proposal.js'
import type { ChainEvent } from '../../../src/streams/draft.js'
import { block, genesis, proposal } from '../../support/builders.js'
import { passed, read, run, told } from '../lineGiven.js'

describe('the line of stages', () => {
  describe('one block with an absurd time', () => {
    const absurd = (at: number, timestamp: bigint): ChainEvent =>
      read(at, [], { head: block(at, { timestamp }), at: block(at, { timestamp }) })
    const far = 4_102_444_800n

    it('ends no delay, and the next plausible time is accepted', () => {
      const events = [read(60, [passed()]), read(99), absurd(101, far), read(102), read(700)]
      expect(told(events, { minUpgradeDelay: 600_000 })).toStrictEqual([
        'new_proposal, upgrade_scheduled',
        '',
        '',
        '',
        'due v2',
      ])
    })

    it('in the past shortens no delay of a plan that is scheduled at it', () => {
      const events = [
        read(50),
        read(60, [passed()], { head: block(60, { timestamp: 5n }), at: block(60, { timestamp: 5n }) }),
        read(101),
        read(640),
        read(661),
      ]
      expect(told(events, { minUpgradeDelay: 600_000 })).toStrictEqual([
        '',
        'new_proposal, voting_ended, proposal_passed, upgrade_scheduled',
        '',
        '',
        'due v2',
      ])
    })

    it('expires no vote, and forgets no proposal and no upgrade', () => {
      const open = proposal('4', { clock: 'timestamp', votingStart: genesis, votingEnd: genesis + 70n })
      const over = proposal('3', { status: 'rejected', closedAt: { block: 50n, timestamp: block(50).timestamp } })
      const turns = run([read(60, [passed(), open, over]), read(100), absurd(101, far), read(102)])
      expect(turns.flatMap(({ forgotten }) => forgotten)).toStrictEqual([])
      expect(
        [...(turns[2]?.state.proposals.values() ?? [])].map(({ id, status }) => [id, status]).sort(),
      ).toStrictEqual([
        ['1', 'passed'],
        ['3', 'rejected'],
        ['4', 'voting'],
      ])
      expect(turns[2]?.state.head?.timestamp).toBe(far)
    })

    it('does not enter the measured pace', () => {
      const turns = run([read(60), read(99), absurd(101, far), read(102)])
      expect(turns.map(({ state }) => state.blockTime.samples.map(({ number }) => Number(number)))).toStrictEqual([
        [60],
        [60, 99],
        [60, 99],
        [60, 99, 102],
      ])
    })

    it('is accepted once the next reading confirms it', () => {
      const open = proposal('4', { clock: 'timestamp', votingStart: genesis, votingEnd: genesis + 70n })
      const turns = run([read(60, [open]), absurd(101, genesis + 200_000n), absurd(101, genesis + 200_000n)])
      expect(turns.map(({ state }) => state.proposals.get(keyOf(open))?.status)).toStrictEqual([
        'voting',
        'voting',
        'expired',
      ])
    })
  })
})
