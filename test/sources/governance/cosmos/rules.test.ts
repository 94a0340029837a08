import { describe, expect } from 'vitest'
import { follow } from './follow.js'
import { onCosmos as it } from './onCosmos.js'

const unserved = { status: 501, body: '{"code":12,"message":"Not Implemented"}' }
const refusals = [
  { status: 400, body: '{"code":3,"message":"invalid request"}' },
  { status: 200, body: 'null' },
  { status: 200, body: '{"code":13,"message":"internal"}' },
  unserved,
]

describe('what votes are decided by', () => {
  it.for(refusals)('is asked for again at once where it was answered with %j', async (refusal, { server, hub }) => {
    server.put(1, { votes: ['4', '0', '0', '0'] })
    server.behave({ fail: (path) => (/params/.test(path) ? refusal : undefined) })
    await hub.poll()
    server.behave({})
    server.mine(1)
    await hub.poll()

    expect(hub.proposal(1)).toMatchObject({ tally: { unit: 'uatom', quorum: 400_000n } })
  })

  it('stays what it was where a later answer does not tell it', async ({ server }) => {
    let time = Date.now()
    const hub = follow({ rpc: [server.url], rest: [server.url], now: () => time })
    server.put(1, { votes: ['4', '0', '0', '0'] })
    await hub.poll()
    const before = hub.proposal(1)?.tally
    server.behave({ fail: (path) => (/params/.test(path) ? refusals[0] : undefined) })
    server.mine(1)
    time += 3_600_000
    await hub.poll()

    expect(before).toMatchObject({ unit: 'uatom' })
    expect(hub.proposal(1)?.tally).toStrictEqual(before)
  })

  it('is not asked for again where the server says twice that it does not serve it', async ({ server, hub }) => {
    server.put(1)
    server.behave({ fail: (path) => (/params/.test(path) ? unserved : undefined) })
    await hub.poll()
    server.mine(1)
    await hub.poll()
    server.requests.length = 0
    server.mine(1)
    await hub.poll()

    expect(server.requests.filter((path) => path.includes('params'))).toStrictEqual([])
  })
})
