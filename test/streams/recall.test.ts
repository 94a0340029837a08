import { concat, EMPTY, lastValueFrom, map, NEVER, type Observable, of, toArray } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { RecalledProposals } from '../../src/domain/proposals/archive.js'
import type { Proposal } from '../../src/domain/proposals/proposal.js'
import { watchChain, type WatchPorts } from '../../src/streams/watchChain.js'
import { genesis, proposal, reading } from '../support/builders.js'
import { letters, marbles } from '../support/marbles.js'
import { answers, readings, seed, stages, turns, watch } from './watchChainGiven.js'

const nothing: RecalledProposals = { proposals: [], announcedIds: [] }
const recalling = (recall: () => Observable<RecalledProposals>): WatchPorts => ({ recall })

describe('an archive that answers later', () => {
  it(
    'delays the reading and what follows it, except the first reading',
    marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const readings$ = hot('  -a--b-x------|', readings)
      const recalled$ = cold('    --(r|)', { r: nothing })
      const expected = '       -A----(BX)---|'
      expectObservable(readings$.pipe(watch(recalling(() => recalled$)))).toBe(
        expected,
        letters({ ...turns, X: 'failure 110' }),
      )
      expectSubscriptions(recalled$.subscriptions).toBe('----^-!')
    }),
  )

  it(
    'delays the answers of a write at the height too, and loses nothing',
    marbles(({ hot, cold, expectObservable }) => {
      const readings$ = hot('-a-b-c----------|', readings)
      const slow = { ...recalling(() => cold('---(r|)', { r: nothing })), execute: answers }
      expectObservable(readings$.pipe(watch(slow))).toBe(
        '-A----B--(DEF)--|',
        letters({
          ...turns,
          D: 'reading 111 due v2 due v3',
          E: 'write 111 triggered v2',
          F: 'write 111 triggered v3',
        }),
      )
    }),
  )

  it(
    'is unsubscribed with the stream',
    marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const readings$ = hot('-a-b-', readings)
      const recalled$ = cold('   ----r', { r: nothing })
      expectObservable(readings$.pipe(watch(recalling(() => recalled$))), '^----!').toBe('-A----', turns)
      expectSubscriptions(recalled$.subscriptions).toBe('---^-!')
    }),
  )

  it.each([
    ['does not complete', concat(of(nothing, nothing), NEVER)],
    ['answers twice', of(nothing, nothing)],
  ])('counts once if it %s', (_, recalled$) =>
    marbles(({ hot, expectObservable }) => {
      const readings$ = hot('-a-b-----c-|', readings)
      const watched$ = readings$.pipe(watch({ ...recalling(() => recalled$), execute: answers }))
      expectObservable(watched$).toBe('-A-(BWV)-C-|', turns)
    })(),
  )

  it(
    'ends the stream if it fails',
    marbles(({ hot, cold, expectObservable }) => {
      const gone = new Error('gone')
      const readings$ = hot('-a-b-c-', readings)
      expectObservable(readings$.pipe(watch(recalling(() => cold('--#', {}, gone))))).toBe('-A---#', turns, gone)
    }),
  )

  it('ends the stream if it has no answer, since archived proposals would seem new', () => {
    const said: string[] = []
    of(readings['a']!, readings['b']!)
      .pipe(watch(recalling(() => EMPTY)))
      .subscribe({ next: (turn) => said.push(turn), error: (cause: unknown) => said.push(String(cause)) })
    expect(said).toStrictEqual([
      turns['A'],
      'TypeError: recall ended without an answer: it answers once, with empty lists too.',
    ])
  })
})

describe('a closed proposal', () => {
  const closed = (block: bigint) =>
    Array.from({ length: 200 }, (_, id) =>
      proposal(String(id), { status: 'rejected', closedAt: { block, timestamp: genesis } }),
    )
  /** How many proposals each turn has in memory: at a first sync, and in the two blocks after it. */
  const held = (proposals: readonly Proposal[]): Promise<readonly number[]> =>
    lastValueFrom(
      of(reading(1_000, proposals), reading(1_001), reading(1_002)).pipe(
        watchChain(
          seed,
          stages,
          recalling(() => of(nothing)),
        ),
        map(({ state }) => state.proposals.size),
        toArray(),
      ),
      { defaultValue: [] },
    )

  it('is in memory in the turn that closes it, and in none after', async () => {
    expect(await held(closed(1n))).toStrictEqual([200, 64, 64])
  })

  it('stays in memory while a reorg may reach it', async () => {
    expect(await held(closed(990n))).toStrictEqual([200, 200, 200])
  })
})
