import { describe, it } from 'vitest'
import { firstPollAfter } from '../../src/assembly/firstPollAfter.js'
import type { Turn } from '../../src/domain/chainState.js'
import { letters, marbles } from '../support/marbles.js'
import { at, state, turn, upgrade } from '../support/storeGiven.js'

const whole = (height: bigint, over: Partial<Turn> = {}): Turn => turn({ state: state({ head: at(height) }), ...over })
const portion = turn({ state: state({ health: { ...state().health, backlog: 7n } }) })
const endless = turn({
  state: state({ head: at(1n), health: { ...state().health, state: 'stalled', backlog: 7n, problem: 'No end.' } }),
})
const turns = letters<Turn>({
  r: whole(1n),
  s: whole(2n),
  d: whole(3n, { due: [upgrade('1'), upgrade('2')] }),
  p: portion,
  e: endless,
  w: whole(9n, { cause: 'write' }),
  g: whole(9n, { cause: 'write', answer: { result: 'failed', key: upgrade('1').key, reason: 'Disk full.' } }),
  b: whole(9n, { cause: 'write', answer: { result: 'written', key: upgrade('2').key } }),
  k: whole(9n, { cause: 'write', answer: { result: 'written', key: upgrade('3').key } }),
  o: turn({
    state: state({ head: at(9n), upgrades: new Map([['1', upgrade('1', { hook: 'owed' })]]) }),
    cause: 'write',
  }),
  h: whole(9n, { cause: 'news' }),
  c: whole(1n, { finished: { key: '1', name: 'v1', height: 1 } }),
  f: turn({ cause: 'failure', failure: { kind: 'transient', message: 'It is down.' } }),
})
const results = letters({
  r: { chain: 'local', ok: true, height: 1n },
  s: { chain: 'local', ok: true, height: 2n },
  d: { chain: 'local', ok: true, height: 3n },
  f: { chain: 'local', ok: false, failure: { kind: 'transient', message: 'It is down.' } },
  e: { chain: 'local', ok: false, failure: { kind: 'transient', message: 'No end.' } },
})

describe('firstPollAfter', () => {
  it.each([
    ['the first reading', 0, '-r-s', '-(r|)'],
    ['a failure too', 0, '-f-s', '-(f|)'],
    ['none that began before', 1, 'r-s-', '--(s|)'],
    ['no failure that did', 2, 'fr-s', '---(s|)'],
    ['the last portion only', 0, 'p-ps', '---(s|)'],
    ['a portion of what does not become less, as a failure', 0, 'p-e-p', '--(e|)'],
    ['portions that began before as readings', 1, 'pp-s', '---(s|)'],
    ['no answer of the writer to an earlier one', 1, 'w-ws-r', '-----(r|)'],
    ['a reading once each due upgrade is answered for', 0, 'd-w-w-r', '----(d|)'],
    ['a reading whose due upgrades are answered for while others are read', 0, 'd-kbd-g', '------(d|)'],
    ['a reading whose due upgrades are not asked for any more', 0, 'd-f-r', '----(d|)'],
    ['a reading once the command after a writing has ended', 0, 'd-w-o-h-r', '------(d|)'],
    ['no news of the file as an answer', 0, 'd-h-w-w-r', '------(d|)'],
    ['a reading once the file of a completed upgrade is moved', 0, 'c-w-r', '--(r|)'],
    ['nothing where nothing comes', 0, '-', '-'],
  ])('counts %s', (_title, early, source, expected) => {
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const turn$ = hot(source, turns)
      expectObservable(turn$.pipe(firstPollAfter(early))).toBe(expected, results)
      const frames = expected.indexOf('(')
      expectSubscriptions(turn$.subscriptions).toBe(frames < 0 ? '^' : `^${'-'.repeat(frames - 1)}!`)
    })()
  })

  it(
    'ends with its source, and errors with it',
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold<Turn>('-|').pipe(firstPollAfter(0))).toBe('-|')
      expectObservable(cold<Turn>('-#').pipe(firstPollAfter(0))).toBe('-#')
      expectObservable(cold('-r', turns).pipe(firstPollAfter(1)), '--!').toBe('---')
    }),
  )
})
