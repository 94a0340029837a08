import { NEVER, VirtualTimeScheduler } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../../src/config/parseConfig.js'
import { pushOf } from '../../../src/monitor/chain/pushOf.js'
import { silentLog } from '../../../src/monitor/monitorLog.js'
import type { SocketRequest } from '../../../src/transport/SocketOpener.js'
import { minimal } from '../../support/configs.js'

/** The sockets that are asked for by a chain with this `rpc`. */
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

describe('the socket of a chain', () => {
  it('is none where none is configured', () => {
    expect(asked({ urls: ['http://node.example:8545'] })).toStrictEqual([])
  })

  it.each([
    ['goes with the headers to a host of the urls, at another port too', 'ws://node.example:8546', headers],
    ['goes without them to any other host', 'ws://push.example:8546', {}],
  ])('%s', (_where, ws, sent) => {
    expect(asked({ urls: ['http://node.example:8545'], ws, headers })).toMatchObject([
      { url: new URL(ws), headers: sent },
    ])
  })
})
