import { catchError, filter, map, merge, mergeMap, of, pipe, Subject } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { Turn } from '../../src/domain/chainState.js'
import type { Reading } from '../../src/domain/reading.js'
import { StageError } from '../../src/domain/errors.js'
import type { WriteOutcome } from '../../src/domain/upgrades/writeOutcome.js'
import type { Draft } from '../../src/streams/draft.js'
import { pipeStages, stagesOf } from '../../src/streams/pipeStages.js'
import type { Stage } from '../../src/streams/stage.js'
import { watchChain } from '../../src/streams/watchChain.js'
import { failure, reading } from '../support/builders.js'
import { letters, marbles } from '../support/marbles.js'
import { answers, inShort, readings, seed, stages, turns, watch } from './watchChainGiven.js'

describe('watchChain', () => {
  it(
    'emits a turn for each reading',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const readings$ = hot('-a---x-|', letters<Reading>({ a: reading(99), x: failure(100) }))
      expectObservable(readings$.pipe(watch())).toBe('-a---x-|', letters({ a: 'reading 99', x: 'failure 99' }))
      expectSubscriptions(readings$.subscriptions).toBe('^------!')
    }),
  )

  it(
    'emits nothing for an empty source',
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold<Reading>('----').pipe(watch()), '^--!').toBe('----')
      expectObservable(cold<Reading>('--|').pipe(watch())).toBe('--|')
    }),
  )

  it(
    'fails with its source, and unsubscribes from it',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      expectObservable(cold('-x-#', readings).pipe(watch())).toBe('-Y-#', turns)
      const readings$ = cold('-x-x', readings)
      expectObservable(readings$.pipe(watch()), '^-!').toBe('-Y', turns)
      expectSubscriptions(readings$.subscriptions).toBe('^-!')
    }),
  )

  it('handles an event caused by another one after it, not within it', () => {
    const more$ = new Subject<Reading>()
    const seen: string[] = []
    merge(of(readings['a']!), more$)
      .pipe(watch({ execute: answers }))
      .subscribe((turn) => {
        seen.push(turn)
        if (seen.length === 1) more$.next(readings['b']!)
        seen.push('.')
      })
    more$.next(readings['b']!)
    expect(seen.filter((turn) => turn !== '.')).toStrictEqual([turns['A'], turns['B'], turns['W'], turns['V']])
    expect(seen.filter((_, index) => index % 2 === 1)).toStrictEqual(['.', '.', '.', '.'])
  })

  it('continues from the given state', () => {
    const seen: Turn[] = []
    of(readings['a']!)
      .pipe(watchChain(seed, stages))
      .subscribe((turn) => seen.push(turn))
    of(readings['b']!)
      .pipe(watchChain(seen[0]!.state, stages))
      .subscribe((turn) => seen.push(turn))
    expect(seen.map(inShort)).toStrictEqual(['reading 99 scheduled v2 scheduled v3', 'reading 110 due v2 due v3'])
  })

  describe('with an operator between the stages', () => {
    const withMine = (mine: Stage): Stage => {
      const own = stagesOf({ plan: { minUpgradeDelay: 0, maxConcurrentUpgrades: 2 } })
      return pipeStages({ ...own, diffProposals: pipe(own.diffProposals, mine) })
    }

    it(
      'uses the draft that the operator returns',
      marbles(({ hot, expectObservable }) => {
        const none = map((draft: Draft) => ({ ...draft, state: { ...draft.state, proposals: new Map() } }))
        const values$ = hot('-a-b-', readings).pipe(watchChain(seed, withMine(none)), map(inShort))
        expectObservable(values$).toBe('-a-b-', { a: 'reading 99', b: 'reading 110' })
      }),
    )

    it(
      'commits nothing of a draft that is filtered out, and continues from the state before',
      marbles(({ hot, expectObservable }) => {
        const committed: Turn[] = []
        const isEven = filter(({ event }: Draft) => event.type !== 'reading' || event.reading.head.number % 2n === 0n)
        const values$ = hot('-a-b-c-|', readings).pipe(
          watchChain(seed, withMine(isEven), {
            commit: (turn) => {
              committed.push(turn)
              return undefined
            },
          }),
          map((turn) => `${inShort(turn)}, ${committed.length} committed`),
        )
        expectObservable(values$).toBe('---b---|', {
          b: 'reading 110 past v2 past v3, 1 committed',
        })
      }),
    )

    it(
      'fails if the operator violates the contract of a stage, and commits nothing of that draft',
      marbles(({ hot, expectObservable, expectSubscriptions }) => {
        const twice = mergeMap((draft: Draft) => [draft, draft])
        const reading$ = hot('-a-b-', readings)
        const values$ = reading$.pipe(
          watchChain(seed, withMine(twice), {
            commit: () => {
              throw new Error('committed')
            },
          }),
          catchError((error: unknown) => of(error instanceof StageError ? 'contract' : String(error))),
        )
        expectObservable(values$).toBe('-(e|)', { e: 'contract' })
        expectSubscriptions(reading$.subscriptions).toBe('^!')
      }),
    )
  })
})

describe('a preflight or post-upgrade check of a turn', () => {
  const found = { verdict: 'ready', checks: [], checkedAt: 0 } as const
  const looked: WriteOutcome = { result: 'preflighted', key: 'k', plan: { name: 'v2', height: 100 }, found }

  it(
    'delays nothing, and its result is a turn of its own',
    marbles(({ cold, hot, expectObservable }) => {
      const readings$ = hot('-a--c---|', readings)
      const look = ({ cause }: Turn) => (cause === 'reading' ? cold('--l|', letters({ l: looked })) : [])
      expectObservable(readings$.pipe(watch({ look }))).toBe(
        '-A-NC-M-|',
        letters({
          A: 'reading 99 scheduled v2 scheduled v3',
          N: 'news 99',
          C: 'reading 111 due v2 due v3',
          M: 'news 111',
        }),
      )
    }),
  )

  it(
    'is cancelled when the readings end',
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const look$ = cold('-----l', letters({ l: looked }))
      expectObservable(hot('-a-|', readings).pipe(watch({ look: () => look$ }))).toBe('-A-|', turns)
      expectSubscriptions(look$.subscriptions).toBe('-^-!')
    }),
  )

  it(
    'is not started if the readings end while its turn is being committed',
    marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const look$ = cold('-----l', letters({ l: looked }))
      const commit = () => cold('---|')
      expectObservable(hot('-a-|', readings).pipe(watch({ look: () => look$, commit }))).toBe('----(A|)', turns)
      expectSubscriptions(look$.subscriptions).toBe([])
    }),
  )
})
