import { describe, expect } from 'vitest'
import { legacyMessage } from '../../../support/servers/cosmos/messages.js'
import { type CosmosServer, startCosmosServer } from '../../../support/servers/cosmosServer.js'
import { untilDone } from '../../../support/fixtures.js'
import { follow, type Follower, nextPoll } from './follow.js'
import { onCosmos } from './onCosmos.js'

/** Three proposals a page. */
const it = onCosmos.extend('server', ({}, cleaning) => untilDone(startCosmosServer(3), cleaning))

const { signal } = new AbortController()

/** Proposals with gaps in their ids, as after spam; every fifth is in voting. */
function fill(server: CosmosServer, count: number): readonly string[] {
  const ids = Array.from({ length: count }, (_, index) => index * 3 + 1)
  for (const [index, id] of ids.entries()) server.put(id, { status: index % 5 === 0 ? 'VOTING_PERIOD' : 'REJECTED' })
  return ids.map(String)
}

const idsRead = (hub: Follower): readonly string[] =>
  [...hub.proposals.values()].map(({ id }) => id).sort((a, b) => Number(a) - Number(b))

describe('a long list', () => {
  it('is read in portions by page keys, and each proposal once', async ({ server, hub }) => {
    const ids = fill(server, 40)
    const first = await hub.portion()
    expect(first.proposals).toHaveLength(15)
    expect(first.backlog).toBe(25n)
    expect(first.proposals.every(({ id }) => ids.includes(id))).toBe(true)
    await hub.poll()
    expect(idsRead(hub)).toEqual(ids)
  })

  it('is continued by another process', async ({ server, hub }) => {
    const ids = fill(server, 40)
    await hub.portion()
    hub = hub.restarted()
    await hub.poll()
    expect(idsRead(hub)).toEqual(ids)
    expect(server.requests.filter((path) => path.endsWith('/proposals?pagination.limit=100'))).toHaveLength(1)
  })

  it('leads to the same readings with and without a restart', async ({ server, hub }) => {
    fill(server, 20)
    const other = follow({ rpc: [server.url], rest: [server.url] })
    await hub.poll()
    await other.poll()
    server.put(100, { status: 'PASSED' })
    server.put(1, { status: 'PASSED' })
    server.mine(1)
    const read = await hub.poll()
    const again = await other.restarted().poll()
    expect({ ...again, readAt: 0, nodeVersion: '' }).toEqual({ ...read, readAt: 0, nodeVersion: '' })
  })

  it('is requested only for new proposals', async ({ server, hub }) => {
    fill(server, 20)
    await hub.poll()
    server.requests.length = 0
    await nextPoll(server, hub)
    const lists = server.requests.filter((path) => path.includes('/proposals?'))
    expect(lists.filter((path) => !path.includes('proposal_status'))).toEqual([
      '/cosmos/gov/v1/proposals?pagination.limit=100&pagination.key=AAAAAAAAADs%3D',
    ])
  })
})

describe('a list without an end', () => {
  it('fails the reading, and is continued once it ends', async ({ server, hub }) => {
    server.behave({ invents: 1_500 })
    await expect(hub.poll()).rejects.toThrow(
      /has named 52500 proposals in a row and says that there are more: no chain has that many\./,
    )
    server.requests.length = 0
    await expect(hub.restarted().poll()).rejects.toThrow(/no chain has that many/)
    expect(server.requests.length).toBeLessThan(20)
    server.behave({})
    server.put(60_000, { status: 'VOTING_PERIOD' })
    server.put(7, { status: 'VOTING_PERIOD' })
    expect((await nextPoll(server, hub)).backlog).toBe(0n)
    expect(hub.proposal(60_000)?.status).toBe('voting')
    expect(hub.proposal(7)?.status).toBe('voting')
  })

  it('fails the reading if nothing can be read, neither by list nor by id', async ({ server, hub }) => {
    server.behave({
      fail: (path) =>
        path.includes('/proposals') ? { status: 500, body: '{"code":13,"message":"panic","details":[]}' } : undefined,
    })
    await expect(hub.poll()).rejects.toThrow(/has 100 proposals in a row, none of which can be read/)
    expect(server.requests.length).toBeLessThan(250)
  })

  it('has a backlog by the newest id if the server does not count', async ({ server, hub }) => {
    fill(server, 40)
    server.behave({ countsNothing: true })
    const first = await hub.portion()
    expect(first.backlog).toBe(118n - 15n)
    expect((await hub.portion()).backlog).toBe(118n - 30n)
    expect((await hub.poll()).backlog).toBe(0n)
  })
})

