import { describe, expect, it } from 'vitest'
import { resolvePlanOptions } from '../../../../src/domain/upgrades/planOptions.js'
import { withdrawRetracted } from '../../../../src/domain/upgrades/rules/withdrawRetracted.js'
import type { Upgrade } from '../../../../src/domain/upgrades/upgrade.js'
import { upgradeBoard } from '../../../../src/domain/upgrades/upgradeBoard.js'
import { block, queued, steadyPace, upgrade } from '../../../support/builders.js'

/** The upgrade after a reading in which a reorg removed its proposal. */
function withdrawn(parts: Partial<Upgrade>): Upgrade | undefined {
  const one = upgrade('1', 'v2', 100, parts)
  const board = upgradeBoard(queued(one))
  withdrawRetracted(
    board,
    {
      type: 'read',
      head: block(101),
      hostTime: 0,
      proposals: new Map(),
      retracted: [one.key],
      blockTime: steadyPace(101),
    },
    resolvePlanOptions({}),
  )
  return board.get(one.key)
}

describe('an upgrade in progress whose proposal a reorg removed', () => {
  it.for([
    ['the height', {}, 'A reorg removed the proposal after the height was reached: '],
    ['the file', { writtenAt: 1n }, 'A reorg removed the proposal after the file was written: '],
    [
      'the height of an announcement',
      { announced: true },
      'A reorg removed the announcement after the height was reached: ',
    ],
  ] as const)('fails, and says what it came after: %s', ([_what, parts, said]) => {
    expect(withdrawn({ status: 'in_progress', ...parts })).toMatchObject({
      status: 'failed',
      withdrawn: true,
      reasons: [`${said}check the node before it switches.`],
    })
  })
})
