import { describe, expect } from 'vitest'
import { isJsonObject } from '../../../../src/domain/text/json.js'
import { timeOf, start } from '../../../support/servers/cosmos/chain.js'
import type { UnvouchedReading } from '../../../../src/sources/governance/GovernanceReader.js'
import { keyOf } from '../../../support/servers/cosmos/govShapes.js'
import { startCosmosServer } from '../../../support/servers/cosmosServer.js'
import { untilDone } from '../../../support/fixtures.js'
import { failureOf, follow, nextPoll } from './follow.js'
import { onCosmos } from './onCosmos.js'

/** Three proposals a page, and one at the start. */
const it = onCosmos.extend('server', async ({}, cleaning) => {
  const server = await untilDone(startCosmosServer(3), cleaning)
  server.put(1)
  return server
})

const { signal } = new AbortController()
const far = 2n ** 62n

describe('the first reading', () => {
  it('names the oldest block of the node and the newest, so that other nodes can be asked for them', async ({
    server,
    hub,
  }) => {
    const asked: unknown[] = []
    const vouch = ({ anchors }: UnvouchedReading) =>
      Promise.resolve(void asked.push(anchors?.map(({ number }) => number)))
    const { cursor } = await hub.reader.read({ open: [], signal, vouch })
    server.mine(1)
    await hub.reader.read({ cursor, open: [], signal, vouch })
    expect(asked).toStrictEqual([[1n, 1_000n], undefined, undefined, undefined])
  })
})

describe('one wrong height', () => {
  it('in a REST header does not make all other servers count as old', async ({ server, hub }) => {
    server.behave({ heightOf: (path) => (path.includes('current_plan') ? Number(far) : undefined) })
    await hub.poll()
    server.behave({})
    server.put(2)
    await nextPoll(server, hub)
    expect(hub.proposal(2)?.status).toBe('voting')
  })

  it('in a stored state is dropped', async ({ server, hub }) => {
    await hub.poll()
    const cursor = hub.cursor()
    if (!isJsonObject(cursor)) throw new Error('no cursor')
    server.put(2)
    server.mine(1)
    const { proposals } = await hub.reader.read({
      cursor: { ...cursor, state: far.toString() },
      open: [...hub.proposals.values()],
      signal,
    })
    expect(proposals.map(({ id }) => id)).toEqual(['1', '2'])
  })

  it('of an impossible head is refused if the node does not have its block', async ({ server, hub }) => {
    await hub.poll()
    server.behave({ sync: { latest_block_height: far.toString() } })
    expect((await failureOf(hub.poll())).message).toMatch(
      /claims to be at block 4611686018427387904, which the chain cannot have reached yet, and does not have that block\.$/,
    )
    server.behave({})
    expect((await nextPoll(server, hub)).head.number).toBe(1_001n)
  })

  it('of a head is corrected by later blocks, also after a restart', async ({ server, hub }) => {
    await hub.poll()
    server.behave({ sync: { latest_block_height: '90000', latest_block_hash: 'AB'.repeat(32) } })
    await expect(hub.poll()).rejects.toThrow(/lags behind: it answers for block 1000/)
    server.behave({ sync: { latest_block_height: '90000', latest_block_hash: 'AB'.repeat(32) }, hidesHeight: true })
    expect((await hub.poll()).head.number).toBe(90_000n)
    server.behave({})
    hub = hub.restarted()
    server.put(2)
    const { head, rewoundTo } = await nextPoll(server, hub)
    expect([head.number, rewoundTo]).toEqual([1_001n, 1_001n])
    expect(hub.proposal(2)?.status).toBe('voting')
    expect(await nextPoll(server, hub)).not.toHaveProperty('rewoundTo')
  })

  it('of several heads is corrected if the node has the oldest block that was seen', async ({ server, hub }) => {
    for (const height of ['90000', '90001']) {
      server.behave({ sync: { latest_block_height: height, latest_block_hash: 'AB'.repeat(32) }, hidesHeight: true })
      await hub.poll()
    }
    server.behave({})
    expect((await nextPoll(server, hub)).rewoundTo).toBe(1_001n)
  })

  it('of a head stays if another node reports it, too', async ({ server, hub }) => {
    const other = await startCosmosServer()
    hub = follow({ rpc: [server.url, other.url], rest: [server.url, other.url] })
    other.put(1)
    server.mine(100)
    await hub.poll()
    server.mine(-100)
    other.mine(100)
    server.behave({ sync: { latest_block_time: timeOf(start + 9_000_000) } })
    expect((await hub.poll()).head.number).toBe(1_100n)
    await other.stop()
  })

  it('of a proposal does not end the list for good', async ({ server, hub }) => {
    await hub.poll()
    server.put(Number.MAX_SAFE_INTEGER, { status: 'REJECTED' })
    await nextPoll(server, hub)
    server.drop(Number.MAX_SAFE_INTEGER)
    server.put(2)
    await nextPoll(server, hub)
    server.put(3, { status: 'REJECTED' })
    await nextPoll(server, hub)
    expect(hub.proposal(3)?.status).toBe('rejected')
  })
})

