import { asyncScheduler } from 'rxjs'
import { describe, it } from 'vitest'
import { outboxCalls } from '../../../src/monitor/control/outboxCalls.js'
import { letters, marbles } from '../../support/marbles.js'
import { announcement, turn } from '../../support/storeGiven.js'

const turns = letters({ q: turn(), n: turn({ announcements: [announcement('1')] }) })

describe('outboxCalls', () => {
  it(
    'lets every turn through that added rows, and of the others one a second',
    marbles(({ hot, expectObservable }) => {
      const turn$ = hot('      qqnn 997ms qqn|', turns)
      const expected = '    q-nn 997ms q-n|'
      expectObservable(turn$.pipe(outboxCalls(asyncScheduler))).toBe(expected, turns)
    }),
  )
})
