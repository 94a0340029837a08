import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emptyBlockTime } from '../../src/domain/blocks/blockTime.js'
import type { Health } from '../../src/domain/health.js'
import type { FailedReading, Reading } from '../../src/domain/reading.js'
import { isTroubled, startingHealth, stepHealth } from '../../src/domain/stepHealth.js'
import { announceHealth } from '../../src/domain/notifications/announceHealth.js'
import { block, failure, reading, steadyPace } from '../support/builders.js'

const after = (...readings: readonly Reading[]): Health =>
  readings.reduce(
    (health, one) => stepHealth(health, one, emptyBlockTime, { stallAfter: 10_000, downAfter: 2_000, recoverAfter: 0 }),
    startingHealth('local', 0),
  )
const states = (...readings: readonly Reading[]): readonly string[] =>
  readings.map((_, index) => after(...readings.slice(0, index + 1)).state)

describe('stepHealth', () => {
  it('is up after a good reading, and syncing while there is a backlog', () => {
    expect(states(reading(1, [], { backlog: 9n }), reading(2))).toStrictEqual(['syncing', 'up'])
  })

  it('counts the silence from the start of the first request that failed, not from its time limit', () => {
    const hung = (begun: number, ended: number): FailedReading => ({
      ...failure(ended),
      silentSince: begun * 1000,
    })
    const up = after(reading(10))
    expect(stepHealth(up, hung(11, 12), emptyBlockTime, { downAfter: 2_000 }).state).toBe('up')
    const down = stepHealth(up, hung(11, 13), emptyBlockTime, { downAfter: 2_000 })
    expect(down).toMatchObject({ state: 'down', failingSince: 11_000 })
    // A clock that was set ahead meanwhile moves the last answer, but not the beginning of the poll.
    const set = { ...up, lastGoodAt: 3_610_000 }
    expect(stepHealth(set, hung(11, 3_611), emptyBlockTime, { downAfter: 2_000 }).state).toBe('up')
  })

  it('is down after failing for downAfter, however many polls that were', () => {
    expect(states(reading(1), failure(2), failure(3), failure(4), reading(5))).toStrictEqual([
      'up',
      'up',
      'up',
      'down',
      'up',
    ])
    expect(states(reading(1), failure(2), failure(3), reading(4), failure(5))).not.toContain('down')
    expect(states(reading(1), failure(2), failure(2.1), failure(2.2), failure(2.3), failure(3.9))).not.toContain('down')
  })

  it('is down or stalled after the same time if the host clock was far ahead at the start', () => {
    const year = 365 * 86_400
    expect(states(reading(1), failure(year), failure(2), failure(4)).at(-1)).toBe('down')
    const still = (second: number, backlog = 0n): Reading =>
      reading(1, [], { readAt: second * 1_000, head: block(1), backlog })
    expect(states(still(year), still(2), still(12), still(12.1)).slice(2)).toStrictEqual(['up', 'stalled'])
    expect(states(still(year, 9n), still(2, 9n), still(13, 9n)).at(-1)).toBe('stalled')
  })

  it('is down at once after a permanent failure', () => {
    expect(states(reading(1), failure(2, 'Wrong chain.', 'permanent'))).toStrictEqual(['up', 'down'])
  })

  it('stays lagging through failures, until a good reading', () => {
    const lagging = reading(2, [], { lagging: true })
    expect(
      [[lagging], [lagging, failure(3)], [lagging, reading(3)]].map(
        (readings) => after(reading(1), ...readings).lagging,
      ),
    ).toStrictEqual([true, true, undefined])
  })

  it('is lagging if the node answers below the head', () => {
    const answering = (answers: bigint): Health =>
      stepHealth(after(reading(10)), reading(10), emptyBlockTime, { answers })
    expect([9n, 10n, 11n].map((answers) => answering(answers).lagging)).toStrictEqual([true, undefined, undefined])
  })

  it('has wentBack only while that is the problem', () => {
    const { failure: lost, ...rest } = failure(2)
    const back: Reading = { ...rest, failure: { ...lost, wentBack: true } }
    expect(
      [[back], [back, failure(3)], [back, reading(3)]].map((readings) => after(reading(1), ...readings).wentBack),
    ).toStrictEqual([true, undefined, undefined])
  })

  it('names both heights of a head that went back, and the possible causes', () => {
    const back = (readAt: number): Health =>
      stepHealth(after(reading(1_000)), reading(999, [], { readAt, head: block(1_000) }), emptyBlockTime, {
        stallAfter: 10_000,
        answers: 999n,
      })
    expect(back(1_001_000).state).toBe('up')
    expect(back(1_001_000).problem).toMatch(
      /^The node went back: it answers with block 999, and block 1000 was read at .*Another node .*reset or rolled back/,
    )
    expect(back(1_010_001).state).toBe('stalled')
  })

  describe('an announced outage', () => {
    const options = { downAfter: 2_000, recoverAfter: 60_000 }
    const story = (...readings: readonly Reading[]): readonly string[] => {
      let health = startingHealth('local', 0)
      return readings.flatMap((one) => {
        const next = stepHealth(health, one, emptyBlockTime, options)
        const told = announceHealth(health, next).map(({ notification: { event } }) => event)
        health = next
        return told
      })
    }

    it('ends after the same time if the host clock was far ahead when the node came back', () => {
      const back = [reading(1), failure(2), failure(5), reading(365 * 86_400), reading(10), reading(70)]
      expect(story(...back.slice(0, -1))).toStrictEqual(['source_down'])
      expect(story(...back)).toStrictEqual(['source_down', 'source_recovered'])
    })

    it('that comes and goes is announced once, and ended once', () => {
      const flaps = Array.from({ length: 7 }, (_, index) => [
        failure(10 + index * 10),
        failure(13 + index * 10),
        reading(15 + index * 10),
      ]).flat()
      expect(story(reading(1), ...flaps)).toStrictEqual(['source_down'])
      expect(story(reading(1), ...flaps, reading(134))).toStrictEqual(['source_down'])
      expect(story(reading(1), ...flaps, reading(135))).toStrictEqual(['source_down', 'source_recovered'])
    })

    it('ends if only a few polls still fail', () => {
      const mostly = Array.from({ length: 300 }, (_, index) =>
        index % 10 === 9 ? failure(15 + index) : reading(15 + index),
      )
      expect(story(reading(1), failure(10), failure(13), ...mostly)).toStrictEqual(['source_down', 'source_recovered'])
      const often = Array.from({ length: 300 }, (_, index) =>
        index % 2 === 1 ? failure(15 + index) : reading(15 + index),
      )
      expect(story(reading(1), failure(10), failure(13), ...often)).toStrictEqual(['source_down'])
    })

    it('does not end if a poll has failed within recoverAfter', () => {
      expect(story(reading(1), failure(10), failure(13), reading(15), failure(70), reading(76))).toStrictEqual([
        'source_down',
      ])
    })

    it('announced by an older version ends too', () => {
      const { trouble: _, ...old } = stepHealth(
        startingHealth('local', 0),
        failure(1, 'Wrong chain.', 'permanent'),
        emptyBlockTime,
        options,
      )
      const back = stepHealth(old, reading(2), emptyBlockTime, options)
      expect(announceHealth(old, back)).toStrictEqual([])
      expect(
        announceHealth(back, stepHealth(back, reading(62), emptyBlockTime, options)).map(
          ({ notification: { event } }) => event,
        ),
      ).toStrictEqual(['source_recovered'])
    })
  })

  it('is stalled if the head does not move', () => {
    const still = (second: number): Reading => reading(5, [], { readAt: second * 1000 })
    expect(states(still(5), still(15), still(16), reading(17))).toStrictEqual(['up', 'up', 'stalled', 'up'])
    expect(after(still(5), still(16)).problem).toBe(
      'The node answers, but its head has been block 5 since 1970-01-01T00:00:05.000Z.',
    )
  })

  it('is stalled if the backlog does not shrink, even if the head moves', () => {
    const behind = (second: number, backlog: bigint): Reading => reading(second, [], { backlog })
    expect(
      states(
        behind(1, 9n),
        behind(6, 9n),
        behind(11, 12n),
        behind(12, 9n),
        behind(13, 8n),
        behind(14, 9n),
        reading(15),
      ),
    ).toStrictEqual(['syncing', 'syncing', 'syncing', 'stalled', 'syncing', 'syncing', 'up'])
    expect(after(behind(1, 9n), behind(12, 9n)).problem).toBe(
      'The node answers, but what is still to be read has not become less since 1970-01-01T00:00:01.000Z: 9 to go.',
    )
    expect(after(behind(1, 9n), behind(12, 9n), reading(13))).not.toHaveProperty('behind')
  })

  it('is not stalled by a backlog that was not read for a long time', () => {
    const behind = (second: number, backlog: bigint): Reading => reading(second, [], { backlog })
    expect(states(behind(1, 9n), behind(50, 12n), behind(55, 11n), behind(61, 11n), behind(66, 11n))).toStrictEqual([
      'syncing',
      'syncing',
      'syncing',
      'syncing',
      'stalled',
    ])
  })

  it('counts another block at the same height as movement', () => {
    const fork = reading(5, [], { readAt: 14_000, head: block(5, { hash: '0xf' }) })
    expect(states(reading(5), fork, { ...fork, readAt: 24_000 })).toStrictEqual(['up', 'up', 'up'])
  })

  it('counts another height as movement, even if the node gives every block the same hash', () => {
    const zeros = `0x${'0'.repeat(64)}`
    const at = (second: number): Reading => reading(second, [], { head: block(second, { hash: zeros }) })
    expect(states(at(5), at(14), at(23))).toStrictEqual(['up', 'up', 'up'])
  })

  it('keeps the problem while it lasts', () => {
    expect(after(reading(1), failure(2, 'No answer.')).problem).toBe('No answer.')
    expect(after(reading(1), failure(2), reading(3))).not.toHaveProperty('problem')
  })

  it('says since when it is in its state', () => {
    expect(after(reading(1), reading(2), failure(3), failure(4), failure(5), failure(6)).since).toBe(5_000)
  })

  it('reports head, backlog and pace', () => {
    expect(stepHealth(startingHealth('local', 0), reading(7, [], { backlog: 3n }), steadyPace(7))).toMatchObject({
      head: block(7),
      lastGoodAt: 7_000,
      movedAt: 7_000,
      backlog: 3n,
      secondsPerBlock: 1,
      consecutiveFailures: 0,
    })
  })

  it('reports the share of failed polls from the first poll on', () => {
    const polls = [failure(1), failure(2), reading(3), reading(4)]
    const rates = polls.map((_, index) => after(...polls.slice(0, index + 1)).errorRate)
    expect(rates.map((rate) => rate.toFixed(3))).toStrictEqual(['1.000', '1.000', '0.667', '0.500'])
  })

  it('keeps the error rate between 0 and 1, rising only with failures', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 200 }), (oks) => {
        let health = startingHealth('local', 0)
        for (const [index, ok] of oks.entries()) {
          const next = stepHealth(health, ok ? reading(index) : failure(index), emptyBlockTime)
          // A rate of 1 cannot rise.
          if (ok) expect(next.errorRate).toBeLessThanOrEqual(health.errorRate)
          else if (health.errorRate < 1) expect(next.errorRate).toBeGreaterThan(health.errorRate)
          else expect(next.errorRate).toBe(1)
          expect(next.errorRate).toBeLessThanOrEqual(1)
          health = next
        }
      }),
    )
  })
})

describe('isTroubled', () => {
  it('is true if stalled or down', () => {
    expect(
      (['starting', 'syncing', 'up', 'stalled', 'down'] as const).filter((state) =>
        isTroubled({ ...startingHealth('local', 0), state }),
      ),
    ).toStrictEqual(['stalled', 'down'])
  })
})
