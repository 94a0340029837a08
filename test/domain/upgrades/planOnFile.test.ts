import { describe, expect, it } from 'vitest'
import { fileAfter, finishedFile, leftOverUpgrade } from '../../../src/domain/upgrades/planOnFile.js'
import type { PlanOnFile } from '../../../src/domain/upgrades/upgrade.js'
import type { WriteOutcome } from '../../../src/domain/upgrades/writeOutcome.js'
import { queued, upgrade } from '../../support/builders.js'

const v2 = upgrade('1', 'v2', 100)
const v3 = upgrade('2', 'v3', 200)
const file: PlanOnFile = { key: v2.key, name: 'v2', height: 100, revision: 1 }
const after = (outcome: WriteOutcome, before: PlanOnFile | undefined = file): PlanOnFile | undefined =>
  fileAfter(before, outcome, queued(v2, v3))

describe('fileAfter', () => {
  it('forgets the plan that was taken back, and keeps one that could not be', () => {
    expect(after({ key: v2.key, result: 'removed', path: '/f' })).toBeUndefined()
    expect(after({ key: v2.key, result: 'stuck', path: '/f', reason: 'It is read-only.' })).toStrictEqual(file)
  })

  it('keeps the plan where it was another one that was taken back', () => {
    expect(after({ key: v3.key, result: 'removed', path: '/f' })).toStrictEqual(file)
  })

  it('holds what was written, or what was there already', () => {
    const other = { key: v3.key, name: 'v3', height: 200, revision: 1 }
    expect(after({ key: v3.key, result: 'unchanged' })).toStrictEqual(other)
  })
})

describe('what a file is left over from', () => {
  const moved = upgrade('1', 'v2', 200, { revision: 2 })

  it('is the plan that was moved, while the height that it holds is still to come', () => {
    expect(leftOverUpgrade(file, queued(moved), 99n)).toBe(moved)
    expect(leftOverUpgrade(file, queued(moved), 100n)).toBeUndefined()
    expect(leftOverUpgrade(file, queued({ ...moved, revision: 1 }), 99n)).toBeUndefined()
  })

  it('is what is off, whatever the height, and nothing that still stands', () => {
    const off = { ...v2, status: 'cancelled' } as const
    expect(leftOverUpgrade(file, queued(off), 500n)).toBe(off)
    expect(leftOverUpgrade(file, queued(off, upgrade('3', 'v2', 100)), 500n)).toBeUndefined()
  })
})

describe('the file of a completed upgrade', () => {
  const done = upgrade('1', 'v2', 100, { status: 'completed' })
  const held = { key: done.key, name: 'v2', height: 100 }

  it.each([
    ['holds its plan', done, held],
    ['holds another name', { ...done, name: 'v3' }, undefined],
    ['holds another height', { ...done, height: 110 }, undefined],
    ['is there before the upgrade is done', { ...done, status: 'in_progress' }, undefined],
    ['is still to be found by the command after a writing', { ...done, hook: 'owed' }, undefined],
  ] as const)('that %s', (_, one, finished) => {
    expect(finishedFile(held, queued(one))).toBe(finished)
  })
})
