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

describe('the rules of votes', () => {
  it.for(refusals)('are requested again at the next block after the answer %j', async (refusal, { server, hub }) => {
    server.put(1, { votes: ['4', '0', '0', '0'] })
    server.behave({ fail: (path) => (/params/.test(path) ? refusal : undefined) })
    await hub.poll()
    server.behave({})
    server.mine(1)
    await hub.poll()

    expect(hub.proposal(1)).toMatchObject({ tally: { unit: 'uatom', quorum: 400_000n } })
  })

  it('stay known if a later answer lacks them', async ({ server }) => {
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

  it('are not requested again if the server says twice that it does not serve them', async ({ server, hub }) => {
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
