import { describe, expect, it } from 'vitest'
import type { PostCheck, PostCheckRecord } from '../../../../src/domain/upgrades/postCheck/postCheck.js'
import {
  failedAfterHeight,
  passLateCheck,
  withPostCheck,
} from '../../../../src/domain/upgrades/postCheck/withPostCheck.js'
import type { Upgrade } from '../../../../src/domain/upgrades/upgrade.js'
import { upgrade } from '../../../support/builders.js'

const time = 1_700_000_500n
const well: PostCheck = { id: 'block', verdict: 'passed', reason: 'It is that of all.' }
const bad: PostCheck = { id: 'signature', verdict: 'failed', reason: 'None is signed.', todo: 'Look.' }
/** The result of the check of v2. */
const look = (checks: readonly PostCheck[], height = 100) =>
  ({ result: 'postChecked', key: 'k', plan: { name: 'v2', height }, found: { checks, checkedAt: 9 } }) as const
const looked = (record: Partial<PostCheckRecord>, parts: Partial<Upgrade>): Upgrade =>
  upgrade('1', 'v2', 100, { ...parts, postCheck: { since: 1, ...record } })

describe('withPostCheck', () => {
  it('stores the result, clears what was owed, and keeps the start of the checks', () => {
    const owed = looked({ owed: true, hasFailed: true, completedBy: 'version_changed' }, { status: 'in_progress' })
    expect(withPostCheck(owed, look([well, bad])).postCheck).toStrictEqual({
      since: 1,
      verdict: 'failed',
      checkedAt: 9,
      checks: [well, bad],
      hasFailed: true,
      completedBy: 'version_changed',
    })
  })

  it('ignores the result if the plan has changed since', () => {
    const changed = looked({ owed: true }, { status: 'in_progress' })
    expect(withPostCheck(changed, look([bad], 99))).toBe(changed)
  })
})

describe('failedAfterHeight', () => {
  const failing = (parts: Partial<Upgrade>, record: Partial<PostCheckRecord> = {}): Upgrade =>
    looked({ verdict: 'failed', checks: [well, bad], ...record }, parts)
  const moves = (one: Upgrade, height = 100) => failedAfterHeight(one, look([well, bad], height), time)

  it.each(['in_progress', 'completed', 'failed'] as const)(
    'fails an upgrade that is %s, with the reasons of the failed checks',
    (status) => {
      expect(moves(failing({ status }, { completedBy: 'version_changed' }))).toMatchObject([
        {
          type: 'failed',
          isUnwell: true,
          silent: false,
          time,
          upgrade: {
            status: 'failed',
            completedAt: time,
            reasons: ['None is signed. Look.'],
            postCheck: { hasFailed: true },
          },
        },
      ])
    },
  )

  it.each<[string, Upgrade, number?]>([
    ['it has failed by a check before', failing({ status: 'failed' }, { hasFailed: true })],
    ['its proposal was removed by a reorg, which was announced', failing({ status: 'failed', withdrawn: true })],
    ['it is cancelled', failing({ status: 'cancelled' })],
    ['the check was of another plan', failing({ status: 'in_progress' }), 99],
    ['no check failed', looked({ verdict: 'unknown', checks: [] }, { status: 'in_progress' })],
  ])('fails nothing if %s', (_, one, height) => {
    expect(moves(one, height)).toStrictEqual([])
  })
})

describe('passLateCheck', () => {
  const unseen = (parts: Partial<Upgrade>, record: Partial<PostCheckRecord> = {}): Upgrade =>
    looked(
      { verdict: 'passed', checks: [well], completedBy: 'blocks_past_height', ...record },
      { status: 'completed', ...parts },
    )
  const moves = (one: Upgrade, height = 100) => passLateCheck(one, look([well], height), { time, nodeVersion: 'v2' })

  it('announces the passed check once, with the evidence that completed the upgrade', () => {
    const [move, ...more] = moves(unseen({}))
    expect(more).toStrictEqual([])
    expect(move).toMatchObject({ type: 'completed', isSeenNow: true, silent: false })
    expect(move?.seen).toStrictEqual({ evidence: 'blocks_past_height', newVersion: 'v2' })
    expect(move?.upgrade.postCheck).not.toHaveProperty('completedBy')
  })

  it.each<[string, Upgrade, number?]>([
    ['it was announced with the completion', looked({ verdict: 'passed' }, { status: 'completed' })],
    ['the check has not passed yet', unseen({}, { verdict: 'unknown' })],
    ['the upgrade is not completed', unseen({ status: 'failed' })],
    ['its proposal was removed by a reorg', unseen({ withdrawn: true })],
    ['the check was of another plan', unseen({}), 99],
  ])('announces nothing if %s', (_, one, height) => {
    expect(moves(one, height)).toStrictEqual([])
  })
})
