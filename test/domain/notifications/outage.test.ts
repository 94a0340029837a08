import { describe, expect, it } from 'vitest'
import {
  type ChannelTry,
  needsAnnouncement,
  isOver,
  type Outage,
  stepOutage,
} from '../../../src/domain/notifications/outage.js'

const second = 1_000
const minute = 60_000
const failed = (at: number, until = at + second): ChannelTry => ({
  at,
  chain: 'local',
  ok: false,
  reason: 'It answered 503.',
  until,
})
const givenUp = (at: number): ChannelTry => ({
  at,
  chain: 'local',
  ok: false,
  reason: 'The token is revoked.',
  status: 401,
})
const took = (at: number): ChannelTry => ({ at, chain: 'local', ok: true })

function after(...tries: readonly ChannelTry[]): Outage | undefined {
  return tries.reduce<Outage | undefined>((outage, tried) => stepOutage(outage, 'pager', tried), undefined)
}
function told(...tries: readonly ChannelTry[]): Outage | undefined {
  const outage = after(...tries)
  return outage === undefined ? undefined : { ...outage, isTold: true }
}

describe('an outage of a channel', () => {
  it.each<[string, readonly ChannelTry[], boolean]>([
    ['one failed try', [failed(0)], false],
    ['three within a minute', [failed(0), failed(10 * second), failed(59 * second)], false],
    ['two an hour apart, as with one-shot syncs', [failed(0), failed(60 * minute)], false],
    ['three over a minute', [failed(0), failed(10 * second), failed(minute)], true],
    ['a success in between', [failed(0), took(second), failed(10 * second), failed(minute)], false],
    ['a pause of ten minutes that the receiver asks for', [failed(0, 10 * minute)], false],
    ['a longer pause', [failed(0, 10 * minute + 1)], true],
    ['a permanent failure', [givenUp(0)], true],
  ])('is announced or not: %s', (_, tries, expected) => {
    const outage = after(...tries)
    expect(outage !== undefined && needsAnnouncement(outage, outage.lastAt)).toBe(expected)
  })

  it('is announced a minute after it began, even if the next try is later', () => {
    const outage = after(failed(0), failed(second), failed(40 * second, 100 * second))!
    expect([needsAnnouncement(outage, minute - 1), needsAnnouncement(outage, minute)]).toStrictEqual([false, true])
    expect(needsAnnouncement(after(failed(0), failed(40 * second))!, minute)).toBe(false)
    // After a restart days later the next try is still ahead.
    expect(needsAnnouncement(outage, 72 * 60 * minute)).toBe(false)
  })

  it('is announced, and over, after the same time if the clock was far ahead at its start', () => {
    const year = 365 * 24 * 60 * minute
    const begun = after(failed(year), failed(0), failed(30 * second), failed(minute))!
    expect([needsAnnouncement(begun, minute), begun.since]).toStrictEqual([true, 0])
    const up = stepOutage(stepOutage(told(givenUp(0)), 'pager', took(year)), 'pager', took(minute))!
    expect([isOver(up, 6 * minute - 1), isOver(up, 6 * minute)]).toStrictEqual([false, true])
  })

  it('is announced once, however long it lasts', () => {
    const outage = stepOutage(told(givenUp(0)), 'pager', givenUp(minute))
    expect(outage).toMatchObject({ since: 0, lastAt: minute, tries: 2, isTold: true })
    expect(needsAnnouncement(outage!, minute)).toBe(false)
  })

  it('is over once every try has succeeded for five minutes', () => {
    const up = stepOutage(told(givenUp(0)), 'pager', took(minute))!
    expect(isOver(up, 6 * minute - 1)).toBe(false)
    expect(isOver(up, 6 * minute)).toBe(true)
    // A failure in between continues the same outage.
    const again = stepOutage(up, 'pager', failed(2 * minute))!
    expect(again).not.toHaveProperty('upSince')
    const steady = stepOutage(stepOutage(again, 'pager', took(3 * minute)), 'pager', took(4 * minute))!
    expect([
      needsAnnouncement(again, 2 * minute),
      isOver(steady, 8 * minute - 1),
      isOver(steady, 8 * minute),
    ]).toStrictEqual([false, false, true])
  })

  it('ends with the first success if it was not announced', () => {
    expect(after(givenUp(0), took(second))).toBeUndefined()
  })

  it('has the status of its last try, or none', () => {
    expect(after(givenUp(0))).toMatchObject({ status: 401, reason: 'The token is revoked.' })
    expect(after(givenUp(0), failed(second))).not.toHaveProperty('status')
  })
})
