import { describe, expect, it } from 'vitest'
import type { Upgrade } from '../../../../src/domain/upgrades/upgrade.js'
import { genesis, upgrade } from '../../../support/builders.js'
import { context, moves, passed, typesOf } from './scheduleProposalGiven.js'

/** The moves once the chain says at block 60 that it carried the plan out; readings have covered block 59. */
const carriedOut = (applied: bigint, known?: Upgrade) =>
  moves(
    passed('v2', 50, { finding: { plan: { name: 'v2', height: 50 }, origin: 'chain', problems: [], applied } }),
    known === undefined ? [] : [known],
  )

const known = upgrade('1', 'v2', 50)

describe('an upgrade that the chain has carried out', () => {
  it('is over if it was never seen before and an earlier reading covers its block', () => {
    expect(typesOf(carriedOut(59n))).toStrictEqual(['(past)'])
    expect(typesOf(carriedOut(60n))).toStrictEqual(['completed'])
  })

  it('is completed if it was seen in its vote, whatever an earlier reading covers', () => {
    expect(typesOf(carriedOut(50n, { ...known, status: 'pending' }))).toStrictEqual(['completed'])
  })

  it('is triggered and completed in one turn if it still waits', () => {
    expect(carriedOut(50n, known)).toMatchObject([
      { type: 'triggered', silent: false, upgrade: { triggeredAt: context.head.timestamp } },
      { type: 'completed', silent: false, upgrade: { triggeredAt: context.head.timestamp } },
    ])
  })

  it('keeps the time at which it was triggered', () => {
    const underWay: Upgrade = { ...known, status: 'in_progress', triggeredAt: genesis + 50n }
    expect(carriedOut(50n, underWay)).toMatchObject([{ type: 'completed', upgrade: { triggeredAt: genesis + 50n } }])
  })

  it('is completed if it was refused after it was scheduled, and over if it was refused at first sight', () => {
    const refused: Upgrade = { ...known, status: 'refused' }
    const { scheduledAt: _never, ...atFirstSight } = refused
    expect(typesOf(carriedOut(50n, refused))).toStrictEqual(['completed'])
    expect(typesOf(carriedOut(50n, atFirstSight))).toStrictEqual(['(past)'])
    expect(typesOf(carriedOut(50n, { ...atFirstSight, blocked: true }))).toStrictEqual(['completed'])
  })

  it.each<[string, Partial<Upgrade>]>([
    ['completed', { status: 'completed' }],
    ['over', { status: 'past' }],
    ['failed because a reorg removed its proposal', { status: 'failed', withdrawn: true }],
  ])('stays as it is if it is %s', (_, parts) => {
    expect(carriedOut(50n, { ...known, ...parts })).toStrictEqual([])
  })
})
