import { asyncScheduler } from 'rxjs'
import { describe, it } from 'vitest'
import { outboxCalls } from '../../../src/monitor/control/outboxCalls.js'
import { letters, marbles } from '../../support/marbles.js'
import { announcement, turn } from '../../support/storeGiven.js'

const turns = letters({ q: turn(), n: turn({ announcements: [announcement('1')] }) })

describe('outboxCalls', () => {
  it(
    'passes every turn that added rows, and at most one of the others per second',
    marbles(({ hot, expectObservable }) => {
      const turn$ = hot('      qqnn 997ms qqn|', turns)
      const expected = '    q-nn 997ms q-n|'
      expectObservable(turn$.pipe(outboxCalls(asyncScheduler))).toBe(expected, turns)
    }),
  )
})
