import { describe, expect, it } from 'vitest'
import { occupiedBy } from '../../../../src/domain/upgrades/occupied.js'
import type { Proposal } from '../../../../src/domain/proposals/proposal.js'
import { readPlan } from '../../../../src/domain/plans/readPlan.js'
import type { ScheduleContext } from '../../../../src/domain/upgrades/schedule/ScheduleContext.js'
import { block, genesis, proposal, steadyPace, upgrade } from '../../../support/builders.js'
import { context, moves, passed, typesOf, waiting } from './scheduleProposalGiven.js'

describe('scheduleProposal', () => {
  describe('a plan that the chain itself holds', () => {
    const info = { binaries: { 'linux/amd64': 's3::https://example.org/node?checksum=sha256:nonsense' } }
    const careless = (name: string, parts: Partial<Proposal> = {}): Proposal =>
      proposal('1', {
        type: 'upgrade',
        status: 'passed',
        carriedOut: true,
        finding: {
          ...readPlan({ name, height: 100, info }),
          origin: 'call',
          problems: readPlan({ name, height: 100, info }).problems,
        },
        ...parts,
      })

    it.each(['v2', 'release/v2', 'v2 ', 'v'.repeat(140)])('is scheduled with its problems as remarks: %j', (name) => {
      expect(moves(careless(name), [], { when: 'never' })[0]?.upgrade.reasons.join()).toMatch(
        /not an http or https address/,
      )
      expect(moves(careless(name), [], { when: 'never' })).toMatchObject([
        {
          type: 'scheduled',
          silent: false,
          upgrade: { status: 'scheduled', held: true },
        },
      ])
    })

    it('is scheduled with a file refused, announced once, if its name cannot be written', () => {
      const made = moves(careless('release/v2'))
      expect(
        made.map(({ type, silent, upgrade: { status, unwritten } }) => [type, silent, status, unwritten]),
      ).toStrictEqual([
        ['scheduled', false, 'scheduled', true],
        ['refused', false, 'scheduled', true],
      ])
      expect(moves(careless('release/v2'), [made[1]!.upgrade])).toStrictEqual([])
    })

    it('is not scheduled while the servers do not say whether the chain still has it', () => {
      const known = careless('v2', { system: 'cosmos' })
      const unsure = { ...known, finding: { ...known.finding!, unsure: 'The servers do not say.' } }
      expect(typesOf(moves(known, [], { when: 'never' }))).toStrictEqual(['scheduled'])
      expect(moves(unsure, [], { when: 'never' })).toStrictEqual([])
    })

    it('is refused without a height that can be waited for', () => {
      const signal = readPlan({ name: 'Signal', height: '0' })
      expect(
        typesOf(moves(careless('v2', { finding: { ...signal, origin: 'call' } }), [], { when: 'never' })),
      ).toStrictEqual(['refused'])
    })

    it('is past, silently, if its height passed before the first reading', () => {
      const first: ScheduleContext = { head: block(101), hostTime: 101_000, blockTime: steadyPace(101) }
      expect(typesOf(moves(careless('v2'), [], {}, first))).toStrictEqual(['(past)'])
      // The height of a plan that no chain holds may still be waited for: its nodes go on without it.
      expect(typesOf(moves(passed('v2', 100), [], {}, first))).toStrictEqual(['refused'])
    })

    it('is one plan, whichever proposal asked for it', () => {
      const other = upgrade('9', 'v2', 100, { held: true })
      const occupied = occupiedBy([other])
      expect(moves(careless('v2'), [other], { when: 'never' }, { ...context, occupied })).toStrictEqual([])
    })

    it('is refused for its problems if the chain does not hold it', () => {
      expect(typesOf(moves(careless('release/v2', { carriedOut: false })))).toStrictEqual(['refused'])
    })
  })

  describe('a plan that the chain no longer has once its height is reached', () => {
    const gone = 'The chain has no upgrade scheduled any more: it was cancelled, or skipped.'
    const skipped = passed('v2', 100, {
      finding: { plan: { name: 'v2', height: 100 }, origin: 'call', problems: [], withdrawn: gone },
    })

    // A node that stops for the plan reports the block of the height before it is decided what becomes of the plan.
    it.each(['in_progress', 'failed'] as const)('cancels an upgrade that is %s: it was skipped', (status) => {
      expect(moves(skipped, [{ ...waiting, held: true, status }])).toMatchObject([
        { type: 'cancelled', silent: false, upgrade: { status: 'cancelled', reasons: [gone] } },
      ])
    })

    it('leaves an upgrade alone that its nodes carry out without the chain, or that is complete', () => {
      expect(moves(skipped, [{ ...waiting, status: 'in_progress' }])).toStrictEqual([])
      expect(moves(skipped, [{ ...waiting, held: true, status: 'completed' }])).toStrictEqual([])
    })
  })

  describe('a plan that the chain reports as applied', () => {
    const applied = passed('v2', 100, {
      finding: { plan: { name: 'v2', height: 100 }, origin: 'call', problems: [], applied: 100n },
    })
    const first: ScheduleContext = { head: block(110), hostTime: 110_000 }

    it('is past, silently, at first sight', () => {
      expect(moves(applied, [], {}, first)).toMatchObject([{ type: 'past', silent: true, upgrade: { status: 'past' } }])
    })

    it.each(['scheduled', 'in_progress', 'completed'] as const)(
      'completes one upgrade, whichever votes asked for it: not beside one that is %s',
      (status) => {
        const other = upgrade('9', 'v2', 100, { held: true, status })
        const at: ScheduleContext = { ...context, head: block(110), occupied: occupiedBy([other]) }
        expect(moves(applied, [other], {}, at)).toMatchObject([
          {
            type: 'past',
            silent: true,
            upgrade: { reasons: ['Proposal 9 already has this upgrade: the chain carries it out once.'] },
          },
        ])
        expect(moves(applied, [other, { ...waiting, held: true, status: 'cancelled' }], {}, at)).toStrictEqual([])
      },
    )

    it('triggers and completes a scheduled upgrade whose switch fell between two polls', () => {
      expect(moves(applied, [waiting]).map(({ type, upgrade: { status } }) => [type, status])).toStrictEqual([
        ['triggered', 'in_progress'],
        ['completed', 'completed'],
      ])
    })

    it.each(['in_progress', 'failed', 'cancelled', 'pending'] as const)(
      'completes an upgrade that is %s, whatever version the node reports',
      (status) => {
        expect(moves(applied, [{ ...waiting, status }])).toMatchObject([
          { type: 'completed', silent: false, seen: { evidence: 'chain_applied' }, upgrade: { status: 'completed' } },
        ])
      },
    )

    it('keeps what is known of the upgrade, but clears the reasons against it', () => {
      const evidence = { block: 100n, head: 100n, nodeVersion: 'v1', outage: false, since: 0, movedAt: 0 }
      const failed = { ...waiting, status: 'failed', revision: 3, reasons: ['It stands still.'], evidence } as const
      expect(moves(applied, [failed])).toMatchObject([
        { seen: { oldVersion: 'v1' }, upgrade: { revision: 3, scheduledAt: genesis + 55n, reasons: [] } },
      ])
    })

    it('reports the version before an early switch as the old version', () => {
      const evidence = {
        block: 90n,
        head: 90n,
        nodeVersion: 'v2',
        formerVersion: 'v1',
        outage: false,
        since: 0,
        movedAt: 0,
      }
      const early = { ...waiting, status: 'in_progress', evidence } as const
      const told = (tells: Pick<ScheduleContext, 'nodeVersion'>) =>
        moves(applied, [early], {}, { ...context, ...tells })[0]?.seen
      expect(told({ nodeVersion: 'v2' })).toStrictEqual({
        evidence: 'chain_applied',
        oldVersion: 'v1',
        newVersion: 'v2',
      })
      expect(told({ nodeVersion: 'v3' })).toStrictEqual({
        evidence: 'chain_applied',
        oldVersion: 'v2',
        newVersion: 'v3',
      })
      expect(told({})).toStrictEqual({ evidence: 'chain_applied' })
    })

    it('makes an upgrade past that was refused at first sight, and leaves one that is over', () => {
      const { scheduledAt: _, ...unscheduled } = waiting
      expect(typesOf(moves(applied, [{ ...unscheduled, status: 'refused' }]))).toStrictEqual(['(past)'])
      expect(moves(applied, [{ ...waiting, status: 'completed' }])).toStrictEqual([])
      expect(moves(applied, [{ ...waiting, status: 'failed', withdrawn: true }])).toStrictEqual([])
    })
  })
})
