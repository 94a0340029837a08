import { EMPTY, map, Observable, of, tap, throwError } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { ChainState, Turn } from '../../src/domain/chainState.js'
import { keyOf } from '../../src/domain/proposals/proposal.js'
import type { Reading } from '../../src/domain/reading.js'
import type { WriteOutcome } from '../../src/domain/upgrades/writeOutcome.js'
import { pipeStages, stagesOf } from '../../src/streams/pipeStages.js'
import { watchChain, type WatchPorts } from '../../src/streams/watchChain.js'
import { block, failure, reading, upgradeProposal } from '../support/builders.js'
import { letters, marbles } from '../support/marbles.js'
import { answers, both, inShort, readings, seed, stages, turns, watch } from './watchChainGiven.js'

const dueTurn = (() => {
  const seen: Turn[] = []
  of(readings['a']!, readings['b']!)
    .pipe(watchChain(seed, stages))
    .subscribe((turn) => seen.push(turn))
  return seen[1]!
})()

describe('watchChain, while the writer is busy', () => {
  it(
    'reads on through a failure, an older block and a reorg',
    marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const readings$ = hot(
        '                     -a-b-x-o-r---|',
        letters<Reading>({
          a: reading(99, both.slice(0, 1)),
          b: reading(100, both.slice(0, 1)),
          x: failure(101),
          o: reading(98, [], { head: block(98), at: block(98) }),
          r: reading(102, [], { rewoundTo: 90n, retracted: [keyOf(both[0]!)] }),
        }),
      )
      const slow$ = cold('   -------w|', letters<WriteOutcome>({ w: answers(dueTurn)[0]! }))
      const expected = '     -A-B-X-O-RW--|'
      const writing = '      ---^-------!'
      const values$ = readings$.pipe(watch({ execute: ({ due }) => (due.length > 0 ? slow$ : EMPTY) }))
      expectObservable(values$).toBe(
        expected,
        letters({
          A: 'reading 99 scheduled v2',
          B: 'reading 100 due v2',
          X: 'failure 100',
          O: 'reading 100',
          R: 'reading 102 cancelled v2',
          W: 'write 102',
        }),
      )
      expectSubscriptions(slow$.subscriptions).toBe(writing)
    }),
  )

  it(
    'applies the answers of the writer in order',
    marbles(({ hot, expectObservable }) => {
      const readings$ = hot('-a-b----|', readings)
      expectObservable(readings$.pipe(watch({ execute: answers }))).toBe('-A-(BWV)|', turns)
    }),
  )

  it(
    'reads on, and applies the answers of the writer as they come',
    marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const readings$ = hot(' -a-bcx----|')
      const slow$ = cold(
        '       -----w---v--|',
        letters<WriteOutcome>({ w: answers(dueTurn)[0]!, v: answers(dueTurn)[1]! }),
      )
      const expected = '      -A-BDX--W---V--|'
      const values$ = readings$.pipe(
        map((letter) => readings[letter]!),
        watch({ execute: ({ due }) => (due.length > 0 ? slow$ : EMPTY) }),
      )
      expectObservable(values$).toBe(
        expected,
        letters({
          ...turns,
          D: 'reading 111 due v2 due v3',
          X: 'failure 111',
          W: 'write 111 triggered v2',
          V: 'write 111 triggered v3',
        }),
      )
      // What reading 111 returned as due was answered by then.
      expectSubscriptions(slow$.subscriptions).toBe('---^-----------!')
    }),
  )

  it(
    'writes only the latest due upgrades once the writer is free',
    marbles(({ hot, cold, expectObservable }) => {
      const asked: string[] = []
      const execute = ({ due }: Turn): Observable<WriteOutcome> => {
        if (due.length === 0) return EMPTY
        asked.push(due.map(({ name }) => name).join())
        const outcomes = Object.fromEntries(
          due.map(({ key }, index): [string, WriteOutcome] => [
            String(index),
            asked.length === 1 ? { result: 'failed', key, reason: 'Disk full.' } : { result: 'written', key },
          ]),
        )
        return cold(due.length === 2 ? '---(01|)' : '----(0|)', outcomes)
      }
      const third = upgradeProposal('3', 'v4', 112, { status: 'passed' })
      const given = letters<Reading>({
        a: reading(99, [...both, third]),
        b: reading(110, both),
        c: reading(111, both),
        d: reading(113, [...both, third]),
      })
      const values$ = hot('-a-bcd------------', given).pipe(
        watchChain(seed, pipeStages(stagesOf({ plan: { minUpgradeDelay: 0, maxConcurrentUpgrades: 3 } })), { execute }),
        map(inShort),
      )
      expectObservable(values$).toBe('-A-BCD(EF)G-------', {
        A: 'reading 99 scheduled v2 scheduled v3 scheduled v4',
        B: 'reading 110 due v2 due v3',
        C: 'reading 111 due v2 due v3',
        D: 'reading 113 due v2 due v3 due v4',
        E: 'write 113 failed v2',
        F: 'write 113 failed v3',
        G: 'write 113 triggered v4',
      })
      expectObservable(hot('-----------------a').pipe(map(() => asked))).toBe('-----------------a', {
        a: ['v2,v3', 'v4'],
      })
    }),
  )

  it(
    'keeps the due upgrades that wait through a failure',
    marbles(({ hot, cold, expectObservable }) => {
      const third = upgradeProposal('3', 'v4', 112, { status: 'passed' })
      const execute = (turn: Turn): Observable<WriteOutcome> =>
        turn.due.length === 0 ? EMPTY : cold('-----(w|)', { w: answers(turn)[0]! })
      const given = letters<Reading>({
        a: reading(99, [both[0]!, third]),
        b: reading(110, [both[0]!, third]),
        d: reading(113, [both[0]!, third]),
        x: failure(114),
      })
      const values$ = hot('-a-b-d-x----------', given).pipe(watchChain(seed, stages, { execute }), map(inShort))
      expectObservable(values$).toBe('-A-B-D-XE----F----', {
        A: 'reading 99 scheduled v2 scheduled v4',
        B: 'reading 110 due v2',
        D: 'reading 113 due v2 due v4',
        X: 'failure 113',
        E: 'write 113 triggered v2',
        F: 'write 113 triggered v4',
      })
    }),
  )

  it(
    'gives the writer the current state, so that a retracted upgrade is not written',
    marbles(({ hot, cold, expectObservable }) => {
      const key = keyOf(both[0]!)
      const standing = (latest: () => ChainState): WriteOutcome => {
        const status = latest().upgrades.get(key)?.status ?? 'gone'
        return status === 'scheduled' ? { result: 'written', key } : { result: 'held', key, reason: status }
      }
      const seen: WriteOutcome[] = []
      const execute = ({ due }: Turn, latest: () => ChainState): Observable<WriteOutcome> =>
        due.length === 0
          ? EMPTY
          : cold('---x|').pipe(
              map(() => standing(latest)),
              tap((outcome) => seen.push(outcome)),
            )
      const one = [both[0]!]
      const given = letters<Reading>({
        a: reading(99, one),
        b: reading(100, one),
        r: reading(101, [], { rewoundTo: 90n, retracted: [key] }),
      })
      expectObservable(hot('-a-b-r----', given).pipe(watchChain(seed, stages, { execute }), map(inShort))).toBe(
        '-A-B-RW---',
        {
          A: 'reading 99 scheduled v2',
          B: 'reading 100 due v2',
          R: 'reading 101 cancelled v2',
          W: 'write 101',
        },
      )
      expectObservable(hot('---------a').pipe(map(() => seen))).toBe('---------a', {
        a: [{ result: 'held', key, reason: 'cancelled' }],
      })
    }),
  )

  it(
    'ends with an error if the answer of the writer cannot be committed',
    marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const full = new Error('disk full')
      const readings$ = hot('-a-b----c-', readings)
      const commit = ({ cause }: Turn): undefined => {
        if (cause === 'write') throw full
      }
      const execute = ({ due }: Turn): Observable<WriteOutcome> =>
        due.length === 0 ? EMPTY : cold('--w-', { w: answers(dueTurn)[0]! })
      expectObservable(readings$.pipe(watch({ commit, execute }))).toBe('-A-B-#', turns, full)
      expectSubscriptions(readings$.subscriptions).toBe('^----!')
    }),
  )

  it(
    'cancels the writer with its subscription',
    marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const readings$ = hot('-b----', readings)
      const act$ = cold<WriteOutcome>('-----')
      expectObservable(readings$.pipe(watch({ execute: () => act$ })), '^--!').toBe(
        '-F--',
        letters({ F: 'reading 110 past v2 past v3' }),
      )
      expectSubscriptions(act$.subscriptions).toBe('-^-!')
    }),
  )

  it(
    'fails if the writer fails',
    marbles(({ hot, expectObservable }) => {
      const broken = new Error('broken')
      expectObservable(
        hot('-a-b-', readings).pipe(
          watch({ execute: ({ due }) => (due.length > 0 ? throwError(() => broken) : EMPTY) }),
        ),
      ).toBe('-A-(B#)', turns, broken)
    }),
  )

  it('takes the time of an answer from the host, or else from the reading', () => {
    const times = (ports: WatchPorts): readonly number[] => {
      const seen: number[] = []
      of(readings['a']!, readings['b']!)
        .pipe(watchChain(seed, stages, { execute: answers, ...ports }))
        .subscribe(({ time }) => seen.push(time))
      return seen
    }
    expect(times({})).toStrictEqual([99_000, 110_000, 110_000, 110_000])
    expect(times({ now: () => 123 })).toStrictEqual([99_000, 110_000, 123, 123])
  })
})
