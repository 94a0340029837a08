import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore } from '../../src/store/openStore.js'
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
        chain: 'local',
        system: 'governor',
        enabled: true,
        height: '10',
        lastGoodPoll: '2025-01-01T00:00:00.000Z',
        health: 'up',
        errorRate: 0.25,
        problem: 'It was slow.',
        openProposals: 2,
        backlog: '0',
        nextUpgrade: {
          key: 'local/0xc0ffee/7',
          name: 'v2',
          height: 1000,
          status: 'scheduled',
          reasons: [],
          blocksLeft: '990',
          eta: '1970-01-01T00:33:20.000Z',
        },
      },
      {
        chain: 'other',
        system: 'governor',
        enabled: true,
        height: null,
        lastGoodPoll: null,
        health: 'starting',
        errorRate: 0,
        problem: null,
        openProposals: 0,
        backlog: null,
        nextUpgrade: null,
      },
    ])
  })

  it('is a table for people, with what is wrong under it', async () => {
    expect(await text('status')).toMatchInlineSnapshot(`
      "CHAIN  HEIGHT  HEALTH        LAST GOOD POLL  ERRORS  OPEN  NEXT UPGRADE
      local      10  up            5 min ago         25 %     2  v2 at 1000: 990 blocks left, about 33 min
      other       -  not read yet  never              0 %     0  unknown

      local: It was slow.

      No govstream runs with this state: this is what the last one left.
      "
    `)
  })
})

const seven = {
  chain: 'local',
  system: 'governor',
  contract: governor,
  id: '7',
  title: 'Move to v2',
  type: 'upgrade',
  status: 'passed',
  derived: false,
  proposer: '0xabc',
  submittedAt: '2023-11-14T22:13:20.000Z',
  votingStart: '6',
  votingEnd: '9',
  votingStartsAt: '2023-11-14T22:13:30.000Z',
  votingEndsAt: '2023-11-14T22:15:00.000Z',
  votingEndsAtEstimated: false,
  tally: {
    yes: '3000000000000000000',
    no: '1000000000000000000',
    abstain: '0',
    veto: null,
    unit: 'AAVE',
    decimals: 18,
    quorum: '2000000000000000000',
    quorumMissing: null,
    threshold: null,
    electorate: null,
    turnout: 0.8,
    quorumReached: true,
    thresholdMet: null,
  },
  plan: { name: 'v2', height: 1000, info: { binaries: {} }, binaries: null },
  labels: {},
}

