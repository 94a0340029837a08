import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { cliHere } from '../support/cliHere.js'
import { temporaryDirectory } from '../support/storeGiven.js'

const directory = temporaryDirectory()
afterAll(() => directory[Symbol.dispose]())

describe('wrong usage', () => {
  it.each([
    [['bogus'], "error: unknown command 'bogus'\n"],
    [['statu'], "error: unknown command 'statu'\n(Did you mean status?)\n"],
    [['status', '--bogus'], "error: unknown option '--bogus'\n"],
    [['status', 'extra'], "error: too many arguments for 'status'. Expected 0 arguments but got 1.\n"],
    [
      ['proposals', '--status', 'open'],
      "error: option '--status <status>' argument 'open' is invalid. Allowed choices are submitted, voting, passed, queued, executed, rejected, failed, expired, canceled.\n",
    ],
    [
      ['audit', '--limit', '0'],
      "error: option '--limit <n>' argument '0' is invalid. Expected a whole number of at least 1.\n",
    ],
    [['notifications', '--stats', '--failed'], "error: option '--stats' cannot be used with option '--failed'\n"],
    [
      ['status'],
      './govstream.yaml: expected a configuration file, but there is none; "govstream init" writes a first one, --config FILE names another, and "govstream run --rpc URL --governor ADDRESS" needs none\n',
    ],
    [['run', '--rpc', 'http://127.0.0.1:9'], '--governor: expected the address of the Governor, but it is missing\n'],
    [
      ['run', '--state', 'other.db'],
      '--rpc: expected the URL of a node, but it is missing: with --state, no configuration file is read\n--governor: expected the address of the Governor, but it is missing: with --state, no configuration file is read\n',
    ],
    [
      ['sync', '--rpc', 'localhost', '--governor', '0x1'],
      '--rpc: expected an http:// or https:// URL\n--governor: expected a 0x address of 40 hex digits\n',
    ],
    [['check', '--config', 'a.yaml', '--home', '/srv'], '--home: expected in the file: --config is given too\n'],
  ])('exits with 2 for %j, and says what was expected', async (args, err) => {
    expect(await cliHere(args, directory.path)).toStrictEqual({ code: 2, out: '', err })
  })

  it('prints one line for each invalid key of the file, without its value', async () => {
    writeFileSync(
      join(directory.path, 'wrong.yaml'),
      'chains:\n  - name: local\n    rpc: { urls: ["ws://key@node"], timeot: 3s }\n    governance: { system: governor, address: "${GOVERNOR}" }\n',
    )

    expect(await cliHere(['sync', '--config', 'wrong.yaml'], directory.path)).toStrictEqual({
      code: 2,
      out: '',
      err:
        'wrong.yaml:4: chains[0].governance.address: expected the environment variable GOVERNOR, which is not set\n' +
        'wrong.yaml:3: chains[0].rpc.urls[0]: expected an http:// or https:// URL\n' +
        'wrong.yaml:3: chains[0].rpc.timeot: unknown key; did you mean timeout?\n',
    })
  })

  it('prints its usage without a command, and exits with 2', async () => {
    const { code, out, err } = await cliHere([], directory.path)

    expect({ code, out }).toStrictEqual({ code: 2, out: '' })
    expect(err).toMatch(/^Usage: govstream /)
  })

  it.each([[['--help']], [['help']], [['status', '--help']], [['--version']]])('exits with 0 for %j', async (args) => {
    const { code, out, err } = await cliHere(args, directory.path)

    expect({ code, err }).toStrictEqual({ code: 0, err: '' })
    expect(out).not.toBe('')
  })

  it('names every command in its help', async () => {
    const { out } = await cliHere(['--help'], directory.path)

    for (const command of [
      'run',
      'sync',
      'check',
      'status',
      'proposals',
      'upgrades',
      'notifications',
      'audit',
      'demo',
    ]) {
      expect(out).toMatch(new RegExp(`^  ${command} `, 'm'))
    }
  })

  it('describes a damaged state file in a sentence, without a stack', async () => {
    writeFileSync(
      join(directory.path, 'broken.db'),
      'this is no database, though it is long enough to be read as one'.repeat(100),
    )
    const { code, out, err } = await cliHere(['status', '--state', 'broken.db'], directory.path)

    expect({ code, out }).toStrictEqual({ code: 1, out: '' })
    expect(err).toMatch(/^govstream: The state file .*\n$/)
    expect(err).not.toMatch(/^\s+at /m)
  })
})