describe('a chain that was reset under the same id', () => {
  const words =
    /differs from what was recorded.*: it is another chain or one that was reset under the same id\. Check rpc\.urls, or start with a new state file\.$/

  it.for<[string, number, Readonly<Record<string, unknown>>]>([
    ['is below the last reading', 7, {}],
    ['is above the last reading', 5_000, {}],
    [
      'is above it, on a node that does not report its oldest block',
      5_000,
      { earliest_block_hash: undefined, earliest_block_height: undefined, earliest_block_time: undefined },
    ],
    [
      'is below it, on a node that does not report its oldest block',
      7,
      { earliest_block_hash: undefined, earliest_block_height: undefined, earliest_block_time: undefined },
    ],
    [
      'is above it, on a node that has pruned its first blocks',
      5_000,
      {
        earliest_block_hash: 'CD'.repeat(32),
        earliest_block_height: '4000',
        earliest_block_time: timeOf(start + 1_020_000),
      },
    ],
  ])('is refused with what to do: it %s', async ([_what, height, sync], { server, hub }) => {
    server.behave({ sync })
    await hub.poll()
    await nextPoll(server, hub)
    server.reset(height)
    server.put(1, { title: 'Another one' })
    for (const each of [hub, hub.restarted()]) {
      const { kind, message } = await failureOf(each.poll())
      expect(kind).toBe('permanent')
      expect(message).toMatch(words)
    }
    expect(hub.proposal(1)?.title).toBe('Proposal 1')
  })

  it('is not concluded from one wrong hash', async ({ server, hub }) => {
    server.behave({ sync: { earliest_block_height: undefined } })
    await hub.poll()
    server.behave({ sync: { earliest_block_height: undefined, latest_block_hash: 'AB'.repeat(32) } })
    await nextPoll(server, hub)
    server.behave({ sync: { earliest_block_height: undefined } })
    expect((await nextPoll(server, hub)).head.number).toBe(1_002n)
  })

  it('is not concluded from a node that hides its blocks', async ({ server, hub }) => {
    server.behave({ sync: { earliest_block_height: undefined }, hidesBlocks: true })
    await hub.poll()
    expect((await nextPoll(server, hub)).head.number).toBe(1_001n)
  })

  it('is detected without extra requests if the node reports its oldest block', async ({ server, hub }) => {
    await hub.poll()
    server.requests.length = 0
    await nextPoll(server, hub)
    expect(server.requests.filter((path) => path.startsWith('/commit') || path.startsWith('/block'))).toEqual([])
  })
})

describe('a hash', () => {
  it.for(['0'.repeat(64), ''])(
    'of "%s" is ignored: blocks are told apart by height, and readings continue',
    async (hash, { server, hub }) => {
      server.behave({ sync: { latest_block_hash: hash } })
      expect((await hub.poll()).head.hash).toBe('height-1000')
      server.put(2)
      expect((await nextPoll(server, hub)).head.hash).toBe('height-1001')
      expect(hub.proposal(2)?.status).toBe('voting')
    },
  )
})

describe('the status of CometBFT', () => {
  it.for([
    [
      'the oldest block',
      { earliest_block_hash: undefined, earliest_block_height: undefined, earliest_block_time: undefined },
    ],
    ['the hash, and whether it catches up', { latest_block_hash: undefined, catching_up: undefined }],
  ] as const)('may lack %s', async ([_what, sync], { server, hub }) => {
    server.behave({ sync })
    expect((await hub.poll()).head.number).toBe(1_000n)
  })
})

describe('pages without an end', () => {
  const circle =
    /repeats pages that were already read and says that there are more\. Check the server, or the cache in front of it\.$/

  it('fail the reading after a page or two, and a read of one status', async ({ server, hub }) => {
    for (const id of [1, 2, 3, 4]) server.put(id)
    server.behave({ circles: true })
    const { kind, message } = await failureOf(hub.poll())
    expect(kind).toBe('transient')
    expect(message).toMatch(circle)
    expect(server.requests.filter((path) => path.includes('/proposals?')).length).toBeLessThan(4)
    await expect(hub.reader.readProposals('voting', signal)).rejects.toThrow(circle)
  })

  it('of one status fail the reading, too', async ({ server, hub }) => {
    await hub.poll()
    const page = { proposals: [], pagination: { next_key: keyOf(9), total: '0' } }
    server.behave({
      fail: (path) => (path.includes('proposal_status') ? { status: 200, body: JSON.stringify(page) } : undefined),
    })
    server.mine(1)
    await expect(hub.poll()).rejects.toThrow(circle)
  })

  it('of validators fail the read, too', async ({ server, hub }) => {
    server.answer('/cosmos/staking/v1beta1/validators', {
      validators: [{ operator_address: 'a' }],
      pagination: { next_key: 'AA==' },
    })
    await expect(hub.reader.readMembers(signal)).rejects.toThrow(circle)
  })

  it('that differ are a backlog that shrinks', async ({ server, hub }) => {
    for (let id = 1; id <= 50; id++) server.put(id, { status: 'REJECTED' })
    const backlogs: bigint[] = []
    do backlogs.push((await hub.portion()).backlog)
    while (backlogs.at(-1) !== 0n)
    expect(backlogs).toEqual([35n, 20n, 5n, 0n])
  })
})

describe('SDK 0.46', () => {
  it('is asked for a status by number, in either version', async ({ server, hub }) => {
    server.behave({ numbersOnly: true })
    await expect(hub.reader.check(signal)).resolves.toHaveLength(1)
    await hub.poll()
    expect(hub.proposal(1)?.status).toBe('voting')
    expect(
      server.requests
        .filter((path) => path.includes('proposal_status'))
        .every((path) => /proposal_status=[1-5](?:&|$)/.test(path)),
    ).toBe(true)
  })
})
