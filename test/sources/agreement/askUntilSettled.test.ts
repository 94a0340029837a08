import { defer, type Observable } from 'rxjs'
import { describe, it } from 'vitest'
import { askUntilSettled } from '../../../src/sources/agreement/askUntilSettled.js'
import { nothingHeard, type Verdict } from '../../../src/sources/agreement/quorum.js'
import { letters, marbles } from '../../support/marbles.js'

const verdicts = letters<Verdict>({
  y: { ...nothingHeard, isAgreed: true, agreeing: 2 },
  n: { ...nothingHeard, agreeing: 1, reasons: ['A node does not have block 100.'] },
  // One of three nodes failed to answer, then two.
  f: { ...nothingHeard, agreeing: 1, failed: 1 },
  g: { ...nothingHeard, agreeing: 1, failed: 2 },
  // Two did not answer at all, and then one, while the other two failed.
  h: { ...nothingHeard, agreeing: 1, failed: 2, away: 2 },
  i: { ...nothingHeard, failed: 3, away: 1 },
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
    'gives nodes that do not answer at all a minute, and only as long as they alone are missing',
    marbles(({ cold, expectObservable }) => {
      expectObservable(askUntilSettled(cold('30s h|', verdicts), rule)).toBe('30s - 1s 30s (h|)', verdicts)
      const rounds$ = inRounds(cold('h|', verdicts), cold('h|', verdicts), cold('i|', verdicts))
      expectObservable(askUntilSettled(rounds$, rule)).toBe('- 1s - 1s - 1s - 1s - 1s (i|)', verdicts)
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
    'ends with the first verdict that no further round can change',
    marbles(({ cold, expectObservable }) => {
      const isFinal = ({ failed }: Verdict): boolean => failed === 0
      const rounds$ = inRounds(cold('f|', verdicts), cold('n|', verdicts))
      expectObservable(askUntilSettled(rounds$, { ...rule, isFinal })).toBe('- 1s (n|)', verdicts)
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