describe('a server that accepts no page keys but its own', () => {
  it.for(['refused', 'ignored'] as const)(
    'is asked for new proposals one by one (others are %s)',
    async (otherKeys, { server, hub }) => {
      server.behave({ otherKeys })
      fill(server, 10)
      await hub.poll()
      server.put(31, { status: 'REJECTED' })
      server.put(33, { status: 'PASSED' })
      server.requests.length = 0
      await nextPoll(server, hub)
      expect(server.requests.filter((path) => /proposals\/\d+$/.test(path)).length).toBeGreaterThan(5)
      expect(hub.proposal(31)?.status).toBe('rejected')
      expect(hub.proposal(33)?.status).toBe('passed')
    },
  )
})

describe('a proposal that spoils every list it is in', () => {
  it('is read by id, and the others by lists again', async ({ server, hub }) => {
    const ids = fill(server, 40)
    server.behave({ spoilt: 7 })
    await hub.poll()
    expect(idsRead(hub)).toEqual(ids)
    expect(server.requests.filter((path) => /proposals\/\d+$/.test(path)).length).toBeLessThan(40)
    server.put(4, { status: 'VOTING_PERIOD' })
    server.put(16, { status: 'PASSED' })
    server.put(150)
    await nextPoll(server, hub)
    expect(hub.proposal(16)?.status).toBe('passed')
    expect(hub.proposal(150)?.status).toBe('voting')
  })

  it('is left out with a warning if it cannot be read at all', async ({ server, hub }) => {
    const ids = fill(server, 12)
    server.behave({ spoilt: 7, isUnreadable: true })
    const { warnings } = await hub.poll()
    expect(idsRead(hub)).toEqual(ids.filter((id) => id !== '7'))
    expect(warnings.join()).toMatch(/^Proposal 7 cannot be read at 127\.0\.0\.1:\d+ of hub: /)
    expect((await nextPoll(server, hub)).warnings).toEqual([])
  })
})

