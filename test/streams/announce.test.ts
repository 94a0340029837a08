import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Announceable, announce, nothingTold, stepAnnounce } from '../../src/streams/announce.js'
import { tellChange } from '../../src/domain/tellChange.js'
import { change, contract, move, proposal, upgrade } from '../support/builders.js'
import { letters, marbles } from '../support/marbles.js'
import { startingHealth } from '../../src/domain/stepHealth.js'

const rejected = change({ type: 'statusMoved', proposal: proposal('1', { status: 'rejected' }), from: 'voting' })
const happenings = letters<Announceable>({
  r: { type: 'change', change: rejected },
  u: { type: 'upgrade', move: move('scheduled', upgrade('1', 'v2', 100)) },
  h: {
    type: 'health',
    from: startingHealth('local', 0),
    to: { ...startingHealth('local', 5), state: 'down', trouble: { since: 5 } },
  },
  q: { type: 'change', change: change({ type: 'detailsRead', proposal: proposal('1') }) },
})
const [ended, lost] = tellChange(rejected).map(({ notification }) => notification)
const scheduled = stepAnnounce(nothingTold, happenings['u']!).tellings[0]!.notification
const down = stepAnnounce(nothingTold, happenings['h']!).tellings[0]!.notification
const notifications = letters<unknown>({ e: ended, l: lost, s: scheduled, d: down })

describe('announce', () => {
  it(
    'emits what changes, upgrades and health have to say, each fact once, in order',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const happenings$ = hot('-q-r---r-u-h-u-|', happenings)
      const expected = '       ---(el)--s-d---|'
      expectObservable(happenings$.pipe(announce())).toBe(expected, notifications)
      expectSubscriptions(happenings$.subscriptions).toBe('^--------------!')
    }),
  )

  it(
    'emits nothing for nothing, and errors with its source',
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold<Announceable>('----').pipe(announce()), '^--!').toBe('----')
      expectObservable(cold<Announceable>('--|').pipe(announce())).toBe('--|')
      expectObservable(cold('-u-#', happenings).pipe(announce())).toBe('-s-#', notifications)
    }),
  )

  it(
    'lets go of its source with its subscription, and starts anew with each',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const happenings$ = cold('-u-u-|', happenings)
      const told$ = happenings$.pipe(announce())
      expectObservable(told$, '^--!').toBe('-s--', notifications)
      expectObservable(told$, '---^----!').toBe('----s----', notifications)
      expectSubscriptions(happenings$.subscriptions).toBe(['^--!', '---^----!'])
    }),
  )

  it(
    'takes priorities of the operator',
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('u', happenings).pipe(announce({ priorities: { upgrade_scheduled: 'low' } })), '^!').toBe(
        's',
        letters({ s: { ...scheduled, priority: 'low' } }),
      )
    }),
  )
})

describe('stepAnnounce', () => {
  it('remembers by subject, and not at all what cannot come twice', () => {
    expect(stepAnnounce(nothingTold, happenings['u']!).told).toStrictEqual(
      new Map([[`local/${contract}/1`, new Set([scheduled.id])]]),
    )
    expect(stepAnnounce(nothingTold, happenings['h']!).told).toBe(nothingTold.told)
  })

  it('gives the same memory where nothing was told', () => {
    const { told } = stepAnnounce(nothingTold, happenings['u']!)
    expect(stepAnnounce({ told }, happenings['u']!)).toStrictEqual({ told, tellings: [] })
    expect(stepAnnounce({ told }, happenings['u']!).told).toBe(told)
  })

  it('tells no fact twice, in whatever order things happen again', () => {
    const some = fc.array(fc.constantFrom('r', 'u', 'q'), { maxLength: 30 })
    fc.assert(
      fc.property(some, (names) => {
        let told = nothingTold.told
        const ids = names.flatMap((name) => {
          const step = stepAnnounce({ told }, happenings[name]!)
          told = step.told
          return step.tellings.map(({ notification }) => notification.id)
        })
        expect(new Set(ids).size).toBe(ids.length)
        expect(ids.length).toBe((names.includes('r') ? 2 : 0) + (names.includes('u') ? 1 : 0))
      }),
    )
  })
})
