import { writeFileSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { buildWhereStale } from '../process/buildWhereStale.js'
import { openStore } from '../../src/store/openStore.js'
import type { Ended } from '../support/cli.js'
import { minimal } from '../support/configs.js'
import { cliHere } from '../support/cliHere.js'
import { announcement, temporaryDirectory, turn } from '../support/storeGiven.js'

beforeAll(() => buildWhereStale(), 180_000)

let directory: ReturnType<typeof temporaryDirectory>
beforeEach(() => (directory = temporaryDirectory()))
afterEach(() => directory[Symbol.dispose]())

const at = Date.UTC(2025, 0, 1, 0, 5)
const silence = (...args: readonly string[]): Promise<Ended> =>
  cliHere(['silence', ...args, '--state', 'state.db'], directory.path)
const json = async (...args: readonly string[]): Promise<unknown> => JSON.parse((await silence(...args, '--json')).out)
const add = (...more: readonly string[]): readonly string[] => ['add', '--for', '2h', '--comment', 'we move', ...more]

describe('silence', () => {
  it('adds one, also without a state file, and splits at the first =', async () => {
    expect(await json(...add('--match', 'chain=main*', '--match', 'title=re2:a=b'))).toStrictEqual({
      id: '1',
      match: { chain: 'main*', title: 're2:a=b' },
      until: '2025-01-01T02:05:00.000Z',
      comment: 'we move',
      by: `${userInfo().username}@${hostname()}`,
      held: 0,
    })
    expect((await silence(...add('--match', 'event=new_proposal'))).out).toBe(
      'Silence 2 holds back what fits event=new_proposal, until 2025-01-01 02:05Z.\n',
    )
    expect(await json('list')).toMatchObject([{ id: '1' }, { id: '2', match: { event: 'new_proposal' } }])
  })

  it('warns of an unknown chain, and of a priority that matches more than expected', async () => {
    writeFileSync(`${directory.path}/govstream.yaml`, JSON.stringify(minimal({}, { state: 'state.db' })))
    const here = (...more: readonly string[]): Promise<Ended> =>
      cliHere(['silence', ...add(...more), '--config', 'govstream.yaml'], directory.path)
    expect(await here('--match', 'chain=locla')).toMatchObject({
      code: 0,
      err: `warning: no chain of the configuration is called locla; did you mean local?\n`,
    })
    expect(await here('--match', 'priority=low')).toMatchObject({
      code: 0,
      err: 'warning: priority=low is the minimum: critical notifications are held, too\n',
    })
    for (const fine of ['chain=local', 'chain=x*', 'event=source_*'])
      expect(await here('--match', fine)).toMatchObject({ code: 0, err: '' })
  })

  it('lists how many notifications each holds, and ends one', async () => {
    await silence(...add('--match', 'event=new_*'))
    const store = openStore({ path: `${directory.path}/state.db` })
    store.commit(turn({ announcements: [announcement('a')], time: at }), (_, { silences: [first] }) => ({
      silencedBy: first!.id,
      to: [],
    }))
    store.close()

    expect((await silence('list')).out).toMatch(
      /^ID +MATCH +UNTIL +HELD +BY +COMMENT\n1 +event=new_\* .* 1 .* we move$/m,
    )
    const inbox = await cliHere(['notifications', '--state', 'state.db', '--json'], directory.path)
    expect(JSON.parse(inbox.out)).toMatchObject([{ id: 'a', silenced: '1' }])
    const table = await cliHere(['notifications', '--state', 'state.db'], directory.path)
    expect(table.out).toContain('[silenced] New: a')
    expect(await silence('remove', '1')).toStrictEqual({
      code: 0,
      out: 'Silence 1 is over; it held back 1.\n',
      err: '',
    })
    expect(await json('list')).toStrictEqual([])
    expect((await silence('list')).out).toBe('No silences: every notification is sent.\n')
    const audit = await cliHere(['audit', '--state', 'state.db'], directory.path)
    expect(audit.out).toMatch(/Silence 1 removed by .+, for .*new_\*.*: we move/)
  })

  it('fails to end an unknown silence', async () => {
    await silence(...add('--match', 'chain=a'))
    expect(await silence('remove', '7')).toStrictEqual({
      code: 1,
      out: '',
      err: 'There is no silence 7: see the ids with "govstream silence list".\n',
    })
    expect((await silence('remove', '7', '--json')).out).toBe('null\n')
  })

  it.each([
    [['--match', 'chain'], '--match chain: expected key=value, such as chain=main\n'],
    [['--match', 'chain='], '--match chain=: expected key=value, such as chain=main\n'],
    [['--match', 'chian=a'], '--match chian=a: unknown key; did you mean chain?\n'],
    [
      ['--match', 'title=re2:('],
      '--match title=re2:(: expected a regular expression of RE2 after re2:; missing closing )\n',
    ],
    [['--match', 'chain=a', '--match', 'chain=b'], '--match chain=b: expected chain once\n'],
    [['--match', 'chain=a', '--for', '0s'], '--for: expected a duration of at most 366 days, such as 30m, 2h or 7d\n'],
    [
      ['--match', 'chain=a', '--for', 'soon'],
      '--for: expected a duration of at most 366 days, such as 30m, 2h or 7d\n',
    ],
    [['--match', 'chain=a', '--comment', ' '], '--comment: expected why, in a few words\n'],
  ])('refuses %j', async (options, err) => {
    expect(await silence(...add(...options))).toStrictEqual({ code: 2, out: '', err })
  })

  it('requires a match, a duration and a comment', async () => {
    expect((await silence('add', '--for', '2h', '--comment', 'x')).code).toBe(2)
    expect((await silence('add', '--match', 'chain=a', '--comment', 'x')).code).toBe(2)
    expect((await silence('add', '--match', 'chain=a', '--for', '2h')).code).toBe(2)
  })
})
