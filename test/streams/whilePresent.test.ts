import fc from 'fast-check'
import { concat, finalize, from, NEVER, type Observable, of, takeUntil } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { whilePresent } from '../../src/streams/whilePresent.js'
import { marbles } from '../support/marbles.js'

interface Item {
  readonly id: string
}
const [first, second, third]: readonly [Item, Item, Item] = [{ id: '1' }, { id: '2' }, { id: '3' }]
/** The items under `a` and `b`. */
const tables = {
  n: new Map<string, Item>(),
  a: new Map([['a', first]]),
  b: new Map([
    ['a', first],
    ['b', second],
  ]),
  c: new Map([['b', second]]),
  d: new Map([['a', third]]),
}
type Gone$ = Observable<unknown>

describe('whilePresent', () => {
  it(
    'runs the work of an item while it is present, once for an item that stays',
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const table$ = hot('  a--b----c---|', tables)
      const first$ = cold(' 1----1----1')
      const second$ = cold('   -2---2---2--|')
      const expected = '    1---21--2---2--|'
      const work = ({ id }: Item, _: string, gone$: Gone$) => (id === '1' ? first$ : second$).pipe(takeUntil(gone$))
      expectObservable(table$.pipe(whilePresent(work))).toBe(expected)
      expectSubscriptions(first$.subscriptions).toBe('  ^-------!')
      expectSubscriptions(second$.subscriptions).toBe(' ---^-----------!')
    }),
  )

  it(
    'lets the work of a removed item end before that of its successor begins',
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const table$ = hot('  a--d--------', tables)
      const ending$ = cold('   ----x|')
      const third$ = cold('         3--3')
      const work = ({ id }: Item, _: string, gone$: Gone$) =>
        id === '1' ? concat(NEVER.pipe(takeUntil(gone$)), ending$) : third$
      expectObservable(table$.pipe(whilePresent(work)), '^-----------!').toBe('-------x3--3-')
      expectSubscriptions(third$.subscriptions).toBe('--------^---!')
    }),
  )

  it(
    'never starts work for an item that was replaced meanwhile',
    marbles(({ cold, hot, expectObservable }) => {
      const table$ = hot('  a-(dna)-----', tables)
      const ending$ = cold('  ------|')
      const work = ({ id }: Item, name: string, gone$: Gone$) =>
        concat(of(`${name}${id}`), NEVER.pipe(takeUntil(gone$)), ending$)
      expectObservable(table$.pipe(whilePresent(work)), '^-----------!').toBe('x-------x---', { x: 'a1' })
    }),
  )

  it(
    'does not delay one name for another',
    marbles(({ cold, hot, expectObservable }) => {
      const table$ = hot('  b-c---------', tables)
      const slow$ = cold('    ------|')
      const work = ({ id }: Item, _: string, gone$: Gone$) =>
        id === '1' ? concat(NEVER.pipe(takeUntil(gone$)), slow$) : cold('-2-2-2|')
      expectObservable(table$.pipe(whilePresent(work)), '^-----------!').toBe('-2-2-2------')
    }),
  )

  it(
    'completes when the tables and all work have, and passes an error on at once',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      expectObservable(cold('a|', tables).pipe(whilePresent(() => cold('----x|')))).toBe('----x|')
      expectObservable(cold('|', tables).pipe(whilePresent(() => NEVER))).toBe('|')
      expectObservable(cold('n|', tables).pipe(whilePresent(() => NEVER))).toBe('-|')
      const others$ = cold('-----')
      const work = ({ id }: Item) => (id === '1' ? cold('--#') : others$)
      expectObservable(cold('b----', tables).pipe(whilePresent(work))).toBe('--#')
      expectSubscriptions(others$.subscriptions).toBe('^-!')
    }),
  )

  it('ends with the work of the last table, each item once, in any history', () => {
    const items = Array.from({ length: 4 }, (_, id) => ({ id }))
    const table = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom(...items), { noNullPrototype: true })
    fc.assert(
      fc.property(fc.array(table, { minLength: 1 }), (written) => {
        const all = written.map((one) => new Map(Object.entries(one)))
        const atWork = new Map<string, unknown>()
        const subscription = from(all)
          .pipe(
            whilePresent((item, name, gone$) => {
              expect(atWork.has(name)).toBe(false)
              atWork.set(name, item)
              return NEVER.pipe(
                takeUntil(gone$),
                finalize(() => atWork.delete(name)),
              )
            }),
          )
          .subscribe()
        // The work of a removed item ends at once here.
        expect(atWork).toStrictEqual(all.at(-1))
        subscription.unsubscribe()
      }),
    )
  })
})
