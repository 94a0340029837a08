import { NEVER, takeUntil, timer, VirtualTimeScheduler } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../../src/config/parseConfig.js'
import { pushOf } from '../../../src/monitor/chain/pushOf.js'
import { silentLog } from '../../../src/monitor/monitorLog.js'
import { RequestError } from '../../../src/transport/RequestError.js'
import type { SocketRequest } from '../../../src/transport/SocketOpener.js'
import { minimal } from '../../support/configs.js'

/** The sockets that are requested by a chain with this `rpc`. */
function asked(rpc: object): readonly Pick<SocketRequest, 'url' | 'headers'>[] {
  const [chain] = parseConfig(minimal({ rpc })).chains
  if (chain === undefined) throw new Error('There is no chain.')
  const sockets: SocketRequest[] = []
  const openSocket = (request: SocketRequest) => {
    sockets.push(request)
    return () => undefined
  }
  pushOf(chain, { openSocket, conceal: (text) => text })
    ?.heads({
      polled$: NEVER,
      log: silentLog,
      random: () => 0,
      scheduler: new VirtualTimeScheduler(),
    })
    .subscribe()
    .unsubscribe()
  return sockets
}
const headers = { authorization: 'Bearer s3cr3t' }

/** What is logged within a virtual hour when every socket behaves as `socket` does. */
function loggedOf(socket: (request: SocketRequest) => void, conceal = (text: string): string => text) {
  const [chain] = parseConfig(minimal({ rpc: { urls: ['http://node.example'], ws: 'ws://node.example' } })).chains
  if (chain === undefined) throw new Error('There is no chain.')
  const scheduler = new VirtualTimeScheduler()
  const lines: string[] = []
  const write = (_fields: object, text = ''): void => void lines.push(text)
  let count = 0
  const openSocket = (request: SocketRequest) => {
    count += 1
    scheduler.schedule(() => socket(request), 1)
    return () => undefined
  }
  pushOf(chain, { openSocket, conceal })
    ?.heads({
      polled$: NEVER,
      log: { info: write, warn: write, error: write },
      random: () => 0.99,
      scheduler,
    })
    .pipe(takeUntil(timer(3_600_000, scheduler)))
    .subscribe()
  scheduler.flush()
  return { lines, count }
}

const head = { number: '0x1', hash: '0x01' }

describe('the socket of a chain', () => {
  it('is reopened with growing delays when it closes after each head, and logs few lines', () => {
    const { lines, count } = loggedOf(({ onText, onEnd }) => {
      onText(JSON.stringify({ method: 'eth_subscription', params: { result: head } }))
      onEnd(new RequestError('unreachable', 'closed the WebSocket (1000).'))
    })
    expect(count).toBeLessThan(100)
    // Lines for the 1st, 2nd, 4th, ... 64th outage, and for the recovery after each.
    expect(lines).toHaveLength(14)
  })

  it('logs no part of a secret that the node echoes in a refusal that is too long and truncated', () => {
    const { lines } = loggedOf(
      ({ onText }) => onText(JSON.stringify({ error: { message: `${'x'.repeat(190)}\ns3cr3t-of-many-letters` } })),
      (text) => text.replaceAll('s3cr3t-of-many-letters', '(secret)'),
    )
    expect(lines[0]).toContain('xxx (secret)')
    expect(lines.join()).not.toContain('s3cr')
  })

  it('does not exist unless configured', () => {
    expect(asked({ urls: ['http://node.example:8545'] })).toStrictEqual([])
  })

  it.each([
    ['sends the headers to a host of rpc.urls, also at another port', 'http', 'ws://node.example:8546', headers],
    ['sends the headers when both are encrypted', 'https', 'wss://node.example:8546', headers],
    ['sends no headers unencrypted when rpc.urls are encrypted', 'https', 'ws://node.example:8546', {}],
    ['sends no headers to any other host', 'http', 'ws://push.example:8546', {}],
  ])('%s', (_where, scheme, ws, sent) => {
    const [socket] = asked({ urls: [`${scheme}://node.example:8545`], ws, headers })
    expect(socket?.url).toStrictEqual(new URL(ws))
    expect(socket?.headers).toStrictEqual(sent)
  })
})
