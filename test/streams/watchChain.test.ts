import { EMPTY, map, Observable, of, throwError } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { Turn } from '../../src/domain/chainState.js'
import type { Reading } from '../../src/domain/reading.js'
import type { WriteOutcome } from '../../src/domain/upgrade.js'
import { newChain, type WatchOptions } from '../../src/streams/stepChain.js'
import { watchChain, type WatchPorts } from '../../src/streams/watchChain.js'
import { failure, reading, upgradeProposal } from '../support/builders.js'
import { letters, marbles } from '../support/marbles.js'

const seed = newChain('local', 0)
const plan: WatchOptions = { plan: { minUpgradeDelay: 0, maxConcurrentUpgrades: 2 } }
const both = [upgradeProposal('1', 'v2', 100, { status: 'passed' }), upgradeProposal('2', 'v3', 101, { status: 'passed' })]
const readings = letters<Reading>({ a: reading(99, both), b: reading(110, both), c: reading(111, both), x: failure(112) })

/** A turn in short: its cause, block, moves and what is due. */
function inShort({ cause, state, moves, due }: Turn): string {
  return [cause, String(state.head?.number), ...moves.map(({ type, upgrade }) => `${type} ${upgrade.name}`), ...due.map(({ name }) => `due ${name}`)].join(' ')
}
const watch = (ports: WatchPorts = {}) => (readings$: Observable<Reading>) => readings$.pipe(watchChain(seed, plan, ports), map(inShort))
const answers = ({ due }: Turn): readonly WriteOutcome[] => due.map(({ key }) => ({ result: 'written', key }))
const turns = letters({
  A: 'reading 99 scheduled v2 scheduled v3',
  B: 'reading 110 due v2 due v3',
  W: 'write 110 triggered v2',
  V: 'write 110 triggered v3',
  C: 'reading 111',
  X: 'failure 111',
  Y: 'failure undefined',
})

const dueTurn = (() => {
  const seen: Turn[] = []
  of(readings['a']!, readings['b']!).pipe(watchChain(seed, plan)).subscribe((turn) => seen.push(turn))
  return seen[1]!
})()

describe('watchChain', () => {
  it('gives a turn for each reading', marbles(({ hot, expectObservable, expectSubscriptions }) => {
    const readings$ = hot('-a---x-|', letters<Reading>({ a: reading(99), x: failure(100) }))
    expectObservable(readings$.pipe(watch())).toBe('-a---x-|', letters({ a: 'reading 99', x: 'failure 99' }))
    expectSubscriptions(readings$.subscriptions).toBe('^------!')
  }))

  it('gives nothing for nothing', marbles(({ cold, expectObservable }) => {
    expectObservable(cold<Reading>('----').pipe(watch()), '^--!').toBe('----')
    expectObservable(cold<Reading>('--|').pipe(watch())).toBe('--|')
  }))

  it('errors with its source, and lets go of it with its subscription', marbles(({ cold, expectObservable, expectSubscriptions }) => {
    expectObservable(cold('-x-#', readings).pipe(watch())).toBe('-Y-#', turns)
    const readings$ = cold('-x-x', readings)
    expectObservable(readings$.pipe(watch()), '^-!').toBe('-Y', turns)
    expectSubscriptions(readings$.subscriptions).toBe('^-!')
  }))

  it('folds the answers of the writer in, in order', marbles(({ hot, expectObservable }) => {
    const readings$ = hot('-a-b----|', readings)
    expectObservable(readings$.pipe(watch({ act: answers }))).toBe('-A-(BWV)|', turns)
  }))

  it('lets readings wait while the writer is at work, and loses none', marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
    const readings$ = hot(' -a-bcx|')
    const slow$ = cold('       ---w---v--|', letters<WriteOutcome>({ w: answers(dueTurn)[0]!, v: answers(dueTurn)[1]! }))
    const expected = '      -A-B--W---V--(CX|)'
    const values$ = readings$.pipe(map((letter) => readings[letter]!), watch({ act: ({ due }) => (due.length > 0 ? slow$ : EMPTY) }))
    expectObservable(values$).toBe(expected, turns)
    expectSubscriptions(slow$.subscriptions).toBe('---^---------!')
  }))

  it('cancels the writer with its subscription', marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
    const readings$ = hot('-b----', readings)
    const act$ = cold<WriteOutcome>('-----')
    expectObservable(readings$.pipe(watch({ act: () => act$ })), '^--!').toBe('-F--', letters({ F: 'reading 110 past v2 past v3' }))
    expectSubscriptions(act$.subscriptions).toBe('-^-!')
  }))

  it('errors where the writer does', marbles(({ hot, expectObservable }) => {
    const broken = new Error('broken')
    expectObservable(hot('-a-b-', readings).pipe(watch({ act: ({ due }) => (due.length > 0 ? throwError(() => broken) : EMPTY) }))).toBe('-A-(B#)', turns, broken)
  }))

  it('commits every turn before it is emitted or acted on', () => {
    const log: string[] = []
    of(readings['a']!, readings['b']!, readings['x']!).pipe(watchChain(seed, plan, {
      commit: (turn) => log.push(`commit ${inShort(turn)}`),
      act: (turn) => new Observable<WriteOutcome>((subscriber) => {
        log.push(`act ${inShort(turn)}`)
        for (const answer of answers(turn)) subscriber.next(answer)
        subscriber.complete()
      }),
    })).subscribe((turn) => log.push(`emit ${inShort(turn)}`))
    expect(log).toStrictEqual([
      'commit reading 99 scheduled v2 scheduled v3', 'emit reading 99 scheduled v2 scheduled v3', 'act reading 99 scheduled v2 scheduled v3',
      'commit reading 110 due v2 due v3', 'emit reading 110 due v2 due v3', 'act reading 110 due v2 due v3',
      'commit write 110 triggered v2', 'emit write 110 triggered v2', 'commit write 110 triggered v3', 'emit write 110 triggered v3',
      'commit failure 110', 'emit failure 110', 'act failure 110',
    ])
  })

  it('ends with an error where a commit fails, before anybody sees the turn', marbles(({ hot, expectObservable, expectSubscriptions }) => {
    const readings$ = hot('-a-b-', readings)
    const full = new Error('disk full')
    const commit = (turn: Turn): void => {
      if (turn.due.length > 0) throw full
    }
    expectObservable(readings$.pipe(watch({ commit }))).toBe('-A-#', turns, full)
    expectSubscriptions(readings$.subscriptions).toBe('^--!')
  }))

  it('goes on from the state it is given', () => {
    const seen: Turn[] = []
    of(readings['a']!).pipe(watchChain(seed, plan)).subscribe((turn) => seen.push(turn))
    of(readings['b']!).pipe(watchChain(seen[0]!.state, plan)).subscribe((turn) => seen.push(turn))
    expect(seen.map(inShort)).toStrictEqual(['reading 99 scheduled v2 scheduled v3', 'reading 110 due v2 due v3'])
  })

  it('takes the time of an answer from the host, or from the reading', () => {
    const times = (ports: WatchPorts): readonly number[] => {
      const seen: number[] = []
      of(readings['a']!, readings['b']!).pipe(watchChain(seed, plan, { act: answers, ...ports })).subscribe(({ time }) => seen.push(time))
      return seen
    }
    expect(times({})).toStrictEqual([99_000, 110_000, 110_000, 110_000])
    expect(times({ now: () => 123 })).toStrictEqual([99_000, 110_000, 123, 123])
  })
})
