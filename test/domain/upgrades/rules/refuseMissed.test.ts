import { describe, expect, it } from 'vitest'
import { refuseIfMissed } from '../../../../src/domain/upgrades/rules/refuseMissed.js'
import { type PlanOptions, resolvePlanOptions } from '../../../../src/domain/upgrades/planOptions.js'
import type { Upgrade } from '../../../../src/domain/upgrades/upgrade.js'
import { block, genesis, upgrade } from '../../../support/builders.js'

const hour = 3_600_000
const waiting = upgrade('1', 'v2', 100)

function reasons(
  one: Upgrade,
  {
    head = 110,
    away = hour + 1,
    caughtUpTo = 90n,
    ...options
  }: PlanOptions & { readonly head?: number; readonly away?: number; readonly caughtUpTo?: bigint } = {},
) {
  return refuseIfMissed(
    one,
    { head: block(head), hostTime: away, caughtUpAt: { head: caughtUpTo, time: 0 } },
    resolvePlanOptions(options),
  ).flatMap(({ upgrade: { reasons: why } }) => why)
}

describe('refuseIfMissed', () => {
  it('refuses a height that passed during an absence longer than lateLimit', () => {
    expect(
      refuseIfMissed(
        waiting,
        { head: block(110), hostTime: 2 * hour, caughtUpAt: { head: 90n, time: 0 } },
        resolvePlanOptions({}),
      ),
    ).toMatchObject([
      {
        type: 'refused',
        silent: false,
        time: genesis + 110n,
        before: waiting,
        upgrade: {
          status: 'refused',
          completedAt: genesis + 110n,
          reasons: [
            expect.stringMatching(/^height already passed: height 100 passed while govstream was away for 2 h/),
          ],
        },
      },
    ])
  })

  it.each([
    ['the absence was short', waiting, { away: hour }],
    ['the limit is higher', waiting, { lateLimit: 2 * hour }],
    ['the height was read before', waiting, { caughtUpTo: 100n }],
    ['the head is one block past the height', waiting, { head: 101 }],
    ['the height is ahead', waiting, { head: 99 }],
    ['the file was there in time', { ...waiting, writtenAt: genesis }, {}],
    ['when is never', waiting, { when: 'never' as const }],
    ['the chain itself holds the plan', { ...waiting, held: true as const }, {}],
    ['no file is written for it', { ...waiting, unwritten: true as const }, {}],
    ['it is in progress', { ...waiting, status: 'in_progress' as const }, {}],
  ])('does not refuse if %s', (_, one, parts) => {
    expect(reasons(one, parts)).toStrictEqual([])
  })

  it('does not refuse on the first reading', () => {
    expect(refuseIfMissed(waiting, { head: block(110), hostTime: 2 * hour }, resolvePlanOptions({}))).toStrictEqual([])
  })
})
