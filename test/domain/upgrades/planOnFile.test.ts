import { describe, expect, it } from 'vitest'
import {
  fileAfter,
  fileBefore,
  finishedFile,
  isOnlyInTheWay,
  leftOverUpgrade,
  mayBeLeftOver,
  staleFile,
} from '../../../src/domain/upgrades/planOnFile.js'
import type { PlanOnFile } from '../../../src/domain/upgrades/upgrade.js'
import type { WriteOutcome } from '../../../src/domain/upgrades/writeOutcome.js'
import { queued, upgrade } from '../../support/builders.js'

const v2 = upgrade('1', 'v2', 100)
const v3 = upgrade('2', 'v3', 200)
const file: PlanOnFile = { key: v2.key, name: 'v2', height: 100, revision: 1 }
const after = (outcome: WriteOutcome, before: PlanOnFile | undefined = file): PlanOnFile | undefined =>
  fileAfter(before, outcome, queued(v2, v3))

describe('fileBefore', () => {
  it('returns the first plan that is due ahead of its height', () => {
    const forTime = upgrade('3', 'v4', 0)
    const { height: _none, ...withTime } = forTime
    expect(fileBefore(undefined, [withTime, v2, v3], 99n)).toStrictEqual(file)
    expect(fileBefore(file, [v3], 199n)).toMatchObject({ name: 'v3', height: 200 })
  })

  it('returns what the file holds already if no plan is due, or one at its height', () => {
    expect(fileBefore(file, [], 50n)).toBe(file)
    expect(fileBefore(file, [v2], 100n)).toBe(file)
    expect(fileBefore(undefined, [v2], 100n)).toBeUndefined()
  })
})

describe('fileAfter', () => {
  it('returns the same plan if nothing was written, or for an upgrade that is not known any more', () => {
    expect(after({ key: v3.key, result: 'failed', reason: 'The disk is full.' })).toBe(file)
    expect(after({ key: v3.key, result: 'skipped' })).toBe(file)
    expect(after({ key: 'gone', result: 'written', path: '/f' })).toBe(file)
  })

  it('returns nothing after a file was removed, and the same plan if it could not be', () => {
    expect(after({ key: v2.key, result: 'removed', path: '/f' })).toBeUndefined()
    expect(after({ key: v2.key, result: 'stuck', path: '/f', reason: 'It is read-only.' })).toStrictEqual(file)
  })

  it('keeps the plan if the file of another plan was removed', () => {
    expect(after({ key: v3.key, result: 'removed', path: '/f' })).toStrictEqual(file)
  })

  it('returns the plan that was found unchanged in the file', () => {
    const other = { key: v3.key, name: 'v3', height: 200, revision: 1 }
    expect(after({ key: v3.key, result: 'unchanged' })).toStrictEqual(other)
  })

  it('returns a stale file if the info of the plan has changed while it was being written', () => {
    const changed = { ...v2, revision: 2, info: 'of this plan' }
    const outcome = { key: v2.key, result: 'written', path: '/f' } as const
    const fileOf = (info: string): PlanOnFile | undefined =>
      fileAfter(file, { ...outcome, plan: { name: 'v2', height: 100, info } }, queued(changed))
    expect(staleFile(fileOf('of the former plan'), queued(changed), [changed], 50n)).toStrictEqual(file)
    expect(staleFile(fileOf('of this plan'), queued(changed), [changed], 50n)).toBeUndefined()
  })
})

