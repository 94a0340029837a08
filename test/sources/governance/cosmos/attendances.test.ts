import { describe, expect } from 'vitest'
import type { Attendance } from '../../../../src/domain/proposals/attendance.js'
import { start, timeOf } from '../../../support/servers/cosmos/chain.js'
import type { CosmosServer } from '../../../support/servers/cosmosServer.js'
import { follow, type Follower, nextPoll } from './follow.js'
import { onCosmos as it } from './onCosmos.js'

const ours = 'cosmos10d07y265gmmuvt4z0w9aw880jnsr700j6zn9kn'
const second = 'cosmos1fl48vsnmsdzcv85q5d2q4z5ajdha8yu34mf0eh'
const elsewhere = 'osmo10d07y265gmmuvt4z0w9aw880jnsr700jjzq4qk'

const following = ({ url }: CosmosServer, voters: readonly string[] = [ours]): Follower =>
  follow({ rpc: [url], rest: [url], voters })
const attendanceOf = async (server: CosmosServer, hub: Follower, id = 7): Promise<Attendance | undefined> => {
  await nextPoll(server, hub)
  return hub.proposal(id)?.attendance
}
const questions = ({ requests }: CosmosServer): readonly string[] =>
  requests.splice(0).filter((path) => path.includes('/votes/'))

