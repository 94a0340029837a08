import { map, of } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { ChainState } from '../../src/domain/chainState.js'
import { newChain } from '../../src/domain/newChain.js'
import { keyOf } from '../../src/domain/proposals/proposal.js'
import type { Upgrade } from '../../src/domain/upgrades/upgrade.js'
import { beginDraft, type ChainEvent, type Draft, eventOf } from '../../src/streams/draft.js'
import { planUpgrades } from '../../src/streams/planUpgrades.js'
import { block, byKey, failure, queued, reading, steadyPace, upgrade, upgradeProposal } from '../support/builders.js'
import { letters, marbles } from '../support/marbles.js'

const passed = upgradeProposal('1', 'v2', 100, { status: 'passed' })
const key = keyOf(passed)
const scheduled = upgrade('1', 'v2', 100)

/** A draft as the earlier stages leave it: the proposal is known, the head has moved. */
function draftAt(head: number, event: ChainEvent, parts: Partial<ChainState> = {}): Draft {
  const state: ChainState = {
    ...newChain('local', 0),
    head: block(head),
    blockTime: steadyPace(head),
    proposals: byKey(passed),
    caughtUpAt: { head: BigInt(head - 1), time: (head - 1) * 1000 },
    ...parts,
  }
  return beginDraft(state, event)
}
const inShort = ({ moves, due, stale, finished }: Draft): string =>
  [
    ...moves.map(({ type, upgrade: { name } }) => `${type} ${name}`),
    ...due.map(({ name }) => `due ${name}`),
    ...(stale === undefined ? [] : [`stale ${stale.name}`]),
    ...(finished === undefined ? [] : [`finished ${finished.name}`]),
  ].join(', ')

