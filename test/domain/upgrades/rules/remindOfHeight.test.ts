import { describe, expect, it } from 'vitest'
import { resolvePlanOptions } from '../../../../src/domain/upgrades/planOptions.js'
import { parseReminder } from '../../../../src/domain/upgrades/reminder.js'
import { remindOfHeight } from '../../../../src/domain/upgrades/rules/remindOfHeight.js'
import type { Upgrade } from '../../../../src/domain/upgrades/upgrade.js'
import { upgradeBoard } from '../../../../src/domain/upgrades/upgradeBoard.js'
import { block, queued, steadyPace, upgrade } from '../../../support/builders.js'

/** The reminders that are announced for an upgrade at height 100, at block 97. */
function told(parts: Partial<Upgrade>, texts = ['20 blocks', '5 blocks']): readonly (string | undefined)[] {
  const board = upgradeBoard(queued(upgrade('1', 'v2', 100, parts)))
  remindOfHeight(
    board,
    {
      type: 'read',
      head: block(97),
      hostTime: 97_000,
      proposals: new Map(),
      retracted: [],
      blockTime: steadyPace(97),
      caughtUpAt: { head: 96n, time: 96_000 },
    },
    resolvePlanOptions({ reminders: texts.map((text) => parseReminder(text)!) }),
  )
  return board.moves().map(({ type, reminder }) => `${type} ${reminder}`)
}

describe('remindOfHeight', () => {
  it('announces the tightest of the due reminders, once', () => {
    expect(told({})).toStrictEqual(['imminent 5 blocks'])
    expect(told({ reminded: ['20 blocks', '5 blocks'] })).toStrictEqual([])
  })

  it('announces nothing without configured reminders, or for an upgrade that is blocked by the file', () => {
    expect(told({}, [])).toStrictEqual([])
    expect(told({ status: 'refused', blocked: true })).toStrictEqual([])
  })
})