describe('whether our accounts have voted on a Cosmos chain', () => {
  it('is requested at each block while the vote is open', async ({ server }) => {
    server.put(7)
    server.put(8, { status: 'DEPOSIT_PERIOD', votingStart: null, votingEnd: null })
    const hub = following(server, [ours, second])
    expect(await attendanceOf(server, hub)).toStrictEqual({ voted: [], missing: [ours, second] })
    server.vote(7, second)
    expect(await attendanceOf(server, hub)).toStrictEqual({ voted: [second], missing: [ours] })
    server.vote(7, ours)
    expect(await attendanceOf(server, hub)).toStrictEqual({ voted: [ours, second], missing: [] })
    expect(questions(server)).toHaveLength(6)
    server.put(7, { status: 'PASSED' })
    expect(await attendanceOf(server, hub)).toBeUndefined()
    expect(questions(server)).toStrictEqual([])
  })

  it('is not requested if no accounts are configured', async ({ server, hub }) => {
    server.put(7)
    await nextPoll(server, hub)
    expect(questions(server)).toStrictEqual([])
    expect(hub.proposal(7)).not.toHaveProperty('attendance')
  })

  it.for([
    ['in v1beta1', { versions: ['v1beta1'] }],
    ['by 404', { missesVotes: true }],
    ['without a height', { hidesHeight: true }],
  ] as const)('is also read from answers %s', async ([, behaviour], { server }) => {
    server.put(7, {
      messages: [{ content: { '@type': '/cosmos.gov.v1beta1.TextProposal', title: 'Seven', description: '' } }],
    })
    server.behave(behaviour)
    const hub = following(server)
    expect(await attendanceOf(server, hub)).toStrictEqual({ voted: [], missing: [ours] })
    server.vote(7, ours)
    expect(await attendanceOf(server, hub)).toStrictEqual({ voted: [ours], missing: [] })
  })

  it('is unknown if the vote ends or restarts during the requests', async ({ server }) => {
    for (const then of [
      () => server.put(7, { status: 'PASSED' }),
      () => server.drop(7),
      // An expedited vote that fails becomes a regular one; its votes are deleted.
      () => server.put(7, { expedited: false, votingEnd: timeOf(start + 200_000) }),
    ]) {
      server.put(7, { status: 'VOTING_PERIOD', expedited: true, votingEnd: timeOf(start + 100_000) })
      server.behave({
        fail: (path) => {
          if (path.includes('/votes/')) then()
          return undefined
        },
      })
      expect(await attendanceOf(server, following(server))).toBeUndefined()
    }
  })

  it('is unknown if an older state still has the vote open', async ({ server }) => {
    server.put(7)
    const at = server.height() + 1
    server.behave({ heightOf: (path) => (path.endsWith('/proposals/7') ? at - 1 : undefined) })
    expect(await attendanceOf(server, following(server))).toBeUndefined()
  })

  it('is unknown if a vote that was seen is missing in an answer without a height, until that repeats', async ({
    server,
  }) => {
    server.put(7)
    server.vote(7, ours)
    server.behave({ hidesHeight: true })
    const hub = following(server)
    expect(await attendanceOf(server, hub)).toStrictEqual({ voted: [ours], missing: [] })
    server.unvote(7, ours)
    expect(await attendanceOf(server, hub)).toBeUndefined()
    expect(await attendanceOf(server, hub)).toStrictEqual({ voted: [], missing: [ours] })
  })

  it('is unknown if a server that lags does not have the vote yet', async ({ server }) => {
    server.put(7)
    server.vote(7, ours)
    const hub = following(server)
    expect(await attendanceOf(server, hub)).toStrictEqual({ voted: [ours], missing: [] })
    server.unvote(7, ours)
    const before = server.height() - 1
    server.behave({ heightOf: (path) => (path.includes('/votes/') ? before : undefined) })
    expect(await attendanceOf(server, hub)).toBeUndefined()
  })

  it.for([
    ['another vote', { vote: { proposal_id: '8', voter: ours } }],
    ['the vote of somebody else', { vote: { proposal_id: '7', voter: second } }],
    ['no vote', { vote: null }],
    ['nothing', {}],
  ] as const)('is unknown if the server answers with %s', async ([, body], { server }) => {
    server.put(7)
    server.answer(`/cosmos/gov/v1/proposals/7/votes/${ours}`, body)
    expect(await attendanceOf(server, following(server))).toBeUndefined()
  })

  it.for([
    [
      'that a voter is not found for another proposal',
      400,
      `{"code":3,"message":"voter: ${ours} not found for proposal: 77"}`,
    ],
    [
      'that its state is pruned',
      500,
      '{"code":2,"message":"failed to load state at height 100000; version does not exist"}',
    ],
    ['that the route is unknown', 404, '{"code":5,"message":"Not Found","details":[]}'],
    ['that it does not serve it', 501, '{"code":12,"message":"Not Implemented"}'],
  ] as const)('is unknown if the server says %s, and the rest is read', async ([, status, body], { server }) => {
    server.put(7)
    server.behave({ fail: (path) => (path.includes('/votes/') ? { status, body } : undefined) })
    const hub = following(server)
    expect(await attendanceOf(server, hub)).toBeUndefined()
    expect(hub.proposal(7)?.tally).toBeDefined()
  })

  it.for([
    ['rate-limited', { status: 429, body: 'slow down' }],
    ['down', { status: 503, body: 'no' }],
    ['disconnected', 'drop'],
  ] as const)('is not requested again in the same reading if the server is %s', async ([, failure], { server }) => {
    for (const id of [1, 2, 3, 4, 5, 6, 7, 8, 9]) server.put(id)
    server.behave({ fail: (path) => (path.includes('/votes/') ? failure : undefined) })
    const hub = following(server)
    expect(await attendanceOf(server, hub)).toBeUndefined()
    // Four requests are pending when the first fails, and each is tried twice if a connection breaks.
    expect(questions(server).length).toBeLessThanOrEqual(8)
    server.behave({})
    expect(await attendanceOf(server, hub)).toStrictEqual({ voted: [], missing: [ours] })
  })

  it('takes fifty requests at most, for the votes that end first', async ({ server }) => {
    for (let id = 1; id <= 40; id++) server.put(id, { votingEnd: timeOf(start + 200_000 - id) })
    const hub = following(server, [ours, second])
    expect(await attendanceOf(server, hub, 40)).toStrictEqual({ voted: [], missing: [ours, second] })
    expect(questions(server)).toHaveLength(50)
    expect(hub.proposal(16)?.attendance).toBeDefined()
    expect(hub.proposal(15)?.attendance).toBeUndefined()
  })

  it('is not requested for accounts of other chains', async ({ server }) => {
    server.put(7)
    server.put(8, { proposer: '', messages: [] })
    const hub = following(server, [ours, elsewhere])
    await attendanceOf(server, hub)
    expect(questions(server).filter((path) => path.includes(elsewhere))).toStrictEqual([
      `/cosmos/gov/v1/proposals/8/votes/${elsewhere}`,
    ])
    expect(hub.proposal(8)?.attendance).toStrictEqual({ voted: [], missing: [ours] })
  })
})
