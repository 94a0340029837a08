import { map } from 'rxjs'
import { describe, it } from 'vitest'
import { chainsOf, headsOf, healthOf } from '../../src/assembly/latestOf.js'
import { block } from '../support/builders.js'
import { letters, marbles } from '../support/marbles.js'
import { state, turn } from '../support/storeGiven.js'

const at = (chain: string, number: number) =>
  turn({ state: { ...state({ head: block(number) }), chain, health: { ...state().health, chain, polls: number } } })
const none = () => new Map()

describe('headsOf', () => {
  it(
    'tells a head once, and blocks apart by number and hash together',
    marbles(({ hot, expectObservable }) => {
      const turns = letters({
        a: turn({ state: state({ head: block(1) }) }),
        b: turn({ state: state({ head: block(2, { hash: block(1).hash }) }) }),
        c: turn({ state: state({ head: block(2, { hash: '0xf' }) }) }),
      })
      expectObservable(
        headsOf(chainsOf(hot('-aabbcc-', turns), none)).pipe(map(({ number, hash }) => `${number} ${hash}`)),
      ).toBe('-a-b-c--', { a: `1 ${block(1).hash}`, b: `2 ${block(1).hash}`, c: '2 0xf' })
    }),
  )

  it(
    'gives a late subscriber the latest of each chain, then what comes',
    marbles(({ hot, expectObservable }) => {
      const turns = letters({ a: at('one', 1), b: at('two', 7), c: at('one', 2) })
      const head$ = headsOf(chainsOf(hot('-a-b-----c-', turns), none)).pipe(
        map(({ chain, number }) => `${chain} ${number}`),
      )

      expectObservable(head$, '^---------!').toBe('-a-b-----c', { a: 'one 1', b: 'two 7', c: 'one 2' })
      expectObservable(head$, '-----^----!').toBe('-----(ab)c', { a: 'one 1', b: 'two 7', c: 'one 2' })
    }),
  )

  it(
    'begins with what is known where turns have come already',
    marbles(({ hot, expectObservable }) => {
      const known = () => new Map([['one', at('one', 1).state]])
      expectObservable(
        headsOf(chainsOf(hot('--b-', letters({ b: at('two', 7) })), known)).pipe(map(({ chain }) => chain)),
      ).toBe('a-b-', { a: 'one', b: 'two' })
    }),
  )
})

describe('healthOf', () => {
  it(
    'tells the health of a chain after each of its polls, the latest of each chain first',
    marbles(({ hot, expectObservable }) => {
      const turns = letters({ a: at('one', 1), b: at('two', 1), c: at('one', 2) })
      const health$ = healthOf(chainsOf(hot('-a-b-----c-', turns), none)).pipe(
        map(({ chain, polls }) => `${chain} ${polls}`),
      )

      expectObservable(health$, '^---------!').toBe('-a-b-----c', { a: 'one 1', b: 'two 1', c: 'one 2' })
      expectObservable(health$, '-----^----!').toBe('-----(ab)c', { a: 'one 1', b: 'two 1', c: 'one 2' })
    }),
  )
})
