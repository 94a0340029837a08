import { describe, expect, it } from 'vitest'
import type { FileMove } from '../../../../src/domain/upgrades/filePlace.js'
import { resolvePlanOptions } from '../../../../src/domain/upgrades/planOptions.js'
import { movesOfMovedFile } from '../../../../src/domain/upgrades/rules/forgetMovedFile.js'
import { stepPlan } from '../../../../src/domain/upgrades/stepPlan.js'
import type { Upgrade } from '../../../../src/domain/upgrades/upgrade.js'
import { block, genesis, queued, upgrade } from '../../../support/builders.js'
import { key, passed, read } from '../planEvents.js'

const from = { path: '/a/data/upgrade-info.json', profile: 'wemixvisor' }
const toAnotherPath: FileMove = { what: 'path', from }
const toAnotherReader: FileMove = { what: 'profile', from }

const waiting = upgrade('1', 'v2', 100)
const written: Upgrade = { ...waiting, writtenAt: genesis }
const evidence = { block: 100n, head: 100n, since: 1, movedAt: 1, nodeVersion: 'v1', outage: false } as const
const inProgress: Upgrade = { ...written, status: 'in_progress', triggeredAt: genesis + 100n, evidence }

const moves = (of: Upgrade, head: number, move = toAnotherPath) => movesOfMovedFile(queued(of), block(head), move)

describe('movesOfMovedFile', () => {
  it('marks a written file as not written, silently, and gives the path of the former one', () => {
    expect(moves(written, 50)).toStrictEqual([
      {
        type: 'rescheduled',
        upgrade: waiting,
        time: genesis + 50n,
        silent: true,
        before: written,
        leftAt: from.path,
      },
    ])
  })

  it('gives a new revision, silently, if the profile changed, so that the former file is removed', () => {
    expect(moves(written, 50, toAnotherReader)).toStrictEqual([
      {
        type: 'rescheduled',
        upgrade: { ...waiting, revision: 2 },
        time: genesis + 50n,
        silent: true,
        before: written,
      },
    ])
  })

  it.each([
    ['the node is at the height', inProgress, 100],
    ['nobody acted on the file', { ...inProgress, evidence: { ...evidence, unconsumed: true as const } }, 130],
    [
      'nobody acted on the file, and the post-upgrade check has passed',
      {
        ...inProgress,
        evidence: { ...evidence, unconsumed: true as const },
        postCheck: { since: 1, verdict: 'passed' as const, checkedAt: 2, checks: [] },
      },
      130,
    ],
  ])('schedules an upgrade in progress again while %s', (_, of, head) => {
    expect(moves(of, head).map((move) => move.upgrade)).toStrictEqual([waiting])
  })

  it.each([
    ['if a foreign file was in the way', [], 'scheduled', undefined],
    ['if its plan has no problems of its own', ['It has problems.'], 'scheduled', true],
  ] as const)('retries a file that was refused, in the new place, only %s', (_, problems, status, withheld) => {
    const proposal = passed('1', 'v2', 100, {
      finding: { plan: { name: 'v2', height: 100 }, origin: 'chain', problems: [...problems] },
    })
    const before: Upgrade = { ...waiting, held: true, unwritten: true, reasons: ['Not ours.'] }
    const { upgrades, moves: made } = stepPlan(
      { upgrades: queued(before) },
      read(50, [proposal], { fileMove: toAnotherPath }),
      resolvePlanOptions({ when: 'on-schedule', minUpgradeDelay: 0 }),
    )
    expect(upgrades.get(key)).toMatchObject({ status, reasons: withheld ? ['Not ours.'] : [] })
    expect(upgrades.get(key)?.unwritten).toBe(withheld)
    expect(made.map(({ type, silent, leftAt }) => [type, silent, leftAt])).toStrictEqual(
      withheld ? [] : [['rescheduled', true, from.path]],
    )
  })

  it.each([
    ['it was not written', waiting, 50, toAnotherPath],
    ['blocks are past the height, and the node may have switched', inProgress, 101, toAnotherPath],
    ['its height is reached and only the profile changed', inProgress, 100, toAnotherReader],
    ['it is completed', { ...inProgress, status: 'completed' as const }, 130, toAnotherPath],
    ['it has failed', { ...inProgress, status: 'failed' as const }, 130, toAnotherPath],
  ])('leaves the upgrade as it is if %s', (_, of, head, move) => {
    expect(moves(of, head, move)).toStrictEqual([])
  })
})