describe('leftOverUpgrade', () => {
  const moved = upgrade('1', 'v2', 200, { revision: 2 })

  it('returns the rescheduled upgrade while the height in the file is still to come', () => {
    expect(leftOverUpgrade(file, queued(moved), 99n)).toBe(moved)
    expect(leftOverUpgrade(file, queued(moved), 100n)).toBeUndefined()
    expect(leftOverUpgrade(file, queued({ ...moved, revision: 1 }), 99n)).toBeUndefined()
  })

  it('returns the rescheduled upgrade also once the height in the file has come, if it was scheduled for that', () => {
    const scheduledFor = (height: number): typeof moved => ({
      ...moved,
      formerPlans: [{ name: 'v2', height, scheduledAt: 1n }],
    })
    expect(leftOverUpgrade(file, queued(scheduledFor(100)), 105n)).toMatchObject({ height: 200 })
    expect(leftOverUpgrade(file, queued(scheduledFor(90)), 105n)).toBeUndefined()
  })

  it('returns a cancelled upgrade at any height, unless another upgrade has the same plan', () => {
    const off = { ...v2, status: 'cancelled' } as const
    expect(leftOverUpgrade(file, queued(off), 500n)).toBe(off)
    expect(leftOverUpgrade(file, queued(off, upgrade('3', 'v2', 100)), 500n)).toBeUndefined()
  })

  it('returns a refused upgrade if it was scheduled before, unless the file itself is why it was refused', () => {
    const refused = { ...v2, status: 'refused' } as const
    const { scheduledAt: _never, ...atFirstSight } = refused
    expect(leftOverUpgrade(file, queued(refused), 500n)).toBe(refused)
    expect(leftOverUpgrade(file, queued(atFirstSight), 500n)).toBeUndefined()
    expect(leftOverUpgrade(file, queued({ ...refused, blocked: true }), 500n)).toBeUndefined()
  })

  it.each([
    ['cosmovisor', 'V2'],
    ['wemixvisor', undefined],
  ] as const)('returns, for %s, of V2 that is off and a file with v2: %s', (profile, found) => {
    const off = queued(upgrade('1', 'V2', 100, { status: 'cancelled' }))
    const gone = queued(
      upgrade('1', 'V2', 200, { revision: 2, formerPlans: [{ name: 'V2', height: 100, scheduledAt: 1n }] }),
    )
    expect(leftOverUpgrade(file, off, 50n, profile)?.name).toBe(found)
    expect(leftOverUpgrade(file, gone, 50n, profile)?.name).toBe(found)
    expect(leftOverUpgrade(file, gone, 150n, profile)?.name).toBe(found)
  })
})

describe('mayBeLeftOver', () => {
  it.each([
    ['was cancelled', true, { status: 'cancelled' }],
    ['was refused after it was scheduled', true, { status: 'refused' }],
    ['was moved', true, { revision: 2 }],
    ['waits', false, {}],
    ['was moved and is over', false, { revision: 2, status: 'completed' }],
  ] as const)('if one of several upgrades %s: %s', (_what, expected, parts) => {
    expect(mayBeLeftOver(queued({ ...v2, ...parts }, v3))).toBe(expected)
  })
})

describe('staleFile', () => {
  const off = { ...v2, status: 'cancelled' } as const

  it('returns the plan of a cancelled upgrade until its height, when it is too late to remove the file', () => {
    expect(staleFile(file, queued(off), [], 99n)).toBe(file)
    expect(staleFile(file, queued(off), [], 100n)).toBeUndefined()
  })

  it('returns nothing if the plan is written for an upgrade that waits, or is about to be', () => {
    expect(staleFile(file, queued({ ...v2, writtenAt: 1n }), [], 50n)).toBeUndefined()
    expect(staleFile(file, queued(v2), [v2], 50n)).toBeUndefined()
    expect(staleFile(file, queued(v2), [], 50n)).toBe(file)
  })
})

describe('staleFile of a plan of the same name or height', () => {
  it.each([
    ['another name', upgrade('2', 'v3', 100, { writtenAt: 1n })],
    ['another height', upgrade('2', 'v2', 200, { writtenAt: 1n })],
  ])('returns the file if what waits has %s', (_what, other) => {
    expect(staleFile(file, queued({ ...v2, status: 'cancelled' }, other), [], 50n)).toBe(file)
  })
})

describe('isOnlyInTheWay', () => {
  it.each([
    ['true if its plan still waits', { ...v2 }, true],
    ['false if its plan is cancelled', { ...v2, status: 'cancelled' }, false],
    ['false if its plan was moved', { ...v2, height: 120, revision: 2 }, false],
    ['false if the info of its plan has changed', { ...v2, info: { a: 1 }, revision: 2 }, false],
    ['false if its upgrade is not known any more', v3, false],
  ] as const)('returns %s', (_what, one, expected) => {
    expect(isOnlyInTheWay(file, queued(one))).toBe(expected)
  })
})

describe('finishedFile', () => {
  const done = upgrade('1', 'v2', 100, { status: 'completed' })
  const held = { key: done.key, name: 'v2', height: 100 }

  it.each([
    ['holds its plan', done, held],
    ['holds another name', { ...done, name: 'v3' }, undefined],
    ['holds another height', { ...done, height: 110 }, undefined],
    ['exists before the upgrade is completed', { ...done, status: 'in_progress' }, undefined],
    ['the afterWrite command still needs', { ...done, hook: 'owed' }, undefined],
  ] as const)('returns the completed upgrade only for a file that %s', (_, one, finished) => {
    expect(finishedFile(held, queued(one))).toBe(finished)
  })
})
