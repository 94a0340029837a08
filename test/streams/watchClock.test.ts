import { filter, map, pipe } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { ChainState, Turn } from '../../src/domain/chainState.js'
import { newChain } from '../../src/domain/newChain.js'
import type { Reading } from '../../src/domain/reading.js'
import type { Draft } from '../../src/streams/draft.js'
import type { Stage } from '../../src/streams/stage.js'
import { pipeStages, stagesOf } from '../../src/streams/pipeStages.js'
import { watchChain } from '../../src/streams/watchChain.js'
import { watchClock } from '../../src/streams/watchClock.js'
import { block, byKey, failure, queued, reading, upgrade, upgradeProposal } from '../support/builders.js'
import { letters, marbles } from '../support/marbles.js'

const hour = 3_600_000
const evidence = { block: 100n, head: 100n, since: 100_000, movedAt: 100_000, outage: false, nodeVersion: 'v1' }
const underWay: ChainState = {
  ...newChain('local', 0),
  synced: true,
  lastGoodAt: 100_000,
  head: block(100),
  proposals: byKey(upgradeProposal('1', 'v2', 100, { status: 'passed' })),
  upgrades: queued(upgrade('1', 'v2', 100, { status: 'in_progress', evidence })),
}

/** A host clock that can be set, and a monotonic one. */
function clocks() {
  let [seconds, set] = [0, 0]
  return {
    now: () => seconds * 1000 + set,
    steady: () => seconds * 1000,
    at: (second: number) => (seconds = second),
    set: (by: number) => (set += by),
  }
}

describe('watchClock', () => {
  it('returns nothing for a clock that runs on, or is slowly corrected', () => {
    const { now, steady, at, set } = clocks()
    const clockSet = watchClock({ now, steady })
    clockSet()
    for (const second of [10, 3_600, 3_601]) {
      at(second)
      set(4_000)
      expect(clockSet()).toBeUndefined()
    }
  })

  it.each([hour, -hour, 30 * 24 * hour])('corrects the state once if the clock was set by %i ms', (by) => {
    const { now, steady, at, set } = clocks()
    const clockSet = watchClock({ now, steady })
    clockSet()
    at(30)
    set(by)
    const [{ evidence: moved } = {}] = [...clockSet()!(underWay).upgrades.values()]
    expect(moved).toMatchObject({ since: 100_000 + by, movedAt: 100_000 + by })
    at(60)
    expect(clockSet()).toBeUndefined()
  })

  it('corrects from five seconds on', () => {
    const { now, steady, set } = clocks()
    const clockSet = watchClock({ now, steady })
    clockSet()
    set(4_999)
    expect(clockSet()).toBeUndefined()
    set(5_000)
    expect(clockSet()).toBeDefined()
  })

  it('counts at most five minutes of the time before the machine was started', () => {
    const { now, steady, set } = clocks()
    set(100_000 + hour)
    const [{ evidence: moved } = {}] = [...watchClock({ now, steady })()!(underWay).upgrades.values()]
    expect(moved).toMatchObject({ movedAt: 100_000 + hour - 300_000 })
  })

  it('does not mistake a process that was stopped between two reads for a set clock', () => {
    const { now, steady, at } = clocks()
    let looks = 0
    const clockSet = watchClock({
      steady,
      now() {
        looks += 1
        const told = now()
        if (looks === 2) at(7_200)
        return told
      },
    })
    clockSet()
    at(30)
    expect(clockSet()).toBeUndefined()
    expect(looks).toBe(3)
  })
})

describe('watchClock, with clocks that cannot be read at the same time', () => {
  it('ends all the same, and returns nothing', () => {
    let time = 0
    const hasty = (): number => (time += 1_000)
    const clockSet = watchClock({ now: hasty, steady: hasty })
    clockSet()
    expect(clockSet()).toBeUndefined()
  })
})

