import { filter, map, pipe } from 'rxjs'
import { describe, it } from 'vitest'
import { newChain } from '../../src/domain/newChain.js'
import type { Reading } from '../../src/domain/reading.js'
import { pipeStages, stagesOf } from '../../src/streams/pipeStages.js'
import { rereadKeptBack } from '../../src/streams/rereadKeptBack.js'
import type { Stage } from '../../src/streams/stage.js'
import { watchChain } from '../../src/streams/watchChain.js'
import { failure, reading } from '../support/builders.js'
import { letters, marbles } from '../support/marbles.js'

/** A reading from the block `begin` to the block `end`. */
const part = (begin: number, end: number): Reading => ({ ...reading(end), startedFrom: { block: begin } })

/** Filters out the first draft about this block. */
function keepBackOnce(block: bigint): Stage {
  let isDone = false
  return filter(({ event }) => {
    const isMeant = !isDone && event.type === 'reading' && event.reading.head.number === block
    isDone ||= isMeant
    return !isMeant
  })
}

describe('rereadKeptBack', () => {
  it(
    'filters out readings beyond a gap until the gap itself is read',
    marbles(({ hot, expectObservable }) => {
      const { stage, onKeptBack } = rereadKeptBack()
      const reading$ = hot(
        '         -a-b-c-d-e-f-',
        letters<Reading>({
          a: reading(10),
          b: part(10, 11),
          c: part(11, 12),
          d: part(12, 13),
          e: part(10, 13),
          f: part(13, 14),
        }),
      )
      const expected = '-a-------e-f-'
      const turn$ = reading$.pipe(
        watchChain(newChain('local', 0), pipe(stage, keepBackOnce(11n), pipeStages(stagesOf())), { onKeptBack }),
        map(({ state }) => String(state.head?.number)),
      )
      expectObservable(turn$).toBe(expected, letters({ a: '10', e: '13', f: '14' }))
    }),
  )

  it(
    'does not restart for a failure that the stages filter out, because nothing of it is missing',
    marbles(({ hot, expectObservable }) => {
      const { stage, onKeptBack, restart } = rereadKeptBack()
      const reading$ = hot('-a-x-', letters<Reading>({ a: reading(10), x: failure(12) }))
      const asked$ = hot('  ----1', letters({ 1: 0 }))
      const noFailures: Stage = filter(({ event }) => event.type !== 'missed')
      reading$
        .pipe(watchChain(newChain('local', 0), pipe(stage, noFailures, pipeStages(stagesOf())), { onKeptBack }))
        .subscribe()
      expectObservable(asked$.pipe(map(() => restart() === undefined))).toBe('----t', { t: true })
    }),
  )

  it(
    'restarts the reading from the state before the gap, only while it is missing',
    marbles(({ hot, expectObservable }) => {
      const { stage, onKeptBack, restart } = rereadKeptBack()
      const reading$ = hot(
        '         -a-b-x-e-',
        letters<Reading>({ a: reading(10), b: part(10, 11), x: failure(12), e: part(10, 13) }),
      )
      const asked$ = hot('--1-2-3-4', letters({ 1: 0, 2: 0, 3: 0, 4: 0 }))
      const expected = '--n-a-a-n'
      reading$
        .pipe(watchChain(newChain('local', 0), pipe(stage, keepBackOnce(11n), pipeStages(stagesOf())), { onKeptBack }))
        .subscribe()
      expectObservable(asked$.pipe(map(() => String(restart()?.head?.number)))).toBe(
        expected,
        letters({ n: 'undefined', a: '10' }),
      )
    }),
  )
})
