import { NEVER, type Observable } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { PushDialect } from '../../../src/sources/push/PushDialect.js'
import { pushHeads, type PushOutage } from '../../../src/sources/push/pushHeads.js'
import { RequestError } from '../../../src/transport/RequestError.js'
import { letters, marbles } from '../../support/marbles.js'

/** Its messages: `o` opens, `s` confirms, `r` refuses, a number is a head, anything else is ignored. */
const dialect: PushDialect = {
  subscription: 'heads, please',
  read: (message) => {
    if (message === 's') return { kind: 'subscribed' }
    if (message === 'r') return { kind: 'refused', reason: 'too many subscriptions' }
    return /^\d$/.test(message) ? { kind: 'head', head: message } : undefined
  },
}

/** A push, without any details of the head. */
const pushes = letters({ h: undefined })

interface Pushed {
  readonly out$: Observable<void>
  /** What was sent to the sockets. */
  readonly said: string[]
  readonly outages: PushOutage[]
  readonly recoveries: () => number
}

/** The result of these sockets, one after the other; a socket that completes has closed. */
function pushedBy(sockets: readonly Observable<string>[], polled$: Observable<bigint> = NEVER): Pushed {
  const left = [...sockets]
  const said: string[] = []
  const outages: PushOutage[] = []
  let recoveries = 0
  const out$ = pushHeads({
    chain: 'local',
    url: new URL('ws://node.example/s3cr3t'),
    dialect,
    polled$,
    open: ({ onOpen, onText, onEnd }) => {
      const socket = (left.shift() ?? NEVER).subscribe({
        next: (letter) => (letter === 'o' ? onOpen((text) => said.push(text)) : onText(letter)),
        complete: () => onEnd(new RequestError('unreachable', 'closed the WebSocket (1001).')),
      })
      return () => socket.unsubscribe()
    },
    onOutage: (outage) => outages.push(outage),
    onRecovery: () => (recoveries += 1),
  })
  return { out$, said, outages, recoveries: () => recoveries }
}
const blocks = letters({ a: 1n, b: 2n, c: 3n })

