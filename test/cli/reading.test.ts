import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { cliHere } from '../support/cliHere.js'
import { onSeededState as it } from '../support/onSeededState.js'
import { seedState } from '../support/seededState.js'
import { temporaryDirectory } from '../support/storeGiven.js'

describe('status', () => {
  it('prints every configured chain', async ({ json }) => {
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
          kind: 'governance',
          reasons: [],
          blocksLeft: '990',
          eta: '1970-01-01T00:33:20.000Z',
        },
        channelsDown: [],
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
        channelsDown: [],
      },
    ])
  })

  it('is a table as text, with the problems below it', async ({ text }) => {
    expect(await text('status')).toMatchInlineSnapshot(`
      "CHAIN  HEIGHT  HEALTH        LAST GOOD POLL  ERRORS  OPEN  NEXT UPGRADE
      local      10  up            5 min ago         25 %     2  v2 at 1,000: 990 blocks left, about 33 min
      other       -  not read yet  never              0 %     0  unknown

      local: It was slow.

      No govstream runs with this state: this is what the last one left.
      "
    `)
  })
})

describe('without a configuration', () => {
  it('reads the given state file, or the default one', async ({ directory }) => {
    using empty = temporaryDirectory()
    const { out, code } = await cliHere(['status', '--state', `${directory.path}/govstream.db`, '--json'], empty.path)

    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject([{ chain: 'local', system: 'governor', height: '10' }])

    seedState(empty.path)
    rmSync(`${empty.path}/govstream.yaml`)
    expect((await cliHere(['status', '--json'], empty.path)).out).toBe(out)
  })

  it('exits with 2 if the given state file does not exist, and creates none', async () => {
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
        err: '--state: expected a state file, but there is none at none.db; "govstream run" or "govstream sync" creates one\n',
      })
    }
    expect(readdirSync(empty.path)).toStrictEqual([])
  })

  it('does not turn an empty file into a state', async () => {
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
  it('says that there is nothing yet, and creates nothing', async () => {
    using empty = temporaryDirectory()
    writeFileSync(join(empty.path, 'govstream.yaml'), 'state: none.db\nchains: [{ name: local }]\n')
    const said = async (...args: readonly string[]): Promise<string> => (await cliHere(args, empty.path)).out

    expect(await said('status')).toMatch(/^local +- {2}not read yet +never +0 % +0 {2}unknown$/m)
    expect(await said('status')).toContain('There is no state file at none.db: "govstream run" creates one.')
    expect(await said('proposals')).toBe(
      'No proposals yet: nothing was found on chain so far, or nothing has been read into none.db.\n',
    )
    expect(await said('upgrades')).toBe('No upgrades yet: nothing has been read into none.db.\n')
    expect(await said('notifications')).toBe('No notifications yet: nothing has been read into none.db.\n')
    expect(await said('notifications', '--failed')).toMatch(/^Nothing failed: /)
    expect(await said('notifications', '--read', 'all')).toBe('Nothing was unread.\n')
    expect(await said('audit')).toMatch(/^No entries yet: /)
    expect(await said('notifications', '--json')).toBe('[]\n')
    expect(readdirSync(empty.path)).toStrictEqual(['govstream.yaml'])
  })
})

describe('an invalid configuration', () => {
  const broken = (state: string): string =>
    [
      `state: ${state}`,
      'chains:',
      '  - { name: local, rpc: { urls: ["${RPC_URL_THAT_IS_NOT_SET}"], timeot: 3s }, governance: { system: governor, address: UPDATE_ME } }',
      '  - { name: other, monitor: { enabled: false } }',
      'notifier: { handlers: [{ type: webhook, url: "${WEBHOOK_URL_THAT_IS_NOT_SET}" }] }',
      '',
    ].join('\n')

  it('is enough to read the state, if it names that and the chains', async () => {
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
  ])('is reported with what is needed: %j', async (yaml, err) => {
    using place = temporaryDirectory()
    writeFileSync(join(place.path, 'govstream.yaml'), yaml)

    expect(await cliHere(['status'], place.path)).toStrictEqual({ code: 2, out: '', err })
  })
})

describe('--chain', () => {
  it.for([['proposals'], ['upgrades'], ['audit']] as const)(
    'of %s exits with 2 if there is no such chain',
    async ([command], { directory }) => {
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
