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
  it('refuses a height that came and went during too long an absence', () => {
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
    ['the height was in sight before', waiting, { caughtUpTo: 100n }],
    ['the node still waits at the height', waiting, { head: 101 }],
    ['the height is ahead', waiting, { head: 99 }],
    ['the file was there in time', { ...waiting, writtenAt: genesis }, {}],
    ['the node writes its own file', waiting, { when: 'never' as const }],
    ['the chain holds it: nobody goes past its height without it', { ...waiting, held: true as const }, {}],
    ['no file is written for it', { ...waiting, unwritten: true as const }, {}],
    ['it is under way', { ...waiting, status: 'in_progress' as const }, {}],
  ])('does not where %s', (_, one, parts) => {
    expect(reasons(one, parts)).toStrictEqual([])
  })

  it('does not on a first look', () => {
    expect(refuseIfMissed(waiting, { head: block(110), hostTime: 2 * hour }, resolvePlanOptions({}))).toStrictEqual([])
  })
})