describe('proposals', () => {
  it('gives exactly the documented keys, newest first', async () => {
    const all = await json('proposals')

    expect(all).toHaveLength(3)
    expect(all).toMatchObject([{ id: '12345678901234567890' }, { id: '8' }, { id: '7' }])
    expect((Array.isArray(all) ? all : [])[2]).toStrictEqual(seven)
    expect((Array.isArray(all) ? all : [])[1]).toMatchObject({
      derived: true,
      proposer: null,
      submittedAt: null,
      votingStart: null,
      votingEnd: null,
      votingStartsAt: null,
      votingEndsAt: null,
      votingEndsAtEstimated: false,
      tally: null,
      plan: null,
    })
  })

  it('gives one in full as one object, with what happened to it', async () => {
    expect(await json('proposals', '7')).toStrictEqual({
      ...seven,
      skipped: null,
      notUnderstood: null,
      clock: 'block',
      executableAt: null,
      planOrigin: 'call',
      planProblems: [],
      planWithdrawn: null,
      planUnsure: null,
      planAppliedAt: null,
      description: '# Move to v2\n\nFaster blocks.',
      actions: [
        {
          target: '0xdef',
          value: '5',
          selector: '0x12345678',
          signature: 'setDelay(uint256)',
          effect: 'call',
          schedules: null,
        },
      ],
      history: [
        { status: 'submitted', derived: false, at: '2023-11-14T22:13:20.000Z', block: '5' },
        { status: 'voting', derived: false, at: '2023-11-14T22:13:30.000Z', block: '7' },
        { status: 'passed', derived: false, at: '2023-11-14T22:15:10.000Z', block: '10' },
      ],
      votes: [
        { voter: '0xa11ce', choice: 'yes', weight: '3000000000000000000', reason: 'Faster is better.', block: '8' },
        { voter: '0xb0b', choice: 'no', weight: '1000000000000000000', reason: '', block: '9' },
      ],
    })
  })

  it.each([
    [['--status', 'passed'], ['7']],
    [
      ['--type', 'text'],
      ['12345678901234567890', '8'],
    ],
    [['--active'], ['12345678901234567890']],
    [['--active', '--type', 'upgrade'], []],
  ])('selects by %j', async (args, ids) => {
    expect(await json('proposals', ...args)).toMatchObject(ids.map((id) => ({ id })))
    expect(await json('proposals', ...args)).toHaveLength(ids.length)
  })

  it('finds a long id by its start, in the form that tables show, too; a short one only as a whole', async () => {
    for (const start of ['1234', '123456', '123456…', '123456...', 'local/1234', `local/${governor}/1234`]) {
      expect(await json('proposals', start)).toMatchObject({ id: '12345678901234567890' })
    }
    expect((await cliHere(['proposals', '123'], directory.path)).code).toBe(1)
  })

  it('shows one in full', async () => {
    expect(await text('proposals', '7')).toMatchInlineSnapshot(`
      "Move to v2
      Status     passed
      Type       upgrade
      Chain      local (governor 0xABaBaBaBABabABabAbAbABAbABabababaBaBABaB)
      Id         7
      Proposer   0xabc
      Submitted  2023-11-14 22:13Z
      Voting     after block 6 to block 9, 2023-11-14 22:13Z to 2023-11-14 22:15Z
      Upgrade    v2 at height 1000

      History:
        2023-11-14 22:13Z  submitted, block 5
        2023-11-14 22:13Z  voting, block 7
        2023-11-14 22:15Z  passed, block 10

      Result:
        yes     ██████████████████████████████░░░░░░░░░░   75 %  3 AAVE
        no      ██████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░   25 %  1 AAVE
        abstain ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░    0 %  0 AAVE
        quorum 2 AAVE (reached), turnout 80 %

      Votes:
        no      0xb0b with 1 AAVE
        yes     0xa11ce with 3 AAVE
                Faster is better.

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

  it('fails where there is no such proposal, and says which there are', async () => {
    const err = 'There is no proposal 95; tracked are 123456…, 8, 7.\n'
    expect(await cliHere(['proposals', '95'], directory.path)).toStrictEqual({ code: 1, out: '', err })
    expect(await cliHere(['proposals', '95', '--json'], directory.path)).toStrictEqual({ code: 1, out: 'null\n', err })
  })
})

describe('upgrades', () => {
  it('gives the queue in height order, then the finished ones', async () => {
    const unknown = { blocksLeft: null, eta: null }

    expect(await json('upgrades')).toStrictEqual([
      {
        key: 'local/0xc0ffee/7',
        chain: 'local',
        name: 'v2',
        height: 1000,
        time: null,
        status: 'scheduled',
        origin: 'call',
        kind: 'governance',
        proposalId: '7',
        info: { binaries: {} },
        scheduledAt: '2023-11-14T22:15:00.000Z',
        triggeredAt: null,
        completedAt: null,
        reasons: [],
        blocksLeft: '990',
        eta: '1970-01-01T00:33:20.000Z',
      },
      {
        key: 'local/0xc0ffee/9',
        chain: 'local',
        name: 'v3',
        height: 2000,
        time: null,
        status: 'scheduled',
        origin: 'call',
        kind: 'governance',
        proposalId: '9',
        info: null,
        scheduledAt: null,
        triggeredAt: null,
        completedAt: null,
        reasons: [],
        blocksLeft: '1990',
        eta: '1970-01-01T01:06:40.000Z',
      },
      {
        key: 'local/0xc0ffee/3',
        chain: 'local',
        name: 'v1',
        height: 4,
        time: null,
        status: 'completed',
        origin: 'call',
        kind: 'governance',
        proposalId: '3',
        info: null,
        scheduledAt: '1970-01-01T00:00:02.000Z',
        triggeredAt: '1970-01-01T00:00:08.000Z',
        completedAt: '1970-01-01T00:00:10.000Z',
        reasons: [],
        ...unknown,
      },
      {
        key: 'local/0xc0ffee/4',
        chain: 'local',
        name: 'v0',
        height: 1,
        time: null,
        status: 'refused',
        origin: 'call',
        kind: 'governance',
        proposalId: '4',
        info: null,
        scheduledAt: null,
        triggeredAt: null,
        completedAt: null,
        reasons: ['height already passed'],
        ...unknown,
      },
    ])
  })

  it('is a table for people, with the reasons under it', async () => {
    expect(await text('upgrades')).toMatchInlineSnapshot(`
      "CHAIN  HEIGHT  NAME  STATUS     PROPOSAL  WHEN
      local    1000  v2    scheduled  7         in 990 blocks, about 33 min
      local    2000  v3    scheduled  9         in 1,990 blocks, about 1 h 6 min
      local       4  v1    completed  3         1970-01-01 00:00Z
      local       1  v0    refused    4         1970-01-01 00:00Z

      local v0 (refused): height already passed
      "
    `)
  })
})

describe('audit of a receiver that is away', () => {
  it('tells people only the newest try of each delivery, and programs all', async () => {
    using place = temporaryDirectory()
    seedState(place.path)
    const store = openStore({ path: join(place.path, 'govstream.db') })
    for (let attempt = 1; attempt <= 9; attempt += 1) {
      for (const id of ['local:source_down:1', 'local:source_recovered:2']) {
        const detail = { handler: 'hook', id, attempt, result: 'postponed', reason: 'HTTP 503' }
        store.record({ at: attempt * 1_000, chain: 'local', kind: 'delivery', detail })
      }
    }
    store.close()

    expect((await cliHere(['audit', '--limit', '3'], place.path)).out.split('\n').slice(0, 3)).toStrictEqual([
      '1970-01-01 00:00:09Z  local  Not delivered yet through hook at try 9: source_recovered; HTTP 503',
      '1970-01-01 00:00:09Z  local  Not delivered yet through hook at try 9: source_down; HTTP 503',
      '1970-01-01 00:00:01Z  local  Told with priority critical: Bad news',
    ])
    expect(JSON.parse((await cliHere(['audit', '--limit', '18', '--json'], place.path)).out)).toHaveLength(18)
  })

  it('keeps the unit of a vote with it', async () => {
    const { out } = await cliHere(['audit', '--json'], directory.path)

    expect(out).toMatch(/"voter": "0xb0b",[^}]*"unit": "AAVE",\s+"decimals": 18/)
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

  it('is wrong usage where the state that is named is not there, and none is made', async () => {
    using empty = temporaryDirectory()
    for (const command of [
      ['status'],
      ['proposals', '7'],
      ['upgrades'],
      ['notifications'],
      ['notifications', '--read', 'all'],
      ['audit', '--json'],
    ]) {
      expect(await cliHere([...command, '--state', 'none.db'], empty.path)).toStrictEqual({
        code: 2,
        out: '',
        err: '--state: expected a state file, but there is none at none.db; "govstream run" or "govstream sync" makes one\n',
      })
    }
    expect(readdirSync(empty.path)).toStrictEqual([])
  })

  it('makes no state out of an empty file', async () => {
    using empty = temporaryDirectory()
    writeFileSync(join(empty.path, 'empty.db'), '')
    const { code, err } = await cliHere(['notifications', '--read', 'all', '--state', 'empty.db'], empty.path)

    expect({ code, err }).toStrictEqual({
      code: 1,
      err: 'govstream: There is no state yet in empty.db: run "govstream run" or "govstream sync" first.\n',
    })
    expect(readFileSync(join(empty.path, 'empty.db'), 'utf8')).toBe('')
  })
})

describe('before the first run of a configuration', () => {
  it('says in words that there is nothing yet, and makes nothing', async () => {
    using empty = temporaryDirectory()
    writeFileSync(join(empty.path, 'govstream.yaml'), 'state: none.db\nchains: [{ name: local }]\n')
    const said = async (...args: readonly string[]): Promise<string> => (await cliHere(args, empty.path)).out

    expect(await said('status')).toMatch(/^local +- {2}not read yet +never +0 % +0 {2}unknown$/m)
    expect(await said('proposals')).toBe(
      'No proposals yet: nothing was found on chain so far, or nothing has been read into none.db.\n',
    )
    expect(await said('upgrades')).toBe('No upgrades yet: nothing has been read into none.db.\n')
    expect(await said('notifications')).toBe('No notifications yet: nothing has been read into none.db.\n')
    expect(await said('notifications', '--dead')).toMatch(/^No dead letters: /)
    expect(await said('notifications', '--read', 'all')).toBe('Nothing was unread.\n')
    expect(await said('audit')).toMatch(/^No entries yet: /)
    expect(await said('notifications', '--json')).toBe('[]\n')
    expect(readdirSync(empty.path)).toStrictEqual(['govstream.yaml'])
  })
})

describe('a configuration that cannot be used', () => {
  const broken = (state: string): string =>
    [
      `state: ${state}`,
      'chains:',
      '  - { name: local, rpc: { urls: ["${RPC_URL_THAT_IS_NOT_SET}"], timeot: 3s }, governance: { system: governor, address: UPDATE_ME } }',
      '  - { name: other, monitor: { enabled: false } }',
      'notifier: { handlers: [{ type: webhook, url: "${WEBHOOK_URL_THAT_IS_NOT_SET}" }] }',
      '',
    ].join('\n')

  it('is enough to read the state, where it names that and the chains', async () => {
    using place = temporaryDirectory()
    seedState(place.path)
    writeFileSync(join(place.path, 'govstream.yaml'), broken('"${NAME_OF_THE_STATE:-govstream.db}"'))
    for (const command of ['status', 'proposals', 'upgrades', 'notifications', 'audit']) {
      expect(await cliHere([command, '--json'], place.path)).toMatchObject({ code: 0, err: '' })
    }
    expect(JSON.parse((await cliHere(['status', '--json'], place.path)).out)).toMatchObject([
      { chain: 'local', system: 'governor', enabled: true, height: '10' },
      { chain: 'other', system: null, enabled: false, height: null },
    ])
  })

  it.each([
    [
      'state: "${STATE_THAT_IS_NOT_SET}"\nchains: [{ name: local }]',
      './govstream.yaml:1: state: expected the environment variable STATE_THAT_IS_NOT_SET, which is not set\n',
    ],
    [
      'chains: [{ name: 7 }, {}]',
      './govstream.yaml:1: chains[0].name: expected a name of lower-case letters, digits and dashes, in quotes, got a number\n./govstream.yaml:1: chains[1].name: expected a name of lower-case letters, digits and dashes, but it is missing\n',
    ],
    ['state: a.db', './govstream.yaml:1: chains: expected at least one chain\n'],
    [
      'state: ~\nchains: [{ name: local }]',
      './govstream.yaml:1: state: expected a file, or :memory:, but it is empty: a ~ alone is null in YAML, which is nothing; for your home directory write "${HOME}"\n',
    ],
    [
      'state: ~/a.db\nchains: [{ name: local }]',
      './govstream.yaml:1: state: expected a path without ~, which only a shell understands: write "${HOME}/…", or the whole path\n',
    ],
  ])('says what it needs of %j', async (yaml, err) => {
    using place = temporaryDirectory()
    writeFileSync(join(place.path, 'govstream.yaml'), yaml)

    expect(await cliHere(['status'], place.path)).toStrictEqual({ code: 2, out: '', err })
  })
})

describe('--chain', () => {
  it.each([['proposals'], ['upgrades'], ['audit']])(
    'of %s is wrong usage where there is none of that name',
    async (command) => {
      expect(await cliHere([command, '--chain', 'nope'], directory.path)).toStrictEqual({
        code: 2,
        out: '',
        err: '--chain: there is no chain nope; there are local, other\n',
      })
      expect((await cliHere([command, '--chain', 'locla'], directory.path)).err).toBe(
        '--chain: there is no chain locla; did you mean local?\n',
      )
      expect((await cliHere([command, '--chain', 'local', '--json'], directory.path)).out).toBe(
        (await cliHere([command, '--json'], directory.path)).out,
      )
      expect(await cliHere([command, '--chain', 'other', '--json'], directory.path)).toStrictEqual({
        code: 0,
        out: '[]\n',
        err: '',
      })
    },
  )
})

describe('audit', () => {
  it('gives the newest entries first', async () => {
    expect(await json('audit', '--limit', '1')).toMatchObject([{ chain: 'local', kind: 'notification' }])
  })

  it('tells people in sentences', async () => {
    expect(await text('audit')).toMatchInlineSnapshot(`
      "1970-01-01 00:00:01Z  local  Told with priority critical: Bad news
      1970-01-01 00:00:01Z  local  Told with priority medium: New: a
      1970-01-01 00:00:01Z  local  Upgrade v2 at height 1000, proposal 7: scheduled
      1970-01-01 00:00:01Z  local  Proposal 7 went from voting to passed in block 10
      1970-01-01 00:00:01Z  local  0xb0b voted no on proposal 7, with 1 AAVE
      1970-01-01 00:00:01Z  local  0xa11ce voted yes on proposal 7, with 3 AAVE
      1970-01-01 00:00:01Z  local  Proposal 7 appeared, voting: Move to v2; asks for v2 at height 1000 (upgrade)
      "
    `)
  })
})
