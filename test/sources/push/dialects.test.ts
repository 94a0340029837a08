import { describe, expect, it } from 'vitest'
import { cometBftPush } from '../../../src/sources/push/cometBftPush.js'
import { ethereumPush } from '../../../src/sources/push/ethereumPush.js'

const text = (value: unknown): string => JSON.stringify(value)

describe('the push dialect of Ethereum nodes', () => {
  it('subscribes to new heads', () => {
    expect(JSON.parse(ethereumPush.subscription)).toStrictEqual({
      jsonrpc: '2.0',
      id: 1,
      method: 'eth_subscribe',
      params: ['newHeads'],
    })
  })

  it('reads the confirmation and then the heads', () => {
    expect(
      ethereumPush.read(text({ jsonrpc: '2.0', id: 1, result: '0x9cef478923ff08bf67fde6c64013158d' })),
    ).toStrictEqual({ kind: 'subscribed' })
    const result = { number: '0x1b4', hash: `0x${'ab'.repeat(32)}`, parentHash: `0x${'aa'.repeat(32)}` }
    const pushed = { jsonrpc: '2.0', method: 'eth_subscription', params: { subscription: '0x9cef', result } }
    expect(ethereumPush.read(text(pushed))).toStrictEqual({ kind: 'head', head: `0x1b4 0x${'ab'.repeat(32)}` })
  })

  it('reads a refusal with its own words', () => {
    const error = { code: -32601, message: 'notifications not\nsupported' }
    expect(ethereumPush.read(text({ jsonrpc: '2.0', id: 1, error }))).toStrictEqual({
      kind: 'refused',
      reason: 'notifications not\nsupported',
    })
  })
})

describe('the push dialect of CometBFT nodes', () => {
  it('subscribes to new headers, because a block can have megabytes', () => {
    expect(JSON.parse(cometBftPush.subscription)).toMatchObject({
      method: 'subscribe',
      params: { query: "tm.event='NewBlockHeader'" },
    })
  })

  it('reads the confirmation, and then headers under the same id', () => {
    expect(cometBftPush.read(text({ jsonrpc: '2.0', id: 1, result: {} }))).toStrictEqual({ kind: 'subscribed' })
    const value = { header: { chain_id: 'hub-4', height: '4210987' } }
    const result = { query: "tm.event='NewBlockHeader'", data: { type: 'tendermint/event/NewBlockHeader', value } }
    expect(cometBftPush.read(text({ jsonrpc: '2.0', id: 1, result }))).toStrictEqual({ kind: 'head', head: '4210987' })
  })

  it('reads an error that ends the subscription on a socket that stays open', () => {
    const error = {
      code: -32000,
      message: 'Server error',
      data: 'subscription was cancelled (reason: client is not pulling messages fast enough)',
    }
    expect(cometBftPush.read(text({ jsonrpc: '2.0', id: '1#event', error }))).toStrictEqual({
      kind: 'refused',
      reason: 'Server error: subscription was cancelled (reason: client is not pulling messages fast enough)',
    })
  })
})

describe.each([
  ['an Ethereum node', ethereumPush],
  ['a CometBFT node', cometBftPush],
])('%s', (_name, dialect) => {
  it.each(['', 'no JSON', '[]', 'null', '{"id":2,"result":"0x1"}', '{"method":"other","params":{}}'])(
    'ignores %j',
    (message) => {
      expect(dialect.read(message)).toBeUndefined()
    },
  )
})
