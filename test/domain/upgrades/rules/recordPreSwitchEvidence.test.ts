import { describe, expect, it } from 'vitest'
import type { Sighting } from '../../../../src/domain/upgrades/assessCompletion.js'
import {
  recordPreSwitchEvidence,
  withPreSwitchEvidence,
} from '../../../../src/domain/upgrades/rules/recordPreSwitchEvidence.js'
import { resolvePlanOptions } from '../../../../src/domain/upgrades/planOptions.js'

import { upgradeBoard } from '../../../../src/domain/upgrades/upgradeBoard.js'
import { block, queued, steadyPace, upgrade } from '../../../support/builders.js'

const waiting = upgrade('1', 'v2', 100)
const after = (...sightings: readonly Sighting[]) => sightings.reduce(withPreSwitchEvidence, waiting)

describe('withPreSwitchEvidence', () => {
  it('keeps the last version from before the block below the height', () => {
    expect(
      after(
        { head: 90n, hostTime: 1, nodeVersion: 'v1' },
        { head: 98n, hostTime: 2, nodeVersion: 'v1.1' },
        { head: 99n, hostTime: 3, nodeVersion: 'v2' },
      ).evidence,
    ).toStrictEqual({
      block: 98n,
      head: 98n,
      since: 2,
      movedAt: 2,
      nodeVersion: 'v1.1',
      formerVersion: 'v1',
      outage: false,
    })
  })

  it('keeps the former version, even across an outage: the node may have switched before its height', () => {
    const switched = after(
      { head: 90n, hostTime: 1, nodeVersion: 'v1' },
      { hostTime: 2 },
      { head: 92n, hostTime: 3, nodeVersion: 'v2' },
      { hostTime: 4 },
      { head: 94n, hostTime: 5, nodeVersion: 'v2' },
    )
    expect(switched.evidence).toMatchObject({ nodeVersion: 'v2', formerVersion: 'v1' })
  })

  it('keeps the first of several former versions, and none if the node returns to it', () => {
    const told = (...versions: readonly string[]) =>
      after(...versions.map((nodeVersion, at): Sighting => ({ head: 90n + BigInt(at), hostTime: at, nodeVersion })))
    expect(told('v1', 'v1.1', 'v2').evidence).toMatchObject({ nodeVersion: 'v2', formerVersion: 'v1' })
    expect(told('v1', 'v2', 'v1').evidence).not.toHaveProperty('formerVersion')
  })

  it('returns the same upgrade if nothing is new', () => {
    const noted = after({ head: 90n, hostTime: 1, nodeVersion: 'v1' })
    expect(withPreSwitchEvidence(noted, { head: 91n, hostTime: 2, nodeVersion: 'v1' })).toBe(noted)
    expect(withPreSwitchEvidence(waiting, { head: 91n, hostTime: 2 })).toBe(waiting)
    expect(withPreSwitchEvidence(waiting, { hostTime: 2 })).toBe(waiting)
  })

  it('keeps an outage until the old version is seen again', () => {
    const gone = after({ head: 90n, hostTime: 1, nodeVersion: 'v1' }, { hostTime: 2 })
    expect(gone.evidence?.outage).toBe(true)
    expect(withPreSwitchEvidence(gone, { hostTime: 3 })).toBe(gone)
    expect(withPreSwitchEvidence(gone, { head: 100n, hostTime: 4, nodeVersion: 'v2' })).toBe(gone)
    expect(withPreSwitchEvidence(gone, { head: 91n, hostTime: 4, nodeVersion: 'v1' }).evidence?.outage).toBe(false)
  })
})

describe('recordPreSwitchEvidence', () => {
  it('records evidence for upgrades that wait, not for those in progress', () => {
    const underWay = upgrade('2', 'v1', 40, { status: 'in_progress' })
    const board = upgradeBoard(queued(waiting, underWay))
    recordPreSwitchEvidence(
      board,
      {
        type: 'read',
        head: block(30),
        hostTime: 7,
        proposals: new Map(),
        retracted: [],
        blockTime: steadyPace(30),
        nodeVersion: 'v1',
      },
      resolvePlanOptions({}),
    )

    expect(board.get(waiting.key)?.evidence).toMatchObject({ block: 30n, nodeVersion: 'v1' })
    expect(board.get(underWay.key)).toBe(underWay)
  })
})
