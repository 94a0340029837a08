import { describe, expect } from 'vitest'
import { keyOf } from '../../../../src/domain/proposals/proposal.js'
import { askAside } from '../../../../src/sources/governance/cosmosSdk/askAside.js'
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

describe('what a reading can do without', () => {
  for (const failure of ['hang', 'drop', { status: 503, body: 'no' }, { status: 429, body: 'slow down' }] as const)
    it.for(Object.entries(asides))(`loses no height: %s (${JSON.stringify(failure)})`, async ([, path], { server }) => {
      server.put(1)
      pass(server, 2, 'v2', server.height() + 2)
      // A busy machine is slow, too: what it answers must not count as hanging.
      const timeoutMs = failure === 'hang' ? 1_500 : 5_000
      const hub = follow({ rpc: [server.url], rest: [server.url], voters: [ours], timeoutMs })
      await hub.poll()
      const before = hub.proposal(1)?.tally
      server.behave({ fail: (asked) => (path.test(asked) ? failure : undefined) })

      expect((await nextPoll(server, hub)).head.number).toBe(BigInt(server.height()))
      expect(hub.proposal(1)?.tally).toStrictEqual(before)
      server.drop(1)
      expect((await nextPoll(server, hub)).head.number).toBe(BigInt(server.height()))
    })

  it('is a tally: one that fails takes no other with it', async ({ server, hub }) => {
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

  it('is the unit of votes: those of a closed vote are told once it is', async ({ server }) => {
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
    // The last block of all: no other one wakes the reading.
    await nextPoll(server, hub)
    await hub.poll()
    expect(hub.proposal(1)?.tally).toMatchObject({ unit: 'uatom', yes: 1n, no: 2n })
    server.requests.length = 0
    await hub.poll()
    expect(server.requests.map((path) => path.split('?')[0])).toStrictEqual(['/status'])
  })

  it.for([
    ['is read, for its blocks tell its chain', 'cosmoshub-4', undefined],
    ['is refused where they are of another chain', 'osmosis-1', /serves chain osmosis-1, expected cosmoshub-4/],
    ['is not believed where they do not either', 'unserved', /does not answer when it is asked which chain it serves/],
  ] as const)(
    'is what a server runs: one that never tells %s',
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

  it('is told as it was before: the result of a vote in what it was counted in, for it is not read again', async ({
    server,
  }) => {
    server.put(1)
    const hub = follow({ rpc: [server.url], rest: [server.url] })
    await hub.poll()
    server.behave({ fail: (asked) => (asked.endsWith('/staking/v1beta1/params') ? 'drop' : undefined) })
    server.put(1, { status: 'REJECTED' })
    const restarted = hub.restarted()
    await nextPoll(server, restarted)
    expect(restarted.proposal(1)).toMatchObject({ status: 'rejected', tally: { unit: 'uatom' } })
  })

  it('is no unit that an earlier version made up: it is read again once it is told', async ({ server, hub }) => {
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

  it('is waited for five seconds at most, and half a second where the server hung before', async ({ server }) => {
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
    const ask = askAside(rest, hungAt, () => Date.now())

    expect(await Promise.all([ask('/a'), ask('/b')])).toMatchObject([{ type: 'unknown' }, { type: 'unknown' }])
    expect(await ask('/c')).toStrictEqual({ type: 'unknown' })
    expect(server.requests.toSorted()).toStrictEqual(['/a', '/b'])
    expect(hungAt.size).toBe(1)
    server.behave({})
    await askAside(rest, hungAt, () => Date.now())('/cosmos/staking/v1beta1/pool')
    expect(hungAt.size).toBe(0)
  })

  it('ends with the reading that is stopped', async ({ server }) => {
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
