import { describe, expect, it } from 'vitest'
import type { Proposal } from '../../../src/domain/proposals/proposal.js'
import type { PlanOptions } from '../../../src/domain/upgrades/planOptions.js'
import type { PlanEvent } from '../../../src/domain/upgrades/PlanEvent.js'
import { block, genesis, steadyPace } from '../../support/builders.js'
import { passed, key, read, missed, told } from './planEvents.js'

describe('stepPlan', () => {
  describe('a chain that holds the plan itself', () => {
    const held = (height = 100, applied?: bigint): Proposal =>
      passed('1', 'release/v2', height, {
        carriedOut: true,
        finding: {
          plan: { name: 'release/v2', height },
          origin: 'call',
          problems: [],
          ...(applied !== undefined && { applied }),
        },
      })
    const skipped = (head: number): PlanEvent => ({
      type: 'wrote',
      outcome: { result: 'skipped', key },
      head: block(head),
      hostTime: head * 1000,
      nodeVersion: 'v1',
    })

    it('is followed from the plan to the switch, however little we like the plan', () => {
      const options: PlanOptions = { when: 'never', minUpgradeDelay: 10 ** 9, profile: 'cosmovisor' }
      expect(
        told(
          [
            read(60, [held()], { nodeVersion: 'v1' }),
            read(99, [held()], { nodeVersion: 'v1' }),
            read(99, [held()]),
            missed(100),
            read(100, [held()], { nodeVersion: 'v1' }),
            skipped(100),
            read(101, [held(100, 100n)], { nodeVersion: 'v1' }),
          ],
          options,
        ),
      ).toStrictEqual([
        'scheduled release/v2',
        'halted release/v2',
        '',
        '',
        'due release/v2',
        'triggered release/v2',
        'completed release/v2',
      ])
    })

    it('is asked of the writer as any other where files are written, and skipped', () => {
      expect(told([read(60, [held()]), read(100, [held()]), skipped(100)], { minUpgradeDelay: 10 ** 9 })).toStrictEqual(
        ['scheduled release/v2, refused release/v2', 'due release/v2', 'triggered release/v2'],
      )
    })

    describe('whose nodes stop at the block before the height', () => {
      const options: PlanOptions = { when: 'never', stallTimeout: 60_000 }
      const silent = (second: number, head: number): PlanEvent => ({
        type: 'missed',
        hostTime: second * 1000,
        time: genesis + BigInt(head),
        last: { head: block(head), blockTime: steadyPace(head), readAt: head * 1000 },
      })
      const at = (second: number): { readonly hostTime: number } => ({ hostTime: second * 1000 })

      it('is told to be stuck there once, and takes its course when it goes on', () => {
        const said = told(
          [
            read(60, [held()]),
            read(99, [held()]),
            read(99, [held()], at(150)),
            read(99, [held()], at(160)),
            read(99, [held()], at(170)),
            silent(200, 99),
            read(100, [held()], at(300)),
            skipped(100),
          ],
          options,
        )
        expect(said).toStrictEqual([
          'scheduled release/v2',
          'halted release/v2',
          '',
          'failed release/v2',
          '',
          '',
          'due release/v2',
          'triggered release/v2',
        ])
      })

      it('is told in the same time where the clock was far ahead as the wait began', () => {
        const ahead = read(99, [held()], at(365 * 86_400))
        expect(
          told([ahead, read(99, [held()], at(100)), read(99, [held()], at(160)), read(99, [held()], at(161))], options),
        ).toStrictEqual(['scheduled release/v2, halted release/v2', '', '', 'failed release/v2'])
      })

      it('is told to be stuck where it fell silent before the height, once that should have come', () => {
        // Block 90 comes at second 90: ten seconds are left.
        expect(
          told([read(90, [held()]), silent(95, 90), silent(100, 90), silent(160, 90), silent(161, 90)], options),
        ).toStrictEqual(['scheduled release/v2', '', '', '', 'failed release/v2'])
      })

      it('is not where it fell silent long before the height, or had not got there', () => {
        expect(told([read(10, [held()]), silent(110, 10), silent(900, 10)], options)).toStrictEqual([
          'scheduled release/v2',
          '',
          '',
        ])
        expect(
          told([read(90, [held()]), silent(110, 90), read(91, [held()], at(171)), silent(172, 91)], options),
        ).toStrictEqual(['scheduled release/v2', '', '', ''])
      })

      it('is told where it is past the height and does not say what it made of the plan', () => {
        const doubtful = { ...held(), system: 'cosmos', finding: { ...held().finding!, unsure: 'Nobody says.' } }
        expect(
          told(
            [read(90, [held()]), read(101, [doubtful]), read(150, [doubtful], at(162)), read(160, [held(100, 100n)])],
            options,
          ),
        ).toStrictEqual(['scheduled release/v2', '', 'failed release/v2', 'triggered release/v2, completed release/v2'])
      })

      it('keeps its file and its place while it waits', () => {
        const [first, second, third] = [read(99, [held()]), read(99, [held()], at(200)), read(100, [held()], at(201))]
        expect(told([read(60, [held()]), first, second, third], { ...options, when: 'at-height' })).toStrictEqual([
          'scheduled release/v2, refused release/v2',
          'halted release/v2',
          'failed release/v2',
          'due release/v2',
        ])
      })
    })

    it('does not stop at a block before the height where nobody holds the plan', () => {
      expect(told([read(99, [passed()])])).toStrictEqual(['scheduled v2'])
    })
  })
})
