import { describe, expect, it } from 'vitest'
import { parseReminder } from '../../../src/domain/upgrades/reminder.js'
import { remindersDue } from '../../../src/domain/upgrades/remindersDue.js'
import { block, steadyPace, upgrade } from '../../support/builders.js'

const reminders = ['1m', '20 blocks', '30s', '5 blocks'].map((text) => parseReminder(text)!)
const due = (head: number, reminded: readonly string[] = [], blockTime = steadyPace(head)): readonly string[] =>
  remindersDue(upgrade('1', 'v2', 100, { reminded }), block(head), blockTime, reminders).map(({ text }) => text)

describe('remindersDue', () => {
  it('returns reminders when the blocks or the time left are down to them, the tightest last', () => {
    expect(due(39)).toStrictEqual([])
    expect(due(40)).toStrictEqual(['1m'])
    expect(due(70, ['1m'])).toStrictEqual(['30s'])
    expect(due(80, ['1m', '30s'])).toStrictEqual(['20 blocks'])
    expect(due(97)).toStrictEqual(['1m', '30s', '20 blocks', '5 blocks'])
  })

  it('returns none twice, and none at the height or later', () => {
    expect(due(97, ['1m', '30s', '20 blocks', '5 blocks'])).toStrictEqual([])
    expect([due(100), due(120)]).toStrictEqual([[], []])
  })

  it('returns only block reminders if the block time is not known', () => {
    expect(due(85, [], { samples: [] })).toStrictEqual(['20 blocks'])
    const rising = [...reminders].reverse()
    expect(
      remindersDue(upgrade('1', 'v2', 100), block(97), { samples: [] }, rising).map(({ text }) => text),
    ).toStrictEqual(['20 blocks', '5 blocks'])
  })
})
