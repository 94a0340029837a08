import { map } from 'rxjs'
import { describe, it } from 'vitest'
import { newChain } from '../../src/domain/newChain.js'
import { beginDraft, type Draft, eventOf } from '../../src/streams/draft.js'
import { ignoreOlder } from '../../src/streams/ignoreOlder.js'
import { failure, reading } from '../support/builders.js'
import { letters, marbles } from '../support/marbles.js'

const before = { ...newChain('local', 0), proposalsReadTo: 10n }

describe('ignoreOlder', () => {
  it(
    'reduces a reading below the last one to a sign of life, except after a reorg',
    marbles(({ hot, expectObservable }) => {
      const draft$ = hot(
        '-s-h-o-r-x-',
        letters<Draft>({
          s: beginDraft(before, eventOf(reading(10))),
          h: beginDraft(before, eventOf(reading(11))),
          o: beginDraft(before, eventOf(reading(9))),
          r: beginDraft(before, eventOf(reading(9, [], { rewoundTo: 8n }))),
          x: beginDraft(before, eventOf(failure(12))),
        }),
      )
      const expected = ' -r-r-a-r-m-'
      const types = { r: 'reading', a: 'alive', m: 'missed' }
      expectObservable(
        draft$.pipe(
          ignoreOlder(),
          map(({ event }) => event.type),
        ),
      ).toBe(expected, types)
    }),
  )

  it(
    'accepts the first reading of a chain at any block',
    marbles(({ cold, expectObservable }) => {
      const draft$ = cold('a|', letters<Draft>({ a: beginDraft(newChain('local', 0), eventOf(reading(0))) }))
      expectObservable(
        draft$.pipe(
          ignoreOlder(),
          map(({ event }) => event.type),
        ),
      ).toBe('r|', { r: 'reading' })
    }),
  )
})
