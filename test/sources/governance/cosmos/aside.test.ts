import { describe, expect } from 'vitest'
import { keyOf } from '../../../../src/domain/proposals/proposal.js'
import { optionalRequests } from '../../../../src/sources/governance/cosmosSdk/optionalRequests.js'
import { restAt } from '../../../../src/sources/governance/cosmosSdk/rest.js'
import { createHttpClient } from '../../../../src/transport/createHttpClient.js'
import { createHttpEndpoints } from '../../../../src/sources/http/createHttpEndpoints.js'
import { follow, nextPoll } from './follow.js'
import { onCosmos as it } from './onCosmos.js'
import { pass } from './scheduledPlan.js'

const ours = 'cosmos1ours'
const asides = {
  'the tally of a vote': /\/tally$/,
  'the rules': /params/,
  'the bonded tokens': /staking/,
  'a vote of ours': /\/votes\//,
  'what the server runs': /node_info/,
}

describe('an optional request', () => {
  for (const failure of ['hang', 'drop', { status: 503, body: 'no' }, { status: 429, body: 'slow down' }] as const)
    it.for(Object.entries(asides))(
      `does not delay the height: %s (${JSON.stringify(failure)})`,
      async ([, path], { server }) => {
        server.put(1)
        pass(server, 2, 'v2', server.height() + 2)
        // On a busy machine an answer must not count as hanging.
        const timeoutMs = failure === 'hang' ? 1_500 : 5_000
        const hub = follow({ rpc: [server.url], rest: [server.url], voters: [ours], timeoutMs })
        await hub.poll()
        const before = hub.proposal(1)?.tally
        server.behave({ fail: (asked) => (path.test(asked) ? failure : undefined) })

        expect((await nextPoll(server, hub)).head.number).toBe(BigInt(server.height()))
        expect(hub.proposal(1)?.tally).toStrictEqual(before)
        server.drop(1)
        expect((await nextPoll(server, hub)).head.number).toBe(BigInt(server.height()))
      },
    )

  it('for a tally that fails does not affect other tallies', async ({ server, hub }) => {
    const ids = Array.from({ length: 9 }, (_, index) => index + 1)
    for (const id of ids) server.put(id, { votes: [String(id), '0', '0', '0'] })
    server.behave({ fail: (asked) => (/\/1\/tally$/.test(asked) ? { status: 503, body: 'no' } : undefined) })
    await hub.poll()
    await nextPoll(server, hub)
    expect(ids.map((id) => hub.proposal(id)?.tally?.yes)).toStrictEqual([
      undefined,
      ...ids.slice(1).map((id) => BigInt(id)),
    ])
  })

  it('for the unit of votes is repeated until the tally of a closed vote is complete', async ({ server }) => {
    server.put(1, { status: 'REJECTED', finalVotes: ['1', '0', '2', '0'] })
    server.behave({
      fail: (asked) => (/staking\/v1beta1\/params/.test(asked) ? { status: 503, body: 'no' } : undefined),
    })
    let hub = follow({ rpc: [server.url], rest: [server.url] })
    await hub.poll()
    expect(hub.proposal(1)).toMatchObject({ status: 'rejected' })
    expect(hub.proposal(1)).not.toHaveProperty('tally')
    hub = hub.restarted()
    await nextPoll(server, hub)
    server.behave({})
    // The last block: no later one triggers a reading.
    await nextPoll(server, hub)
    await hub.poll()
    expect(hub.proposal(1)?.tally).toMatchObject({ unit: 'uatom', yes: 1n, no: 2n })
    server.requests.length = 0
    await hub.poll()
    expect(server.requests.map((path) => path.split('?')[0])).toStrictEqual(['/status'])
  })

  it('that fails from the first sync on has no closed proposal read again before it is answered', async ({
    server,
  }) => {
    for (const id of [1, 2, 3]) server.put(id, { status: 'REJECTED' })
    server.behave({ fail: (asked) => (/staking\/v1beta1\/params/.test(asked) ? 'drop' : undefined) })
    let now = Date.now()
    const hub = follow({ rpc: [server.url], rest: [server.url], now: () => now })
    await hub.poll()
    server.requests.length = 0
    for (let count = 0; count < 3; count += 1) {
      now += 600_000
      await nextPoll(server, hub)
    }
    expect(server.requests.filter((path) => /proposals\/\d+$/.test(path))).toStrictEqual([])
    server.behave({})
    await nextPoll(server, hub)
    await nextPoll(server, hub)
    for (const id of [1, 2, 3]) expect(hub.proposal(id)?.tally).toMatchObject({ unit: 'uatom' })
  })

  it.for([
    ['is read if its blocks name its chain', 'cosmoshub-4', undefined],
    ['is refused if they name another chain', 'osmosis-1', /serves chain osmosis-1, expected cosmoshub-4/],
    [
      'is refused if its blocks are not served either',
      'unserved',
      /does not answer when it is asked which chain it serves/,
    ],
  ] as const)(
    'for the node info may fail: a server without it %s',
    async ([_what, network, refusal], { server, other }) => {
      other.put(1)
      other.behave({
        network,
        fail: (asked) =>
          asked.endsWith('/node_info')
            ? { status: 503, body: 'no' }
            : asked.endsWith('/blocks/latest') && network === 'unserved'
              ? { status: 501, body: '{"code":12,"message":"Not Implemented"}' }
              : undefined,
      })
      const hub = follow({ rpc: [server.url], rest: [other.url] })
      if (refusal === undefined) {
        await hub.poll()
        expect(hub.proposal(1)?.status).toBe('voting')
      } else await expect(hub.poll()).rejects.toThrow(refusal)
    },
  )

  it('that fails keeps the unit in which the result of a vote was counted before', async ({ server }) => {
    server.put(1)
    const hub = follow({ rpc: [server.url], rest: [server.url] })
    await hub.poll()
    server.behave({ fail: (asked) => (asked.endsWith('/staking/v1beta1/params') ? 'drop' : undefined) })
    server.put(1, { status: 'REJECTED' })
    const restarted = hub.restarted()
    await nextPoll(server, restarted)
    expect(restarted.proposal(1)).toMatchObject({ status: 'rejected', tally: { unit: 'uatom' } })
  })

  it('replaces a unit that an earlier version had made up once it is answered', async ({ server, hub }) => {
    server.put(1)
    await hub.poll()
    const open = hub.proposal(1)
    if (open?.tally === undefined) throw new Error('It has no tally.')
    hub.proposals.set(keyOf(open), { ...open, tally: { ...open.tally, unit: 'tokens' } })
    server.behave({ fail: (asked) => (asked.endsWith('/staking/v1beta1/params') ? 'drop' : undefined) })
    server.put(1, { status: 'REJECTED' })
    const restarted = hub.restarted()
    await nextPoll(server, restarted)
    server.behave({})
    await nextPoll(server, restarted)
    await nextPoll(server, restarted)
    expect(restarted.proposal(1)).toMatchObject({ status: 'rejected', tally: { unit: 'uatom' } })
  })

  it('is given up early if the server hung before, and no further one is made in that reading', async ({ server }) => {
    server.behave({ fail: () => 'hang' })
    const [endpoint] = createHttpEndpoints({
      chain: 'hub',
      urls: [server.url],
      timeoutMs: 60_000,
      http: createHttpClient(),
    })
    if (endpoint === undefined) throw new Error('No endpoint.')
    const head = { number: 1_000n, timestamp: 1n, hash: 'A', parentHash: '' }
    const rest = restAt(endpoint, 'hub', head, undefined, new AbortController().signal)
    const hungAt = new Map([[endpoint, Date.now()]])
    const ask = optionalRequests(rest, hungAt, () => Date.now())

    expect(await Promise.all([ask('/a'), ask('/b')])).toMatchObject([{ type: 'unknown' }, { type: 'unknown' }])
    expect(await ask('/c')).toStrictEqual({ type: 'unknown' })
    expect(server.requests.toSorted()).toStrictEqual(['/a', '/b'])
    expect(hungAt.size).toBe(1)
    server.behave({})
    await optionalRequests(rest, hungAt, () => Date.now())('/cosmos/staking/v1beta1/pool')
    expect(hungAt.size).toBe(0)
  })

  it('ends when the reading is aborted', async ({ server }) => {
    server.put(1)
    const hub = follow({ rpc: [server.url], rest: [server.url] })
    const stop = new AbortController()
    server.behave({
      fail: (asked) => {
        if (asked.endsWith('/tally')) stop.abort()
        return asked.endsWith('/tally') ? 'hang' : undefined
      },
    })
    await expect(hub.reader.read({ open: [], signal: stop.signal })).rejects.toThrow('stopped')
  })
})