describe('watchChain, with a host clock that is set', () => {
  const inShort = ({ cause, moves, time }: Turn): string =>
    [cause, time / 1000, ...moves.map(({ type }) => type)].join(' ')
  const given = letters<Reading>({
    a: reading(100, [], { readAt: 101_000, nodeVersion: 'v1' }),
    // Read by a clock that is now an hour ahead.
    b: reading(100, [], { readAt: 131_000 + hour, nodeVersion: 'v1' }),
    x: failure(161 + hour / 1000),
    // Read just before the clock was set.
    s: reading(100, [], { readAt: 131_000, nodeVersion: 'v1' }),
  })

  /** The turns of an upgrade in progress; the clock is set by an hour before the second one. */
  const turnsOf = (isSeen: boolean, stage: Stage = map((draft) => draft)) => {
    const [{ now, steady, set, at }, stages] = [clocks(), pipeStages(stagesOf({ plan: { stallTimeout: 600_000 } }))]
    let seconds = 71
    return watchChain(underWay, pipe(stage, stages), {
      now() {
        return now()
      },
      ...(isSeen && {
        clockSet: (() => {
          const watch = watchClock({ now, steady })
          return () => {
            seconds += 30
            at(seconds)
            if (seconds === 131) set(hour)
            return watch()
          }
        })(),
      }),
    })
  }

  it(
    'does not fail an upgrade in progress for it',
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('-a-b-x-', given).pipe(turnsOf(true), map(inShort))).toBe('-a-b-x-', {
        a: 'reading 101',
        b: 'reading 3731',
        x: 'failure 3761',
      })
    }),
  )

  it(
    'corrects the time of a reading from just before',
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('-a-s-x-', given).pipe(turnsOf(true), map(inShort))).toBe('-a-s-x-', {
        a: 'reading 101',
        s: 'reading 3731',
        x: 'failure 3761',
      })
    }),
  )

  it(
    'keeps the duration of that reading',
    marbles(({ hot, expectObservable }) => {
      const slow = letters<Reading>({
        a: reading(100),
        s: { ...reading(100, [], { readAt: 131_000 }), begunAt: 129_000 },
      })
      const durations$ = hot('-a-s-', { ...given, ...slow }).pipe(
        turnsOf(true),
        map(({ time, begunAt }) => (begunAt === undefined ? 0 : time - begunAt)),
      )
      expectObservable(durations$).toBe('-a-s-', { a: 0, s: 2_000 })
    }),
  )

  it(
    'does so even if the stages filter out that reading',
    marbles(({ hot, expectObservable }) => {
      const keptBack = filter<Draft>(({ time }) => time !== 131_000 + hour)
      expectObservable(hot('-a-b-x-', given).pipe(turnsOf(true, keptBack), map(inShort))).toBe('-a---x-', {
        a: 'reading 101',
        x: 'failure 3761',
      })
    }),
  )

  it(
    'fails the upgrade without the correction',
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('-a-b-', given).pipe(turnsOf(false), map(inShort))).toBe('-a-b-', {
        a: 'reading 101',
        b: 'reading 3731 failed',
      })
    }),
  )
})

describe('watchChain, started for each reading, as by hourly one-shot syncs', () => {
  const given = letters<Reading>({ a: reading(100, [], { readAt: 100_000 + hour, nodeVersion: 'v1' }) })
  const looked = (upFor: number) =>
    watchChain(underWay, pipeStages(stagesOf({ plan: { stallTimeout: 600_000 } })), {
      clockSet: watchClock({ now: () => 100_000 + hour, steady: () => upFor }),
    })

  it.each([
    ['fails an upgrade whose node stood still, on a machine that was up', 10 * hour, ['failed']],
    ['does not fail it on a machine that was just started', 60_000, []],
  ])('%s', (_what, upFor, moves) =>
    marbles(({ hot, expectObservable }) => {
      const moved$ = hot('-a-', given).pipe(
        looked(upFor),
        map((turn) => turn.moves.map(({ type }) => type)),
      )
      expectObservable(moved$).toBe('-a-', { a: moves })
    })(),
  )
})
