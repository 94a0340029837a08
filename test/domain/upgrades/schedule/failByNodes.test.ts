import { describe, expect, it } from 'vitest'
import { failByNodes } from '../../../../src/domain/upgrades/schedule/failByNodes.js'
import type { Upgrade } from '../../../../src/domain/upgrades/upgrade.js'
import { block, genesis, upgrade } from '../../../support/builders.js'

const missed = 'node-2 continues without it.'
const at = { head: block(100), hostTime: 5 }
const waiting = upgrade('1', 'v2', 100, { reasons: ['node-2 is not ready.'] })
const failed = { status: 'failed', completedAt: genesis + 100n, reasons: [missed] }

describe('failByNodes', () => {
  it('triggers an upgrade that still waits, and fails it in the same turn', () => {
    expect(failByNodes(waiting, missed, at)).toMatchObject([
      { type: 'triggered', silent: false, upgrade: { status: 'in_progress' } },
      { type: 'failed', silent: false, upgrade: { ...failed, triggeredAt: genesis + 100n } },
    ])
  })

  it('fails one in progress, with the time at which it was triggered', () => {
    const underWay: Upgrade = { ...waiting, status: 'in_progress', triggeredAt: genesis + 90n }
    expect(failByNodes(underWay, missed, at)).toMatchObject([
      { type: 'failed', silent: false, upgrade: { ...failed, triggeredAt: genesis + 90n } },
    ])
  })

  it.each(['failed', 'completed', 'cancelled', 'refused', 'pending', 'past'] as const)(
    'leaves one that is %s as it is',
    (status) => {
      expect(failByNodes({ ...waiting, status }, missed, at)).toStrictEqual([])
    },
  )

  it('does nothing about an upgrade that is not known', () => {
    expect(failByNodes(undefined, missed, at)).toStrictEqual([])
  })
})
