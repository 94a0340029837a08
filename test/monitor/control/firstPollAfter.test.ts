import { describe, it } from 'vitest'
import { firstPollAfter } from '../../../src/monitor/control/firstPollAfter.js'
import type { Turn } from '../../../src/domain/chainState.js'
import type { PostCheckRecord } from '../../../src/domain/upgrades/postCheck/postCheck.js'
import type { WriteOutcome } from '../../../src/domain/upgrades/writeOutcome.js'
import { letters, marbles } from '../../support/marbles.js'
import { at, state, turn, upgrade } from '../../support/storeGiven.js'

const whole = (height: bigint, over: Partial<Turn> = {}): Turn =>
  turn({ state: state({ head: at(height) }), begunAt: 7, ...over })
const portion = turn({ state: state({ health: { ...state().health, backlog: 7n } }) })
const endless = turn({
  state: state({ head: at(1n), health: { ...state().health, state: 'stalled', backlog: 7n, problem: 'No end.' } }),
})
const lookedAt = (postCheck: PostCheckRecord) => {
  const upgrades = new Map([['1', upgrade('1', { status: 'in_progress', postCheck })]])
  return state({ head: at(1n), upgrades })
}
const answered: WriteOutcome = {
  result: 'postChecked',
  key: '1',
  plan: { name: 'v1', height: 1 },
  found: { checks: [], checkedAt: 2 },
}
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
  l: whole(1n, { state: lookedAt({ since: 1, owed: true }) }),
  a: whole(1n, { cause: 'news', answer: answered, state: lookedAt({ since: 1, verdict: 'passed', checkedAt: 2 }) }),
  x: whole(1n, { cause: 'news', answer: answered, state: lookedAt({ since: 1, verdict: 'failed', checkedAt: 2 }) }),
  c: whole(1n, { finished: { key: '1', name: 'v1', height: 1 } }),
  f: turn({ cause: 'failure', failure: { kind: 'transient', message: 'It is down.' } }),
  R: whole(8n, { begunAt: 6 }),
  F: turn({ cause: 'failure', begunAt: 6, failure: { kind: 'transient', message: 'It was down.' } }),
  P: { ...portion, begunAt: 6 },
})
const results = letters({
  r: { chain: 'local', ok: true, height: 1n },
  l: { chain: 'local', ok: true, height: 1n },
  s: { chain: 'local', ok: true, height: 2n },
  d: { chain: 'local', ok: true, height: 3n },
  f: { chain: 'local', ok: false, failure: { kind: 'transient', message: 'It is down.' } },
  e: { chain: 'local', ok: false, failure: { kind: 'transient', message: 'No end.' } },
})

describe('firstPollAfter', () => {
  it.each([
    ['the first reading', '-r-s', '-(r|)'],
    ['a failure, too', '-f-s', '-(f|)'],
    ['no reading that began before', 'R-s-', '--(s|)'],
    ['no failure that began before', 'FR-s', '---(s|)'],
    ['the last portion only', 'p-ps', '---(s|)'],
    ['a portion of a backlog that does not shrink, as a failure', 'p-e-p', '--(e|)'],
    ['no portion that began before', 'PP-s', '---(s|)'],
    ['no answer of the writer to an earlier one', 'w-wR-r', '-----(r|)'],
    ['a reading once each due upgrade was answered', 'd-w-w-r', '----(d|)'],
    ['a reading whose due upgrades are answered during later readings', 'd-kbd-g', '------(d|)'],
    ['a reading whose due upgrades are no longer due', 'd-f-r', '----(d|)'],
    ['a reading once the afterWrite command has ended', 'd-w-o-h-r', '------(d|)'],
    ['a reading once the post-check is answered, and its verdict read', 'l-l-a-h-s', '--------(l|)'],
    ['a reading once the post-check has failed', 'l-x-s', '--(l|)'],
    ['no report about the file as an answer', 'd-h-w-w-r', '------(d|)'],
    ['a reading once the file of a completed upgrade is archived', 'c-w-r', '--(r|)'],
    ['nothing without turns', '-', '-'],
  ])('counts %s', (_title, source, expected) => {
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const turn$ = hot(source, turns)
      expectObservable(turn$.pipe(firstPollAfter(7))).toBe(expected, results)
      const frames = expected.indexOf('(')
      expectSubscriptions(turn$.subscriptions).toBe(frames < 0 ? '^' : `^${'-'.repeat(frames - 1)}!`)
    })()
  })

  it(
    'completes with its source, and errors with it',
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold<Turn>('-|').pipe(firstPollAfter(7))).toBe('-|')
      expectObservable(cold<Turn>('-#').pipe(firstPollAfter(7))).toBe('-#')
      expectObservable(cold('-R', turns).pipe(firstPollAfter(7)), '--!').toBe('---')
    }),
  )
})