describe('planUpgrades', () => {
  it(
    'schedules a passed plan, returns it as due at its height, and takes the answer of the writer',
    marbles(({ hot, expectObservable }) => {
      const draft$ = hot(
        '-s-d-w-',
        letters<Draft>({
          s: draftAt(60, eventOf(reading(60))),
          d: draftAt(100, eventOf(reading(100)), { upgrades: queued(scheduled) }),
          w: draftAt(
            100,
            { type: 'wrote', outcome: { result: 'written', key }, hostTime: 100_000 },
            { upgrades: queued(scheduled) },
          ),
        }),
      )
      const expected = ' -s-d-w-'
      expectObservable(draft$.pipe(planUpgrades({ minUpgradeDelay: 0 }), map(inShort))).toBe(expected, {
        s: 'scheduled v2',
        d: 'due v2',
        w: 'triggered v2',
      })
    }),
  )

  it(
    'moves nothing during a backlog, for a mere sign of life, or before the first head',
    marbles(({ hot, expectObservable }) => {
      const draft$ = hot(
        '-b-a-w-',
        letters<Draft>({
          b: draftAt(60, eventOf(reading(60, [], { backlog: 5n }))),
          a: draftAt(60, { type: 'alive', reading: reading(59) }),
          w: beginDraft(newChain('local', 0), { type: 'wrote', outcome: { result: 'written', key }, hostTime: 0 }),
        }),
      )
      expectObservable(draft$.pipe(planUpgrades({ minUpgradeDelay: 0 }), map(inShort))).toBe('-n-n-n-', { n: '' })
    }),
  )

  it(
    'fails an upgrade that was written without a switch, even while the node is silent',
    marbles(({ hot, expectObservable }) => {
      const running = upgrade('1', 'v2', 100, {
        status: 'in_progress',
        evidence: { block: 100n, head: 100n, since: 0, movedAt: 0, outage: false },
      })
      const draft$ = hot(
        '-x-',
        letters<Draft>({ x: draftAt(100, eventOf(failure(111)), { upgrades: queued(running) }) }),
      )
      expectObservable(draft$.pipe(planUpgrades({ stallTimeout: 10_000 }), map(inShort))).toBe('-f-', {
        f: 'failed v2',
      })
    }),
  )

  it.each([
    ['the clock of the chain', { clock: { time: 1_234n, hostTime: 98_000 } }, 1_234n],
    ['the last block, without a clock yet', {}, block(98).timestamp],
  ])('names the last block of a node that fell silent before a height, at the time of %s', (_which, parts, time) => {
    const silent = upgrade('1', 'v2', 100, { held: true, waitsSince: 0 })
    const draft = draftAt(98, eventOf(failure(111)), { upgrades: queued(silent), lastGoodAt: 98_000, ...parts })
    const moves: string[] = []
    of(draft)
      .pipe(planUpgrades({ stallTimeout: 10_000 }))
      .subscribe((next) => moves.push(...next.moves.map((move) => `${move.time} ${move.upgrade.reasons.join(' ')}`)))
    expect(moves).toStrictEqual([`${time} The node has not come back for 10 s: block 98 is the last one it reported.`])
  })

  it(
    "does not treat the operator's own upgrade, which has no proposal, as one that lost it",
    marbles(({ hot, expectObservable }) => {
      const evidence = { block: 60n, head: 60n, since: 60_000, movedAt: 60_000, outage: false }
      const own = { ...scheduled, status: 'in_progress', kind: 'coordinated', origin: 'operator', evidence } as const
      const draft = draftAt(60, eventOf(reading(60)), { proposals: byKey(), upgrades: queued(own) })
      // Its plan is not in the configuration any more.
      expectObservable(hot('-o-', { o: draft }).pipe(planUpgrades({}), map(inShort))).toBe('-u-', { u: 'unheeded v2' })
    }),
  )

  it(
    'cancels a scheduled or blocked upgrade without its proposal, and leaves a failed one',
    marbles(({ hot, expectObservable }) => {
      const without = (parts: Partial<Upgrade>): Draft =>
        draftAt(60, eventOf(reading(60)), { proposals: byKey(), upgrades: queued({ ...scheduled, ...parts }) })
      const draft$ = hot(
        '-s-b-f-',
        letters<Draft>({
          s: without({}),
          b: without({ status: 'refused', blocked: true }),
          f: without({ status: 'failed', completedAt: 1n, reasons: ['It did not switch.'] }),
        }),
      )
      expectObservable(draft$.pipe(planUpgrades({ minUpgradeDelay: 0 }), map(inShort))).toBe('-s-b-f-', {
        s: 'cancelled v2',
        b: 'cancelled v2',
        f: '',
      })
    }),
  )

  it(
    'names no stale or finished file after the path of the file has changed',
    marbles(({ hot, expectObservable }) => {
      const file = { key, name: 'v2', height: 100 }
      const filePlace = { path: '/old/upgrade-info.json' }
      const written = { ...scheduled, writtenAt: 1n }
      const done = upgrade('1', 'v2', 100, { status: 'completed', completedAt: 1n })
      const draft$ = hot(
        '-t-m-',
        letters<Draft>({
          t: draftAt(60, eventOf(reading(60)), { file, filePlace, upgrades: queued(written) }),
          m: draftAt(110, eventOf(reading(110)), { file, filePlace, upgrades: queued(done) }),
        }),
      )
      const moved = planUpgrades({ afterCompletion: 'archive', filePath: '/new/upgrade-info.json' })
      expectObservable(draft$.pipe(moved, map(inShort))).toBe('-t-m-', { t: 'rescheduled v2', m: '' })
    }),
  )

  it(
    'names a stale file at the same path after the profile has changed',
    marbles(({ hot, expectObservable }) => {
      const path = '/home/data/upgrade-info.json'
      const draft$ = hot(
        '-t-',
        letters<Draft>({
          t: draftAt(60, eventOf(reading(60)), {
            file: { key, name: 'v2', height: 100, revision: 1 },
            filePlace: { path, profile: 'wemixvisor' },
            upgrades: queued({ ...scheduled, writtenAt: 1n }),
          }),
        }),
      )
      const moved = planUpgrades({ filePath: path, profile: 'cosmovisor' })
      expectObservable(draft$.pipe(moved, map(inShort))).toBe('-t-', { t: 'rescheduled v2, stale v2' })
    }),
  )

  it.each([
    ['was taken back', { result: 'removed' }, 2],
    ['could not be taken back', { result: 'stuck', reason: 'It is read-only.' }, 1],
  ] as const)('records the file that is about to be written, unless the former one %s', (_what, outcome, revision) => {
    const file = { key, name: 'v2', height: 100, revision: 1 }
    const wrote = { type: 'wrote', outcome: { ...outcome, key, path: '/f' }, hostTime: 60_000 } as const
    const changed = queued({ ...scheduled, revision: 2, info: 'of this plan' })
    const files: ChainState['file'][] = []
    of(draftAt(60, wrote, { file, upgrades: changed }))
      .pipe(planUpgrades({ minUpgradeDelay: 0, when: 'on-schedule' }))
      .subscribe(({ state }) => files.push(state.file))
    expect(files).toStrictEqual([{ ...file, revision }])
  })

  it(
    'names the stale file, and the finished one to archive',
    marbles(({ hot, expectObservable }) => {
      const file = { key, name: 'v2', height: 100 }
      const draft$ = hot(
        '-t-m-',
        letters<Draft>({
          t: draftAt(60, eventOf(reading(60, [], { retracted: [key] })), {
            file,
            proposals: byKey(),
            upgrades: queued({ ...scheduled, writtenAt: 1n }),
          }),
          m: draftAt(110, eventOf(reading(110)), {
            file,
            upgrades: queued(upgrade('1', 'v2', 100, { status: 'completed', completedAt: 1n })),
          }),
        }),
      )
      const archiving = planUpgrades({ minUpgradeDelay: 0, afterCompletion: 'archive' })
      expectObservable(draft$.pipe(archiving, map(inShort))).toBe('-t-m-', {
        t: 'cancelled v2, stale v2',
        m: 'finished v2',
      })
    }),
  )
})
