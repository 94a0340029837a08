import { EMPTY, Observable, of } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { Turn } from '../../src/domain/chainState.js'
import type { WriteOutcome } from '../../src/domain/upgrades/writeOutcome.js'
import { watchChain } from '../../src/streams/watchChain.js'
import { letters, marbles } from '../support/marbles.js'
import { answers, inShort, readings, seed, stages, turns, watch } from './watchChainGiven.js'

describe('watchChain, before a turn is emitted', () => {
  it('commits every turn before it is emitted or acted on', () => {
    const log: string[] = []
    of(readings['a']!, readings['b']!, readings['x']!)
      .pipe(
        watchChain(seed, stages, {
          commit: (turn) => {
            log.push(`commit ${inShort(turn)}`)
            return undefined
          },
          execute: (turn) =>
            new Observable<WriteOutcome>((subscriber) => {
              log.push(`act ${inShort(turn)}`)
              for (const answer of answers(turn)) subscriber.next(answer)
              subscriber.complete()
            }),
        }),
      )
      .subscribe((turn) => log.push(`emit ${inShort(turn)}`))
    expect(log).toStrictEqual([
      'commit reading 99 scheduled v2 scheduled v3',
      'emit reading 99 scheduled v2 scheduled v3',
      'act reading 99 scheduled v2 scheduled v3',
      'commit reading 110 due v2 due v3',
      'emit reading 110 due v2 due v3',
      'act reading 110 due v2 due v3',
      'commit write 110 triggered v2',
      'emit write 110 triggered v2',
      'commit write 110 triggered v3',
      'emit write 110 triggered v3',
      'commit failure 110',
      'emit failure 110',
      'act failure 110',
    ])
  })

  it(
    'subscribes once per turn to a store that answers later',
    marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const readings$ = hot('-a-----x-|', readings)
      const durable$ = cold(' --|')
      const expected = '     ---A-----(X|)'
      const commits = ['-^-!', '-------^-!']
      expectObservable(readings$.pipe(watch({ commit: () => durable$ }))).toBe(
        expected,
        letters({ ...turns, X: 'failure 99' }),
      )
      expectSubscriptions(durable$.subscriptions).toBe(commits)
    }),
  )

  it(
    'ends with an error if a commit fails, before the turn is emitted',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const readings$ = hot('-a-b-', readings)
      const full = new Error('disk full')
      const commit = (turn: Turn): undefined => {
        if (turn.due.length > 0) throw full
      }
      expectObservable(readings$.pipe(watch({ commit }))).toBe('-A-#', turns, full)
      expectSubscriptions(readings$.subscriptions).toBe('^--!')
    }),
  )

  it(
    'waits for a commit that answers later before it emits, acts or reads on',
    marbles(({ hot, cold, expectObservable }) => {
      const readings$ = hot('-a-b--------x|', readings)
      const commit = ({ cause }: Turn): Observable<never> => (cause === 'reading' ? cold('---|') : EMPTY)
      expectObservable(readings$.pipe(watch({ commit, execute: answers }))).toBe(
        '----A--(BWV)X|',
        letters({ ...turns, X: 'failure 110' }),
      )
    }),
  )
})
