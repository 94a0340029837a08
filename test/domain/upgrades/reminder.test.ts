import { describe, expect, it } from 'vitest'
import { parseReminder } from '../../../src/domain/upgrades/reminder.js'

describe('parseReminder', () => {
  it('reads a duration', () => {
    expect(parseReminder('24h')).toStrictEqual({ kind: 'time', text: '24h', ms: 86_400_000 })
  })

  it.each([
    ['100 blocks', 100],
    ['1 block', 1],
  ])('reads %s', (text, blocks) => {
    expect(parseReminder(text)).toStrictEqual({ kind: 'blocks', text, blocks })
  })

  it.each(['', '0s', '0 blocks', 'blocks', '1.5 blocks', '-1 blocks', '100blocks', 'soon'])('refuses %j', (text) => {
    expect(parseReminder(text)).toBeUndefined()
  })
})
