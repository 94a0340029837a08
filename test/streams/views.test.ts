import { map, tap } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { ChainState, Turn } from '../../src/domain/chainState.js'
import { newChain } from '../../src/domain/newChain.js'
import {
  changes,
  heads,
  health,
  notifications,
  proposalsIn,
  trackProposals,
  trackUpgrades,
} from '../../src/streams/views.js'
import { block, byKey, change, proposal, queued, upgrade } from '../support/builders.js'
import { letters, marbles } from '../support/marbles.js'
import { notification, turn } from '../support/storeGiven.js'

const chain = (name: string, parts: Partial<ChainState> = {}): ChainState => ({ ...newChain(name, 0), ...parts })
const at = (name: string, number: number): Turn =>
  turn({ state: chain(name, { head: block(number), health: { ...newChain(name, 0).health, polls: number } }) })
const turns = letters<Turn>({
  n: turn({ state: chain('one') }),
  a: at('one', 1),
  b: at('two', 7),
  c: at('one', 2),
})
const known = (): Iterable<ChainState> => [turns['a']!.state, turns['b']!.state]

describe('heads', () => {
  const inShort = map(
    ({ chain: name, number }: { readonly chain: string; readonly number: bigint }) => `${name} ${number}`,
  )
  const expected = { a: 'one 1', b: 'two 7', c: 'one 2' }

  it(
    'gives every new head of every chain, and nothing for a chain without one',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const turn$ = hot('        -n-a-a-b-c-b-|', turns)
      expectObservable(turn$.pipe(heads(), inShort)).toBe('---a---b-c---|', expected)
      expectSubscriptions(turn$.subscriptions).toBe('^------------!')
    }),
  )

  it(
    'distinguishes blocks by number and hash together',
    marbles(({ hot, expectObservable }) => {
      const same = letters<Turn>({
        a: turn({ state: chain('one', { head: block(1) }) }),
        b: turn({ state: chain('one', { head: block(2, { hash: block(1).hash }) }) }),
        c: turn({ state: chain('one', { head: block(2, { hash: '0xf' }) }) }),
      })
      expectObservable(
        hot('-aabbcc-', same).pipe(
          heads(),
          map(({ number }) => String(number)),
        ),
      ).toBe('-1-2-2--', { 1: '1', 2: '2' })
    }),
  )

  it(
    'starts with the latest head of each known chain',
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('-----c-', turns).pipe(heads(known), inShort)).toBe('(ab)-c-', expected)
    }),
  )
})

describe('health', () => {
  it(
    'gives the health of a chain after each poll, starting with the latest of each known chain',
    marbles(({ hot, expectObservable }) => {
      const inShort = map(
        ({ chain: name, polls }: { readonly chain: string; readonly polls?: number }) => `${name} ${polls ?? 0}`,
      )
      const expected = { a: 'one 1', b: 'two 7', c: 'one 2' }
      expectObservable(hot('-a-b-c-a', turns).pipe(health(), inShort)).toBe('-a-b-c-a', expected)
      expectObservable(hot('-----c--', turns).pipe(health(known), inShort)).toBe('(ab)-c--', expected)
    }),
  )
})

describe('changes and notifications', () => {
  const one = change({ type: 'detailsRead', proposal: proposal('1') })
  const two = change({ type: 'detailsRead', proposal: proposal('2') })
  const [first, second] = [notification('1'), notification('2')]
  const given = letters<Turn>({
    a: turn({ changes: [one, two], announcements: [{ notification: first }, { subject: 's', notification: second }] }),
    n: turn({}),
  })

  it(
    'give the changes and notifications of each turn, in order',
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('-a---n-|', given).pipe(changes())).toBe('-(ab)--|', letters<unknown>({ a: one, b: two }))
      expectObservable(hot('-a---n-|', given).pipe(notifications())).toBe(
        '-(ab)--|',
        letters<unknown>({ a: first, b: second }),
      )
    }),
  )
})

describe('trackProposals and trackUpgrades', () => {
  const mine = chain('one', { proposals: byKey(proposal('1')), upgrades: queued(upgrade('1', 'v2', 100)) })
  const yours = chain('two', { proposals: byKey(proposal('2', { chain: 'two' })) })
  const given = letters<Turn>({
    a: turn({ state: mine }),
    s: turn({ state: { ...mine, head: block(5) } }),
    b: turn({ state: yours }),
  })
  const ids = map(({ proposals }: { readonly proposals: ReadonlyMap<string, { readonly id: string }> }) =>
    [...proposals.values()].map(({ id }) => id).join(),
  )

  it(
    'give all chains together, whenever one changed',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const turn$ = hot('    -a-s-b-s-|', given)
      const expected = '     -a---b---|'
      const subscription = ' ^--------!'
      expectObservable(turn$.pipe(trackProposals(), ids)).toBe(expected, { a: '1', b: '1,2' })
      expectObservable(
        turn$.pipe(
          trackUpgrades(),
          map(({ upgrades: [first] }) => first?.name),
        ),
      ).toBe(expected, { a: 'v2', b: 'v2' })
      expectSubscriptions(turn$.subscriptions).toBe([subscription, subscription])
    }),
  )

  it(
    'start with what is known, and give nothing without any',
    marbles(({ hot, cold, expectObservable }) => {
      expectObservable(
        hot('--s-b-', given).pipe(
          trackProposals(() => [mine]),
          ids,
        ),
      ).toBe('a---b-', { a: '1', b: '1,2' })
      expectObservable(cold<Turn>('--|').pipe(trackUpgrades())).toBe('--|')
    }),
  )

  it(
    'forget a removed chain, and emit that at once',
    marbles(({ hot, expectObservable }) => {
      let states = [mine, yours]
      const left$ = hot('    ---x-------').pipe(tap(() => (states = [mine])))
      const turn$ = hot('    -----s---|', given)
      expectObservable(
        turn$.pipe(
          trackProposals(() => states, left$),
          ids,
        ),
      ).toBe('a--b-----|', { a: '1,2', b: '1' })
      expectObservable(
        turn$.pipe(
          trackUpgrades(() => states, left$),
          map(({ upgrades }) => String(upgrades.length)),
        ),
      ).toBe('1--1-----|')
    }),
  )

  it(
    'start from what is known at each subscription, and fail with their source',
    marbles(({ cold, expectObservable }) => {
      const tracked$ = cold('-a-b-#', given).pipe(trackProposals(), ids)
      expectObservable(tracked$).toBe('-a-b-#', { a: '1', b: '1,2' })
      expectObservable(tracked$, '---^--!').toBe('----a-', { a: '1' })
    }),
  )
})

describe('proposalsIn', () => {
  it('omits announcements of a contract, which have no vote', () => {
    const announced = proposal('2', { announced: true })
    expect(proposalsIn([chain('one', { proposals: byKey(proposal('1'), announced) })]).proposals).toStrictEqual(
      byKey(proposal('1')),
    )
  })

  it('gives the proposals of several chains together', () => {
    expect(proposalsIn([chain('one', { proposals: byKey(proposal('1')) }), chain('two')])).toStrictEqual({
      proposals: byKey(proposal('1')),
      counts: { byStatus: { voting: 1 }, byType: { other: 1 } },
    })
  })

  it('counts archived proposals together with the given ones', () => {
    const archive = { byStatus: { executed: 4, voting: 1 }, byType: { text: 5 } }
    expect(
      proposalsIn([chain('one', { proposals: byKey(proposal('1')), archive }), chain('two')]).counts,
    ).toStrictEqual({ byStatus: { executed: 4, voting: 2 }, byType: { text: 5, other: 1 } })
  })
})
