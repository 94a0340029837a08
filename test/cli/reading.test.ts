import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cliHere } from '../support/cliHere.js'
import { governor } from '../support/configs.js'
import { seedState } from '../support/seededState.js'
import { temporaryDirectory } from '../support/storeGiven.js'

const directory = temporaryDirectory()
beforeAll(() => seedState(directory.path))
afterAll(() => directory[Symbol.dispose]())

async function json(...args: readonly string[]): Promise<unknown> {
  const { code, out, err } = await cliHere([...args, '--json'], directory.path)
  expect({ code, err }).toStrictEqual({ code: 0, err: '' })
  return JSON.parse(out)
}

async function text(...args: readonly string[]): Promise<string> {
  const { code, out } = await cliHere(args, directory.path)
  expect(code).toBe(0)
  return out
}

describe('status', () => {
  it('gives every chain of the configuration', async () => {
    expect(await json('status')).toStrictEqual([
      {
        chain: 'local', system: 'governor', height: '10', lastGoodPoll: '2025-01-01T00:00:00.000Z', health: 'up', errorRate: 0.25,
        problem: 'It was slow.', openProposals: 2, backlog: '0',
        nextUpgrade: { name: 'v2', height: 1000, blocksLeft: '990', eta: '1970-01-01T00:33:20.000Z' },
      },
      {
        chain: 'other', system: 'governor', height: null, lastGoodPoll: null, health: 'starting', errorRate: 0,
        problem: null, openProposals: 0, backlog: null, nextUpgrade: null,
      },
    ])
  })

  it('is a table for people, with what is wrong under it', async () => {
    expect(await text('status')).toMatchInlineSnapshot(`
      "CHAIN  HEIGHT  HEALTH        LAST GOOD POLL  ERRORS  OPEN  NEXT UPGRADE
      local      10  up            5 min ago         25 %     2  v2 at 1000: 990 blocks left, about 33 min
      other       -  not read yet  never              0 %     0  none

      local: It was slow.

      No govstream runs with this state: this is what the last one left.
      "
    `)
  })
})

describe('proposals', () => {
  it('gives exactly the documented keys, newest first', async () => {
    const all = await json('proposals')

    expect(all).toHaveLength(3)
    expect(all).toMatchObject([{ id: '12345678901234567890' }, { id: '8' }, { id: '7' }])
    expect(await json('proposals', '7')).toStrictEqual([{
      chain: 'local', system: 'governor', contract: governor, id: '7', title: 'Move to v2', type: 'upgrade', status: 'passed', derived: false,
      proposer: '0xabc', submittedAt: '2023-11-14T22:13:20.000Z', votingStartsAt: '2023-11-14T22:13:30.000Z', votingEndsAt: '2023-11-14T22:15:00.000Z',
      tally: {
        yes: '3000000000000000000', no: '1000000000000000000', abstain: '0', veto: null, unit: 'votes', quorum: '2000000000000000000',
        threshold: null, electorate: null, turnout: 0.8, quorumReached: true, thresholdMet: null,
      },
      plan: { name: 'v2', height: 1000, info: { binaries: {} }, binaries: null },
    }])
    expect(await json('proposals', '8')).toMatchObject([
      { derived: true, proposer: null, submittedAt: null, votingStartsAt: null, votingEndsAt: null, tally: null, plan: null },
    ])
  })

  it.each([
    [['--status', 'passed'], ['7']],
    [['--type', 'text'], ['12345678901234567890', '8']],
    [['--active'], ['12345678901234567890']],
    [['--active', '--type', 'upgrade'], []],
    [['1234'], ['12345678901234567890']],
  ])('selects by %j', async (args, ids) => {
    expect(await json('proposals', ...args)).toMatchObject(ids.map((id) => ({ id })))
    expect(await json('proposals', ...args)).toHaveLength(ids.length)
  })

  it('shows one in full', async () => {
    expect(await text('proposals', '7')).toMatchInlineSnapshot(`
      "Move to v2
      Status     passed
      Type       upgrade
      Chain      local (governor 0xaBaBaBaBaBaBaBaBaBaBaBaBaBaBaBaBaBaBaBaB)
      Id         7
      Proposer   0xabc
      Submitted  2023-11-14 22:13Z
      Voting     2023-11-14 22:13Z to 2023-11-14 22:15Z
      Upgrade    v2 at height 1000

      Votes:
        yes     ██████████████████████████████░░░░░░░░░░   75 %  3.000e18 votes
        no      ██████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░   25 %  1.000e18 votes
        abstain ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░    0 %  0 votes
        quorum 2.000e18 (reached), turnout 80 %

      Actions:
        1. setDelay(uint256) on 0xdef with 5 wei

      Description:
        # Move to v2

        Faster blocks.
      "
    `)
  })

  it('says that none fits, and how many there are', async () => {
    expect(await text('proposals', '--status', 'failed')).toBe('No proposal fits: 3 are tracked in all.\n')
  })

  it('fails where there is no such proposal', async () => {
    expect(await cliHere(['proposals', '99'], directory.path)).toStrictEqual({ code: 1, out: '', err: 'There is no proposal 99.\n' })
  })
})

