import { describe, expect, it } from 'vitest'
import type { Proposal } from '../../../src/domain/proposals/proposal.js'
import type { PlanOptions } from '../../../src/domain/upgrades/planOptions.js'
import type { PlanEvent } from '../../../src/domain/upgrades/PlanEvent.js'
import { block, genesis, steadyPace } from '../../support/builders.js'
import { passed, key, read, missed, told } from './planEvents.js'

describe('stepPlan', () => {
  describe('a plan that the chain itself holds', () => {
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

    it('is followed from scheduling to completion, without a delay and whatever its name', () => {
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

    it('is due at its height although its file was refused, and triggers when the writer skips it', () => {
      expect(told([read(60, [held()]), read(100, [held()]), skipped(100)], { minUpgradeDelay: 10 ** 9 })).toStrictEqual(
        ['scheduled release/v2, refused release/v2', 'due release/v2', 'triggered release/v2'],
      )
    })

    describe('of which the nodes stop one block before the height', () => {
      const options: PlanOptions = { when: 'never', stallTimeout: 60_000 }
      const silent = (second: number, head: number): PlanEvent => ({
        type: 'missed',
        hostTime: second * 1000,
        time: genesis + BigInt(head),
        last: { head: block(head), blockTime: steadyPace(head), readAt: head * 1000 },
      })
      const at = (second: number): { readonly hostTime: number } => ({ hostTime: second * 1000 })

      it('fails once after stallTimeout at that block, and is triggered when the chain goes on', () => {
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

      it('fails after the same time if the host clock was far ahead when the wait began', () => {
        const ahead = read(99, [held()], at(365 * 86_400))
        expect(
          told([ahead, read(99, [held()], at(100)), read(99, [held()], at(160)), read(99, [held()], at(161))], options),
        ).toStrictEqual(['scheduled release/v2, halted release/v2', '', '', 'failed release/v2'])
      })

      it('fails after stallTimeout if the node went silent shortly before the height', () => {
        // Block 90 is read at second 90, so ten seconds are left.
        expect(
          told([read(90, [held()]), silent(95, 90), silent(100, 90), silent(160, 90), silent(161, 90)], options),
        ).toStrictEqual(['scheduled release/v2', '', '', '', 'failed release/v2'])
      })

      it('does not fail if the node went silent long before the height, or answered again below it', () => {
        expect(told([read(10, [held()]), silent(110, 10), silent(900, 10)], options)).toStrictEqual([
          'scheduled release/v2',
          '',
          '',
        ])
        expect(
          told([read(90, [held()]), silent(110, 90), read(91, [held()], at(171)), silent(172, 91)], options),
        ).toStrictEqual(['scheduled release/v2', '', '', ''])
      })

      it('fails if the chain is past the height and does not say whether it applied the plan', () => {
        const doubtful = { ...held(), system: 'cosmos', finding: { ...held().finding!, unsure: 'Nobody says.' } }
        expect(
          told(
            [read(90, [held()]), read(101, [doubtful]), read(150, [doubtful], at(162)), read(160, [held(100, 100n)])],
            options,
          ),
        ).toStrictEqual(['scheduled release/v2', '', 'failed release/v2', 'triggered release/v2, completed release/v2'])
      })

      it('is still due at its height after it failed while waiting', () => {
        const [first, second, third] = [read(99, [held()]), read(99, [held()], at(200)), read(100, [held()], at(201))]
        expect(told([read(60, [held()]), first, second, third], { ...options, when: 'at-height' })).toStrictEqual([
          'scheduled release/v2, refused release/v2',
          'halted release/v2',
          'failed release/v2',
          'due release/v2',
        ])
      })
    })

    it('reports no halt one block before the height if only a contract holds the plan', () => {
      expect(told([read(99, [passed()])])).toStrictEqual(['scheduled v2'])
    })
  })
})
