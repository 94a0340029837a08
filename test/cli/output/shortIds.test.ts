import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matchingNotifications, shortNotificationIds } from '../../../src/cli/output/notificationIds.js'
import { itemsMatching, shortIds } from '../../../src/cli/output/shortIds.js'

describe('shortIds', () => {
  it('keeps short ids, and shortens long ones to their shortest unique prefix', () => {
    const short = shortIds(['7', '12', '123456789012', '1234567890123', '1234567890999', '98765432109876543210'])

    expect(
      ['7', '12', '123456789012', '1234567890123', '1234567890999', '98765432109876543210'].map(short),
    ).toStrictEqual(['7', '12', '123456789012', '1234567890123', '12345678909…', '987654…'])
    expect(short('a stranger')).toBe('a stranger')
  })

  it('gives every id a unique name, by which it is found', () => {
    const ids = fc.uniqueArray(
      fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 256n }).map(String), fc.stringMatching(/^123[0-9]{0,20}$/)),
      { minLength: 1, maxLength: 30 },
    )
    fc.assert(
      fc.property(ids, (all) => {
        const short = shortIds(all)
        for (const id of all) expect(itemsMatching(all, short(id), (one) => [one])).toStrictEqual([id])
      }),
    )
  })
})

describe('the short ids of notifications', () => {
  it('are prefixes of a hash, because the ids themselves share their prefix', () => {
    const ids = ['local/0xabc/1:new_proposal:0x1', 'local/0xabc/1:voting_started:0x1']
    const short = shortNotificationIds(ids)

    expect(ids.map(short)).toStrictEqual([
      expect.stringMatching(/^[0-9a-f]{6}$/),
      expect.stringMatching(/^[0-9a-f]{6}$/),
    ])
    for (const id of ids) expect(matchingNotifications(ids, short(id))).toStrictEqual([id])
    expect(matchingNotifications(ids, ids[0] ?? '')).toStrictEqual([ids[0]])
  })
})
