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

/** A clock of the host that can be set, and one that cannot. */
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
  it('says nothing of a clock that goes on, or is drawn slowly to the right time', () => {
    const { now, steady, at, set } = clocks()
    const clockSet = watchClock({ now, steady })
    clockSet()
    for (const second of [10, 3_600, 3_601]) {
      at(second)
      set(4_000)
      expect(clockSet()).toBeUndefined()
    }
  })

  it.each([hour, -hour, 30 * 24 * hour])('sets the state right, once, where it was set by %i ms', (by) => {
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

  it('counts no more than five minutes of the time before the machine was started', () => {
    const { now, steady, set } = clocks()
    set(100_000 + hour)
    const [{ evidence: moved } = {}] = [...watchClock({ now, steady })()!(underWay).upgrades.values()]
    expect(moved).toMatchObject({ movedAt: 100_000 + hour - 300_000 })
  })

  it('takes a process that was stopped between its two looks for no step', () => {
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

describe('watchClock, where the two are never seen together', () => {
  it('ends all the same, and says nothing', () => {
    let time = 0
    const hasty = (): number => (time += 1_000)
    const clockSet = watchClock({ now: hasty, steady: hasty })
    clockSet()
    expect(clockSet()).toBeUndefined()
  })
})

describe('watchChain, where the clock of the host is set', () => {
  const inShort = ({ cause, moves, time }: Turn): string =>
    [cause, time / 1000, ...moves.map(({ type }) => type)].join(' ')
  const given = letters<Reading>({
    a: reading(100, [], { readAt: 101_000, nodeVersion: 'v1' }),
    // Read by a clock that is an hour ahead by now.
    b: reading(100, [], { readAt: 131_000 + hour, nodeVersion: 'v1' }),
    x: failure(161 + hour / 1000),
    // Read just before it was set.
    s: reading(100, [], { readAt: 131_000, nodeVersion: 'v1' }),
  })

  /** The turns of an upgrade in progress, whose clock is set by an hour before the second of them. */
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
    'makes no verdict by it: an upgrade in progress is no hour older for it',
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('-a-b-x-', given).pipe(turnsOf(true), map(inShort))).toBe('-a-b-x-', {
        a: 'reading 101',
        b: 'reading 3731',
        x: 'failure 3761',
      })
    }),
  )

  it(
    'takes what was read a moment before for read by the clock as it is now',
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('-a-s-x-', given).pipe(turnsOf(true), map(inShort))).toBe('-a-s-x-', {
        a: 'reading 101',
        s: 'reading 3731',
        x: 'failure 3761',
      })
    }),
  )

  it(
    'does so also where the stages keep back what came with it',
    marbles(({ hot, expectObservable }) => {
      const keptBack = filter<Draft>(({ time }) => time !== 131_000 + hour)
      expectObservable(hot('-a-b-x-', given).pipe(turnsOf(true, keptBack), map(inShort))).toBe('-a---x-', {
        a: 'reading 101',
        x: 'failure 3761',
      })
    }),
  )

  it(
    'else a wait is over by it',
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('-a-b-', given).pipe(turnsOf(false), map(inShort))).toBe('-a-b-', {
        a: 'reading 101',
        b: 'reading 3731 failed',
      })
    }),
  )
})

describe('watchChain, begun anew for each look, as by a sync each hour', () => {
  const given = letters<Reading>({ a: reading(100, [], { readAt: 100_000 + hour, nodeVersion: 'v1' }) })
  const looked = (upFor: number) =>
    watchChain(underWay, pipeStages(stagesOf({ plan: { stallTimeout: 600_000 } })), {
      clockSet: watchClock({ now: () => 100_000 + hour, steady: () => upFor }),
    })

  it.each([
    ['sees that a node has stood still since, on a machine that was up', 10 * hour, ['failed']],
    ['makes no verdict by the clock of a machine that was just started', 60_000, []],
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
