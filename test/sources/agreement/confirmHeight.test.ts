import { defer, lastValueFrom, map, type Observable, toArray, VirtualTimeScheduler } from 'rxjs'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Head } from '../../../src/domain/blocks/head.js'
import { askUntilSettled, confirmHeight } from '../../../src/sources/agreement/confirmHeight.js'
import { nothingHeard, type Verdict } from '../../../src/sources/agreement/quorum.js'
import { block } from '../../support/builders.js'
import { letters, marbles } from '../../support/marbles.js'

const verdicts = letters<Verdict>({
  y: { ...nothingHeard, isAgreed: true, agreeing: 2 },
  n: { ...nothingHeard, agreeing: 1, reasons: ['A node does not have block 100.'] },
  // One of three nodes failed to answer, then two.
  f: { ...nothingHeard, agreeing: 1, failed: 1 },
  g: { ...nothingHeard, agreeing: 1, failed: 2 },
})
/** Two of three nodes must agree. */
const rule = { mayFail: 1 }

/** The next of `rounds` for each subscription; the last one repeats. */
function inRounds(...rounds: readonly [Observable<Verdict>, ...Observable<Verdict>[]]): Observable<Verdict> {
  let next = 0
  return defer(() => rounds[Math.min(next++, rounds.length - 1)] ?? rounds[0])
}

describe('askUntilSettled', () => {
  it(
    'completes with the first round in which enough nodes agree',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const round$ = cold('--y|', verdicts)
      expectObservable(askUntilSettled(round$, rule)).toBe('--(y|)', verdicts)
      expectSubscriptions(round$.subscriptions).toBe('^-!')
    }),
  )

  it(
    'asks again a second after a round without agreement',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const [first$, second$] = [cold('--n-|', verdicts), cold('-y|', verdicts)]
      expectObservable(askUntilSettled(inRounds(first$, second$), rule)).toBe('---- 1s -(y|)', verdicts)
      expectSubscriptions(first$.subscriptions).toBe('^---!')
      expectSubscriptions(second$.subscriptions).toBe('---- 1s ^!')
    }),
  )

  it(
    'starts no second round beside one that hangs, and emits nothing for it',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const round$ = cold('----', verdicts)
      expectObservable(askUntilSettled(round$, rule), '^ 9s !').toBe('')
      expectSubscriptions(round$.subscriptions).toBe('^ 9s !')
    }),
  )

  it(
    'continues while no more nodes fail than may, and ends once more than that fail for three seconds',
    marbles(({ cold, expectObservable }) => {
      const rounds$ = inRounds(cold('f|', verdicts), cold('f|', verdicts), cold('g|', verdicts))
      expectObservable(askUntilSettled(rounds$, rule)).toBe('- 1s - 1s - 1s - 1s - 1s (g|)', verdicts)
    }),
  )

  it(
    'does not end for a single failure that the next round makes up for',
    marbles(({ cold, expectObservable }) => {
      const rounds$ = inRounds(cold('g|', verdicts), cold('f|', verdicts), cold('g|', verdicts), cold('y|', verdicts))
      expectObservable(askUntilSettled(rounds$, rule)).toBe('- 1s - 1s - 1s (y|)', verdicts)
    }),
  )

  it(
    'ends at once if the nodes already took three seconds or more to fail',
    marbles(({ cold, expectObservable }) => {
      expectObservable(askUntilSettled(cold('30s (g|)', verdicts), rule)).toBe('30s (g|)', verdicts)
    }),
  )

  it(
    'ends with the last verdict once it is no longer wanted',
    marbles(({ cold, expectObservable }) => {
      let asked = 0
      const isWanted = (): boolean => ++asked < 2
      expectObservable(askUntilSettled(cold('n|', verdicts), { ...rule, isWanted })).toBe('- 1s (n|)', verdicts)
    }),
  )

  it(
    'starts no further round if it is unsubscribed from between two rounds',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const round$ = cold('n|', verdicts)
      expectObservable(askUntilSettled(round$, rule), '^ 500ms !').toBe('')
      expectSubscriptions(round$.subscriptions).toBe('^!')
    }),
  )

  it(
    'passes on the error of a round',
    marbles(({ cold, expectObservable }) => {
      expectObservable(askUntilSettled(cold('-#', verdicts), rule)).toBe('-#')
    }),
  )

  it(
    'asks separately for each subscriber',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const round$ = cold('-y|', verdicts)
      const settled$ = askUntilSettled(round$, rule)
      expectObservable(settled$).toBe('-(y|)', verdicts)
      expectObservable(settled$, '---^').toBe('----(y|)', verdicts)
      expectSubscriptions(round$.subscriptions).toBe(['^!', '---^!'])
    }),
  )
})

