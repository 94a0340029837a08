import { map } from 'rxjs'
import { describe, it } from 'vitest'
import { headsOf } from '../../src/assembly/eventsOf.js'
import { block } from '../support/builders.js'
import { letters, marbles } from '../support/marbles.js'
import { state, turn } from '../support/storeGiven.js'

describe('headsOf', () => {
  it('tells a head once, and blocks apart by number and hash together', marbles(({ hot, expectObservable }) => {
    const turns = letters({
      a: turn({ state: state({ head: block(1) }) }),
      b: turn({ state: state({ head: block(2, { hash: block(1).hash }) }) }),
      c: turn({ state: state({ head: block(2, { hash: '0xf' }) }) }),
    })
    expectObservable(headsOf(hot('-aabbcc-', turns)).pipe(map(({ number, hash }) => `${number} ${hash}`)))
      .toBe('-a-b-c--', { a: `1 ${block(1).hash}`, b: `2 ${block(1).hash}`, c: '2 0xf' })
  }))
})
