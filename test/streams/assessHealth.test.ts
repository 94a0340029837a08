import { map, pipe } from 'rxjs'
import { describe, it } from 'vitest'
import { newChain } from '../../src/domain/newChain.js'
import type { Reading } from '../../src/domain/reading.js'
import { assessHealth } from '../../src/streams/assessHealth.js'
import { followHead } from '../../src/streams/followHead.js'
import { ignoreOlder } from '../../src/streams/ignoreOlder.js'
import type { Stage } from '../../src/streams/stage.js'
import { watchChain } from '../../src/streams/watchChain.js'
import { failure, reading } from '../support/builders.js'
import { letters, marbles } from '../support/marbles.js'

const stages: Stage = pipe(ignoreOlder(), followHead(), assessHealth({ downAfter: 3_000, stallAfter: 10_000 }))
const readings = letters<Reading>({
  a: reading(10),
  b: reading(11, [], { backlog: 5n }),
  o: reading(9, [], { readAt: 12_000 }),
  s: reading(9, [], { readAt: 40_000 }),
  c: reading(24),
  x: failure(20),
  y: failure(23),
  p: failure(21, 'Wrong chain.', 'permanent'),
})

describe('assessHealth', () => {
  it(
    'follows each poll: up, syncing, and down after failing for long enough',
    marbles(({ hot, expectObservable }) => {
      const reading$ = hot('-a-b-x-y-c-|', readings)
      const expected = '    -u-s-s-d-u-|'
      const states = { u: 'up', s: 'syncing', d: 'down' }
      expectObservable(
        reading$.pipe(
          watchChain(newChain('local', 0), stages),
          map(({ state }) => state.health.state),
        ),
      ).toBe(expected, states)
    }),
  )

  it(
    'is down at once after a permanent failure',
    marbles(({ hot, expectObservable }) => {
      expectObservable(
        hot('-a-p-', readings).pipe(
          watchChain(newChain('local', 0), stages),
          map(({ state }) => state.health.problem ?? state.health.state),
        ),
      ).toBe('-u-p-', { u: 'up', p: 'Wrong chain.' })
    }),
  )

  it(
    'names both blocks if a node went back, and is stalled if that lasts',
    marbles(({ hot, expectObservable }) => {
      expectObservable(
        hot('-a-o-s-', readings).pipe(
          watchChain(newChain('local', 0), stages),
          map(({ state: { health } }) => `${health.state} ${health.problem?.slice(0, 50) ?? ''}`),
        ),
      ).toBe('-u-o-s-', {
        u: 'up ',
        o: 'up The node went back: it answers with block 9, and b',
        s: 'stalled The node went back: it answers with block 9, and b',
      })
    }),
  )
})