describe('confirmHeight', () => {
  type Answer = Head | undefined | Error
  const doubts = (
    answers: readonly Answer[],
    agreement: number,
    problemOf = (_: Head, _who?: string): string | undefined => undefined,
  ) =>
    lastValueFrom(
      confirmHeight(100n, {
        readers: answers.map((answer, index) => ({
          host: `${'abc'.charAt(index)}:1`,
          readBlock: () => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)),
        })),
        agreement,
        problemOf,
        isWanted: () => false,
        scheduler: new VirtualTimeScheduler(),
      }).pipe(
        map(({ doubt }) => doubt),
        toArray(),
      ),
      { defaultValue: [] },
    )
  const [ours, theirs] = [block(100), block(100, { hash: `0x${'f'.repeat(64)}` })]

  it.each<[string, readonly Answer[], number]>([
    ['all have the same block', [ours, ours, ours], 3],
    ['two of three have it', [ours, theirs, ours], 2],
    ['two of three have it, and one has no block', [undefined, ours, ours], 2],
    ['two of three have it, and one fails', [new Error('Down.'), ours, ours], 2],
    ['one writes the hash in capitals', [ours, { ...ours, hash: ours.hash.toUpperCase().replace('0X', '') }], 2],
  ])('has no doubt if %s', async (_, answers, agreement) => {
    expect(await doubts(answers, agreement)).toStrictEqual([undefined])
  })

  it.each<[string, readonly Answer[], number, RegExp]>([
    ['they are on two branches', [ours, theirs], 2, /^At most 1 of 2 nodes have the same block 100, 2 must:$/],
    ['one does not have it', [ours, undefined], 2, /2 must: b:1 does not have block 100\.$/],
    ['one fails', [ours, new Error('Down.')], 2, /2 must: Down\.$/],
    ['there are no nodes', [], 1, /^At most 0 of 0 nodes/],
  ])('says why if %s', async (_, answers, agreement, words) => {
    expect(await doubts(answers, agreement)).toStrictEqual([expect.stringMatching(words)])
  })

  it.each<[string, Answer, boolean]>([
    ['ends once two of three nodes have failed for three seconds', new Error('Down.'), true],
    ['goes on if one node fails and another does not have the block yet', undefined, false],
  ])('%s, and two must agree', async (_, second, isDone) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const told: (string | undefined)[] = []
    const readers = [ours, second, new Error('Down.')].map((answer, index) => ({
      host: `${'abc'.charAt(index)}:1`,
      readBlock: () => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)),
    }))
    const asking = confirmHeight(100n, { readers, agreement: 2, problemOf: () => undefined }).subscribe({
      next: ({ doubt }) => told.push(doubt),
    })
    await vi.advanceTimersByTimeAsync(10_000)
    asking.unsubscribe()
    expect(told).toStrictEqual(isDone ? ['At most 1 of 3 nodes have the same block 100, 2 must: Down.'] : [])
  })

  it('checks the block of each node together with its host', async () => {
    const about: unknown[] = []
    await doubts([ours, theirs], 2, (block, who) => void about.push([block, who]))
    expect(about).toStrictEqual([
      [ours, 'a:1'],
      [theirs, 'b:1'],
    ])
  })

  it('does not count a block that cannot be the one of that height', async () => {
    expect(await doubts([ours, ours], 1, () => 'It is of next year.')).toStrictEqual([
      expect.stringMatching(/1 must: It is of next year\.$/),
    ])
  })
})
