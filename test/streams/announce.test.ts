import { map } from 'rxjs'
import { describe, it } from 'vitest'
import { newChain } from '../../src/domain/newChain.js'
import { announce } from '../../src/streams/announce.js'
import { beginDraft, type Draft, eventOf } from '../../src/streams/draft.js'
import {
  block,
  byKey,
  change,
  failure,
  move,
  proposal,
  queued,
  reading,
  steadyPace,
  upgrade,
} from '../support/builders.js'
import { letters, marbles } from '../support/marbles.js'

const passed = proposal('1', { status: 'passed' })
const before = { ...newChain('local', 0), head: block(60), blockTime: steadyPace(60), proposals: byKey(passed) }
const scheduled = upgrade('1', 'v2', 100)
const down = { ...before.health, state: 'down' as const, since: 5, trouble: { since: 5 } }
const draft = (parts: Partial<Draft>): Draft => ({ ...beginDraft(before, eventOf(reading(60))), ...parts })
const told = ({ announcements }: Draft): string =>
  announcements.map(({ notification: { event, priority } }) => `${event} ${priority}`).join(', ')

describe('announce', () => {
  it(
    'merges health, changes and moves, in this order',
    marbles(({ hot, expectObservable }) => {
      const draft$ = hot(
        '-a-q-',
        letters<Draft>({
          a: draft({
            state: { ...before, health: down, upgrades: queued(scheduled) },
            changes: [change({ type: 'statusMoved', proposal: passed, from: 'voting' })],
            moves: [move('scheduled', scheduled)],
          }),
          q: draft({ changes: [change({ type: 'detailsRead', proposal: passed })] }),
        }),
      )
      const expected = ' -a-n-'
      expectObservable(draft$.pipe(announce(), map(told))).toBe(expected, {
        a: 'source_down high, voting_ended medium, proposal_passed high, upgrade_scheduled high',
        n: '',
      })
    }),
  )

  it(
    'announces no fact that was announced before according to the state',
    marbles(({ hot, expectObservable }) => {
      const moves = [move('scheduled', scheduled)]
      const first$ = hot('-a-', letters<Draft>({ a: draft({ moves }) }))
      const again$ = first$.pipe(
        announce(),
        map(({ state }) => draft({ moves, state })),
      )
      expectObservable(first$.pipe(announce(), map(told))).toBe('-a-', { a: 'upgrade_scheduled high' })
      expectObservable(again$.pipe(announce(), map(told))).toBe('-n-', { n: '' })
    }),
  )

  it(
    'uses the configured priorities',
    marbles(({ hot, expectObservable }) => {
      const draft$ = hot('-a-', letters<Draft>({ a: draft({ moves: [move('scheduled', scheduled)] }) }))
      expectObservable(draft$.pipe(announce({ priorities: { upgrade_scheduled: 'low' } }), map(told))).toBe('-a-', {
        a: 'upgrade_scheduled low',
      })
    }),
  )

  it(
    'announces a stale file, and a failed afterWrite command',
    marbles(({ hot, expectObservable }) => {
      const state = { ...before, upgrades: queued(scheduled) }
      const plan = { name: 'v2', height: 100, key: scheduled.key }
      const run = { ok: false, summary: 'It ended with 1.', output: '', ms: 5 }
      const wrote = (outcome: Parameters<typeof beginDraft>[1] & { type: 'wrote' }): Draft => beginDraft(state, outcome)
      const draft$ = hot(
        '-f-h-',
        letters<Draft>({
          f: wrote({
            type: 'wrote',
            hostTime: 1,
            outcome: { result: 'found', ...plan, path: '/f', reason: 'It is off.' },
          }),
          h: wrote({ type: 'wrote', hostTime: 1, outcome: { result: 'hooked', key: scheduled.key, run } }),
        }),
      )
      expectObservable(draft$.pipe(announce(), map(told))).toBe('-f-h-', {
        f: 'file_stale critical',
        h: 'hook_failed critical',
      })
    }),
  )

  it(
    'gives no countdown while the node is silent',
    marbles(({ hot, expectObservable }) => {
      const failed = {
        ...beginDraft(before, eventOf(failure(61))),
        moves: [move('failed', { ...scheduled, status: 'failed' })],
      }
      const blocksLeft = ({ announcements }: Draft) =>
        announcements.map(({ notification: { data } }) => 'blocksLeft' in data && data.blocksLeft)
      expectObservable(hot('-x-', letters<Draft>({ x: failed })).pipe(announce(), map(blocksLeft))).toBe('-x-', {
        x: [null],
      })
    }),
  )
})