describe('an old chain without gov v1', () => {
  it.beforeEach(({ server }) => {
    server.behave({ versions: ['v1beta1'] })
    for (const id of [1, 2, 3, 4]) {
      server.put(id, {
        messages: [legacyMessage('/cosmos.gov.v1beta1.TextProposal', { title: `Old ${id}` })],
        votes: ['300000', '0', '100000', '0'],
      })
    }
  })

  it('is read as v1beta1, with live tally and rules', async ({ server, hub }) => {
    await hub.poll()
    expect(hub.proposal(4)).toMatchObject({
      title: 'Old 4',
      type: 'text',
      status: 'voting',
      tally: { yes: 300_000n, quorum: 400_000n, quorumReached: true, threshold: 0.5, thresholdMet: true },
    })
    expect(server.requests.filter((path) => path.startsWith('/cosmos/gov/v1/'))).toHaveLength(1)
  })

  it('is asked for a status by number, because it does not know the name', async ({ server, hub }) => {
    await hub.poll()
    expect(server.requests.some((path) => path.includes('v1beta1/proposals?proposal_status=2'))).toBe(true)
  })

  it.for([
    [
      'a list fails because of two messages',
      [legacyMessage('/cosmos.gov.v1beta1.TextProposal'), legacyMessage('/cosmos.gov.v1beta1.TextProposal')],
    ],
    ['a proposal has no content', [{ '@type': '/cosmos.staking.v1beta1.MsgUpdateParams' }]],
  ] as const)(
    'is read as v1 at once if v1beta1 is no longer enough: %s',
    async ([_what, messages], { server, hub }) => {
      await hub.poll()
      server.behave({})
      server.put(5, { title: 'Only in v1', status: 'PASSED', messages })
      await nextPoll(server, hub)
      expect(hub.proposal(5)?.title).toBe('Only in v1')
      server.requests.length = 0
      await nextPoll(server, hub)
      expect(server.requests.filter((path) => path.includes('/v1beta1/proposals'))).toEqual([])
    },
  )

  it('that serves neither version is reported as a wrong REST address', async ({ server, hub }) => {
    server.behave({ versions: [] })
    await expect(hub.poll()).rejects.toThrow(
      /serves neither gov v1 nor v1beta1: check that governance\.rest is the REST \(API\) address/,
    )
  })

  it('has rules that are each read from their own answer, not from the zeroes beside them', async ({ hub }) => {
    const [parameters] = await hub.reader.readParameters(signal)
    expect(parameters).toMatchObject({
      contract: 'gov',
      clock: 'timestamp',
      votingPeriod: 1_209_600n,
      quorum: 400_000n,
      token: 'uatom',
      details: {
        quorum: '0.400000000000000000',
        threshold: '0.500000000000000000',
        min_deposit: ['250000000 uatom'],
        max_deposit_period: '1209600s',
        voting_period: '1209600s',
      },
    })
  })
})

describe('a server that wrongly reports that it has no gov v1', () => {
  const listsIn = (server: CosmosServer, version: string): readonly string[] =>
    server.requests.filter((path) => path.startsWith(`/cosmos/gov/${version}/proposals`))

  /** A proposal that both versions can return. */
  const either = { messages: [legacyMessage('/cosmos.gov.v1beta1.TextProposal', { title: 'One' })] }

  it('is not believed the first time if it served v1 before', async ({ server, hub }) => {
    server.put(1, either)
    await hub.poll()
    server.behave({ versions: ['v1beta1'] })
    await expect(nextPoll(server, hub)).rejects.toThrow(/served gov v1 before, and now says that it does not/)
    server.behave({})
    server.requests.length = 0
    await nextPoll(server, hub)
    expect(listsIn(server, 'v1beta1')).toEqual([])
    expect(listsIn(server, 'v1')).not.toEqual([])
  })

  it('is believed the second time, because the server may have been replaced', async ({ server, hub }) => {
    server.put(1, either)
    await hub.poll()
    server.behave({ versions: ['v1beta1'] })
    await expect(nextPoll(server, hub)).rejects.toThrow()
    await nextPoll(server, hub)
    expect(hub.proposal(1)?.title).toBe('One')
  })

  it('is asked for v1 again after ten minutes', async ({ server }) => {
    let time = Date.now()
    const hub = follow({ rpc: [server.url], rest: [server.url], now: () => time })
    server.put(1, either)
    server.behave({ versions: ['v1beta1'] })
    await hub.poll()
    await nextPoll(server, hub)
    server.behave({})
    time += 599_000
    await nextPoll(server, hub)
    expect(listsIn(server, 'v1')).toHaveLength(1)
    time += 2_000
    await nextPoll(server, hub)
    server.requests.length = 0
    await nextPoll(server, hub)
    expect(listsIn(server, 'v1beta1')).toEqual([])
  })
})

describe('all proposals with one status', () => {
  it('are read page by page', async ({ server, hub }) => {
    fill(server, 40)
    expect(await hub.reader.readProposals('rejected', signal)).toHaveLength(32)
    expect(await hub.reader.readProposals('voting', signal)).toHaveLength(8)
    expect(await hub.reader.readProposals('executed', signal)).toEqual([])
  })
})