describe('pushed heads', () => {
  it(
    'are requested when the socket is open, and emitted at once',
    marbles(({ cold, expectObservable, flush }) => {
      const socket$ = cold('os12-3---4')
      const expected = '    --hh-h---h'
      const { out$, said } = pushedBy([socket$])
      expectObservable(out$, '^ 3s !').toBe(expected, pushes)
      flush()
      expect(said).toStrictEqual(['heads, please'])
    }),
  )

  it(
    'are emitted at most once a second after five of them, but the last one always',
    marbles(({ cold, expectObservable }) => {
      const socket$ = cold('os123456 500ms 7 599ms 8 5s     9--')
      const expected = '    --hhhhh 995ms h 999ms        h 4106ms h--'
      expectObservable(pushedBy([socket$]).out$, '^ 7s !').toBe(expected, pushes)
    }),
  )

  it(
    'are emitted once if a node repeats one, and other messages are ignored',
    marbles(({ cold, expectObservable }) => {
      const socket$ = cold('os1 2s 1 2s x 2s 2--')
      const expected = '    --h 6002ms       h--'
      expectObservable(pushedBy([socket$]).out$, '^ 7s !').toBe(expected, pushes)
    }),
  )

  it(
    'come from the next socket after one closes, with growing waits, even if each pushed a head first',
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const sockets = [cold('os1|'), cold('|'), cold('os2|'), cold('os3-')]
      const expected = '     --h 3002ms h 4002ms h--'
      const { out$, outages, recoveries } = pushedBy(sockets)
      expectObservable(out$, '^ 9s !').toBe(expected, pushes)
      flush()
      expect(outages.map(({ failures, waitMs }) => [failures, waitMs])).toStrictEqual([
        [1, 1000],
        [2, 2000],
        [3, 4000],
      ])
      expect(outages[0]?.reason).toBe('node.example of local closed the WebSocket (1001).')
      expect(recoveries()).toBe(2)
      for (const socket$ of sockets) expect(socket$.subscriptions).toHaveLength(1)
      expectSubscriptions(sockets[3]!.subscriptions).toBe('7006ms ^ 1994ms !')
    }),
  )

  it(
    'come back quickly if they were pushed for half a minute',
    marbles(({ cold, expectObservable, flush }) => {
      const sockets = [cold('|'), cold('|'), cold('os1 29s 2 997ms |'), cold('os1 29s 2 998ms |'), cold('os1')]
      const { out$, outages } = pushedBy(sockets)
      expectObservable(out$, '^ 90s !')
      flush()
      expect(outages.map(({ failures }) => failures)).toStrictEqual([1, 2, 3, 1])
    }),
  )

  it(
    'are requested again after a minute at most, however often sockets close',
    marbles(({ cold, expectObservable, flush }) => {
      const { out$, outages } = pushedBy(Array.from({ length: 9 }, () => cold('|')))
      expectObservable(out$, '^ 4m !').toBe('-')
      flush()
      expect(outages.map(({ waitMs }) => waitMs / 1000)).toStrictEqual([1, 2, 4, 8, 16, 32, 60, 60, 60])
    }),
  )

  it(
    'are requested again if the node refuses or ends them on a socket that stays open',
    marbles(({ cold, expectObservable, flush }) => {
      const sockets = [cold('or'), cold('os1r'), cold('os2')]
      const expected = '     1003ms h 2002ms h--'
      const { out$, outages } = pushedBy(sockets)
      expectObservable(out$, '^ 5s !').toBe(expected, pushes)
      flush()
      expect(outages.map(({ reason }) => reason)).toStrictEqual(
        Array<string>(2).fill('node.example of local pushes no heads: too many subscriptions'),
      )
    }),
  )

  it(
    'are requested again if the node does not answer within 20 seconds',
    marbles(({ cold, expectObservable, flush }) => {
      const sockets = [cold('o--'), cold('os1')]
      const expected = '     21002ms h--'
      const { out$, outages } = pushedBy(sockets)
      expectObservable(out$, '^ 22s !').toBe(expected, pushes)
      flush()
      expect(outages[0]?.reason).toBe('node.example of local did not say within 20000 ms that it pushes heads.')
    }),
  )

  it(
    'are requested again if polls see two new heads and nothing is pushed for 20 seconds after that',
    marbles(({ cold, hot, expectObservable, flush }) => {
      const sockets = [cold(' os1 '), cold('os2')]
      const polled$ = hot('  a 29999ms b 29999ms c', blocks)
      const expected = '     --h 80999ms h--'
      const { out$, outages } = pushedBy(sockets, polled$)
      expectObservable(out$, '^ 90s !').toBe(expected, pushes)
      flush()
      expect(outages.map(({ reason }) => reason)).toStrictEqual([
        'node.example of local pushes nothing, though its chain goes on.',
      ])
    }),
  )

  it.each([
    ['a poll sees a head before its push comes', '   os1 29s 2 30995ms 3', 'a 29999ms b 29999ms c'],
    ['the chain makes no blocks', '                     os1 ', '                a 29999ms a 29999ms a 29999ms a'],
    ['blocks are rare, and a push triggered the poll', 'os1 59997ms 2 ', '      ---a 59996ms b 59996ms b'],
  ])('come from the same socket while %s', (_when, socket, polled) => {
    marbles(({ cold, hot, expectObservable, flush }) => {
      const { out$, outages } = pushedBy([cold(socket)], hot(polled, blocks))
      expectObservable(out$, '^ 3m !')
      flush()
      expect(outages).toStrictEqual([])
    })()
  })

  it(
    'end with the socket closed',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const socket$ = cold('os1')
      expectObservable(pushedBy([socket$]).out$, '^ 1s !').toBe('--h', pushes)
      expectSubscriptions(socket$.subscriptions).toBe('^ 1s !')
    }),
  )

  it(
    'reveal only the host of the address',
    marbles(({ cold, expectObservable, flush }) => {
      const { out$, outages } = pushedBy([cold('|')])
      expectObservable(out$, '^ 1ms !').toBe('-')
      flush()
      expect(JSON.stringify(outages)).not.toContain('s3cr3t')
    }),
  )
})