describe('upgrades', () => {
  it('gives the queue in height order, then the finished ones', async () => {
    const unknown = { blocksLeft: null, eta: null }

    expect(await json('upgrades')).toStrictEqual([
      {
        chain: 'local', name: 'v2', height: 1000, status: 'scheduled', proposalId: '7', info: { binaries: {} }, scheduledAt: '2023-11-14T22:15:00.000Z',
        triggeredAt: null, completedAt: null, reasons: [], blocksLeft: '990', eta: '1970-01-01T00:33:20.000Z',
      },
      {
        chain: 'local', name: 'v3', height: 2000, status: 'scheduled', proposalId: '9', info: null, scheduledAt: null,
        triggeredAt: null, completedAt: null, reasons: [], blocksLeft: '1990', eta: '1970-01-01T01:06:40.000Z',
      },
      {
        chain: 'local', name: 'v1', height: 4, status: 'completed', proposalId: '3', info: null, scheduledAt: '1970-01-01T00:00:02.000Z',
        triggeredAt: '1970-01-01T00:00:08.000Z', completedAt: '1970-01-01T00:00:10.000Z', reasons: [], ...unknown,
      },
      {
        chain: 'local', name: 'v0', height: 1, status: 'refused', proposalId: '4', info: null, scheduledAt: null,
        triggeredAt: null, completedAt: null, reasons: ['height already passed'], ...unknown,
      },
    ])
  })

  it('is a table for people, with the reasons under it', async () => {
    expect(await text('upgrades')).toMatchInlineSnapshot(`
      "CHAIN  HEIGHT  NAME  STATUS     PROPOSAL  WHEN
      local    1000  v2    scheduled  7         in 990 blocks, about 33 min
      local    2000  v3    scheduled  9         in 1990 blocks, about 1 h 6 min
      local       4  v1    completed  3         1970-01-01 00:00Z
      local       1  v0    refused    4         1970-01-01 00:00Z

      local v0 (refused): height already passed
      "
    `)
  })
})

describe('audit', () => {
  it('gives the newest entries first', async () => {
    expect(await json('audit', '--limit', '1')).toMatchObject([{ seq: 2, chain: 'local', kind: 'notification' }])
  })
})

describe('without a configuration', () => {
  it('reads the state file it is given, and the one a start without a file leaves', async () => {
    using empty = temporaryDirectory()
    const { out, code } = await cliHere(['status', '--state', `${directory.path}/govstream.db`, '--json'], empty.path)

    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject([{ chain: 'local', system: 'governor', height: '10' }])

    seedState(empty.path)
    rmSync(`${empty.path}/govstream.yaml`)
    expect((await cliHere(['status', '--json'], empty.path)).out).toBe(out)
  })

  it('says in words that there is nothing yet', async () => {
    using empty = temporaryDirectory()
    const said = async (...args: readonly string[]): Promise<string> => (await cliHere([...args, '--state', 'none.db'], empty.path)).out

    expect(await said('status')).toBe('No chains yet: run "govstream run" or "govstream sync" first.\n')
    expect(await said('proposals')).toMatch(/^No proposals yet: /)
    expect(await said('upgrades')).toMatch(/^No upgrades: /)
    expect(await said('notifications')).toMatch(/^No notifications yet: /)
    expect(await said('notifications', '--dead')).toMatch(/^No dead letters: /)
    expect(await said('audit')).toMatch(/^No entries yet: /)
    expect(await said('notifications', '--json')).toBe('[]\n')
  })
})
