import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { openStore } from '../../src/store/openStore.js'
import { cliHere } from '../support/cliHere.js'
import { governor } from '../support/configs.js'
import { onSeededState as it } from '../support/onSeededState.js'
import { seedState } from '../support/seededState.js'
import { holding, proposal, state, temporaryDirectory, turn } from '../support/storeGiven.js'

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
    quorumCounts: null,
    turnout: 0.8,
    quorumReached: true,
    thresholdMet: null,
  },
  plan: { name: 'v2', height: 1000, info: { binaries: {} }, binaries: null },
  labels: {},
}

describe('proposals', () => {
  it('prints exactly the documented keys, newest first', async ({ json }) => {
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

  it('prints one in full as one object, with its history', async ({ json }) => {
    expect(await json('proposals', '7')).toStrictEqual({
      ...seven,
      skipped: null,
      notUnderstood: null,
      metadata: {},
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

  it.for([
    [['--status', 'passed'], ['7']],
    [
      ['--type', 'text'],
      ['12345678901234567890', '8'],
    ],
    [['--active'], ['12345678901234567890']],
    [['--active', '--type', 'upgrade'], []],
  ] as const)('filters by %j', async ([args, ids], { json }) => {
    expect(await json('proposals', ...args)).toMatchObject(ids.map((id) => ({ id })))
    expect(await json('proposals', ...args)).toHaveLength(ids.length)
  })

  it('finds a long id by its prefix, also as shown in tables; a short one only as a whole', async ({
    directory,
    json,
  }) => {
    for (const start of ['1234', '123456', '123456…', '123456...', 'local/1234', `local/${governor}/1234`]) {
      expect(await json('proposals', start)).toMatchObject({ id: '12345678901234567890' })
    }
    expect((await cliHere(['proposals', '123'], directory.path)).code).toBe(1)
  })

  it('prints one in full', async ({ text }) => {
    expect(await text('proposals', '7')).toMatchInlineSnapshot(`
      "Move to v2
      Status     passed
      Type       upgrade
      Chain      local (governor 0xABaBaBaBABabABabAbAbABAbABabababaBaBABaB)
      Id         7
      Proposer   0xabc
      Submitted  2023-11-14 22:13Z
      Voting     after block 6 to block 9, 2023-11-14 22:13Z to 2023-11-14 22:15Z
      Upgrade    v2 at height 1,000

      History:
        2023-11-14 22:13Z  submitted, block 5
        2023-11-14 22:13Z  voting, block 7
        2023-11-14 22:15Z  passed, block 10

      Result:
        for     ██████████████████████████████░░░░░░░░░░   75 %  3 AAVE
        against ██████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░   25 %  1 AAVE
        abstain ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░    0 %  0 AAVE
        quorum 2 AAVE (reached), turnout 80 %

      Votes:
        against 0xb0b with 1 AAVE
        for     0xa11ce with 3 AAVE
                Faster is better.

      Actions:
        1. setDelay(uint256) on 0xdef with 5 wei

      Description:
        # Move to v2

        Faster blocks.
      "
    `)
  })

  it('says that none matches, and how many there are', async ({ text }) => {
    expect(await text('proposals', '--status', 'failed')).toBe('No proposal fits: 3 are tracked in all.\n')
  })

  it('fails if there is no such proposal, and names the existing ones', async ({ directory }) => {
    const err = 'There is no proposal 95; tracked are 123456…, 8, 7.\n'
    expect(await cliHere(['proposals', '95'], directory.path)).toStrictEqual({ code: 1, out: '', err })
    expect(await cliHere(['proposals', '95', '--json'], directory.path)).toStrictEqual({ code: 1, out: 'null\n', err })
  })
})

describe('an ambiguous or unknown id', () => {
  it('exits with 2 if it means several proposals, and names them', async ({ directory }) => {
    const { code, err } = await cliHere(['proposals', 'local/'], directory.path)

    expect({ code, first: err.split('\n')[0] }).toStrictEqual({
      code: 2,
      first: 'local/ means 3 proposals; say which:',
    })
  })

  it('prints the number of proposals and the ten newest if there are many', async () => {
    using place = temporaryDirectory()
    seedState(place.path)
    const store = openStore({ path: join(place.path, 'govstream.db') })
    const many = Array.from({ length: 12 }, (_, at) => proposal(String(100 + at), { contract: governor }))
    store.commit(turn({ state: state({ proposals: holding(...many) }) }, store.load('local')), () => [])
    store.close()

    expect((await cliHere(['proposals', '7777'], place.path)).err).toMatch(
      /^There is no proposal 7777; 12 are tracked, the newest are (\d+, ){9}\d+\.\n$/,
    )
  })
})
