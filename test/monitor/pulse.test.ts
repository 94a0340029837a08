import { asyncScheduler, map } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { Turn } from '../../src/domain/chainState.js'
import { pulse } from '../../src/monitor/pulse.js'
import { letters, marbles } from '../support/marbles.js'
import { state, turn } from '../support/storeGiven.js'

const polls = letters<readonly [chain: string, cause: Turn['cause']]>({
  a: ['a', 'reading'],
  A: ['a', 'failure'],
  b: ['b', 'reading'],
  B: ['b', 'failure'],
  w: ['a', 'write'],
})
const turnOf = ([chain, cause]: readonly [string, Turn['cause']]): Turn =>
  turn({ cause, state: state({ chain }), time: asyncScheduler.now() })

/**
 * The times of the pulses in milliseconds: an interval of 10 ms, two chains, whose successful
 * polls are fresh for 25 ms.
 */
function beats(
  diagram: string,
  clock = (): number => asyncScheduler.now(),
  isUnwritable = (): boolean => false,
): readonly number[] {
  const at: number[] = []
  marbles(({ cold, flush }) => {
    const chains = ['a', 'b'].map((name) => ({ name, freshMs: 25 }))
    const turn$ = cold(diagram, polls).pipe(map(turnOf))
    pulse(turn$, { interval: 10, chains, isUnwritable, now: clock, scheduler: asyncScheduler }).subscribe(() =>
      at.push(asyncScheduler.now()),
    )
    flush()
  })()
  return at
}

describe('pulse', () => {
  it.each<[string, string, readonly number[]]>([
    ['each interval while the polls of every chain succeed', '(ab) 16ms (ab) 16ms (ab) 5ms |', [0, 10, 20, 30, 40]],
    ['not before every chain was read', 'a 19ms a 19ms b 10ms |', [40]],
    ['not after a failed poll, until one succeeds', '(ab) 2ms B 16ms a 4ms b 20ms |', [0, 30, 40]],
    ['not when one chain is no longer polled', '(ab) 16ms a 19ms a 19ms a 19ms |', [0, 10, 20]],
    ['not because of answers of the writer', '(ab) 16ms w 19ms w 19ms w |', [0, 10, 20]],
  ])('is emitted %s', (_, diagram, expected) => {
    expect(beats(diagram)).toStrictEqual(expected)
  })

  it('is not emitted while the state cannot be written, however fresh the polls are', () => {
    const isUnwritable = (): boolean => asyncScheduler.now() > 12 && asyncScheduler.now() < 38
    expect(beats('(ab) 16ms (ab) 16ms (ab) 20ms |', undefined, isUnwritable)).toStrictEqual([0, 10, 40, 50, 60])
  })

  it('is not emitted for polls that are in the future after the clock was set back', () => {
    let calls = 0
    expect(beats('(ab) 60ms |', () => (calls++ < 3 ? 0 : -3_600_000)).length).toBeLessThan(3)
  })
})
