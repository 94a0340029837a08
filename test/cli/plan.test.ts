import { writeFileSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { buildWhereStale } from '../process/buildWhereStale.js'
import type { ChainState } from '../../src/domain/chainState.js'
import type { Upgrade } from '../../src/domain/upgrades/upgrade.js'
import { openStore } from '../../src/store/openStore.js'
import type { Ended } from '../support/cli.js'
import { cliHere } from '../support/cliHere.js'
import { at, queueing, state, temporaryDirectory, turn, upgrade } from '../support/storeGiven.js'

beforeAll(() => buildWhereStale(), 180_000)

let directory: ReturnType<typeof temporaryDirectory>
beforeEach(() => (directory = temporaryDirectory()))
afterEach(() => directory[Symbol.dispose]())

const me = `${userInfo().username}@${hostname()}`
const plan = (...args: readonly string[]): Promise<Ended> =>
  cliHere(['plan', ...args, '--state', 'state.db'], directory.path)
const json = async (...args: readonly string[]): Promise<unknown> => JSON.parse((await plan(...args, '--json')).out)

/** A state in which the chain is at block 10, with these upgrades. */
function seed(...upgrades: readonly Upgrade[]): void {
  const store = openStore({ path: `${directory.path}/state.db` })
  const after = state({ head: at(10n), upgrades: queueing(...upgrades) })
  store.commit(turn({ state: after }), () => [])
  store.close()
}

describe('plan add', () => {
  it('stores a plan, also without a state file, and says when it is read', async () => {
    expect(await plan('add', 'v2', '--height', '100', '--chain', 'local')).toStrictEqual({
      code: 0,
      out: 'Plan v2 of local is kept, for height 100. No govstream runs with this state: it is taken up once one does.\n',
      err: '',
    })
    expect(await json('list')).toStrictEqual([
      {
        key: 'local/plan/v2',
        chain: 'local',
        name: 'v2',
        height: 100,
        info: null,
        labels: {},
        by: me,
        addedAt: '2025-01-01T00:05:00.000Z',
        status: null,
        reasons: [],
      },
    ])
  })

  it.each<[string, Partial<ChainState>, string]>([
    [
      'with the next poll of a run',
      {},
      'The govstream that runs with this state takes it up with its next poll of local; "govstream sync" polls now.',
    ],
    [
      'when the chain can be read again',
      { health: { ...state().health, state: 'down' } },
      'local cannot be read now: it is taken up as soon as a poll succeeds.',
    ],
    ['after the first sync', { synced: false }, 'It is taken up once the history of local has been read.'],
  ])('says that it is taken up %s', async (_, known, said) => {
    const running = openStore({ path: `${directory.path}/state.db` })
    running.claim(Date.UTC(2025, 0, 1, 0, 5))
    running.commit(turn({ state: state(known) }), () => [])
    expect((await plan('add', 'v2', '--height', '100')).out).toBe(`Plan v2 of local is kept, for height 100. ${said}\n`)
    running.close()
  })

  it('accepts info as an object or as text', async () => {
    seed()
    expect(await json('add', 'v2', '--height', '100', '--info', '{"binaries":{}}')).toMatchObject({
      info: { binaries: {} },
    })
    expect(await json('add', 'v3', '--height', '200', '--info', 'see the forum')).toMatchObject({
      info: 'see the forum',
    })
  })

  it('accepts labels, which are listed with the plan and in the audit trail', async () => {
    seed()
    const labels = { team: 'core', note: 'a=b' }
    const given = ['--label', 'team=core', '--label', 'note=a=b']
    expect((await plan('add', 'v2', '--height', '100', ...given)).out).toBe(
      'Plan v2 of local (team=core, note=a=b) is kept, for height 100. No govstream runs with this state: it is taken up once one does.\n',
    )
    expect(await json('list')).toMatchObject([{ name: 'v2', labels }])
    expect((await plan('list')).out).toMatch(/^local +100 +v2 +not seen yet +team=core, note=a=b /m)
    const audit = await cliHere(['audit', '--state', 'state.db', '--json'], directory.path)
    expect(JSON.parse(audit.out)).toMatchObject([{ kind: 'plan', detail: { done: 'added', labels } }])
  })

  it('is recorded in the audit trail with its user, and so is plan remove', async () => {
    seed()
    await plan('add', 'v2', '--height', '100')
    await plan('remove', 'v2')
    const audit = await cliHere(['audit', '--state', 'state.db'], directory.path)
    expect(audit.out.split('\n').map((line) => line.replace(/^\S+ \S+ +local +/, ''))).toStrictEqual([
      `Plan v2 of your own, at height 100, removed by ${me}`,
      `Plan v2 of your own, at height 100, added by ${me}`,
      '',
    ])
  })

  it('uses the only chain, and asks for the chain if there are several', async () => {
    seed()
    expect((await plan('add', 'v2', '--height', '100')).code).toBe(0)
    const store = openStore({ path: `${directory.path}/state.db` })
    store.commit(turn({ state: state({ chain: 'other' }) }), () => [])
    store.close()
    expect(await plan('add', 'v3', '--height', '200')).toStrictEqual({
      code: 2,
      out: '',
      err: '--chain: expected the chain that the plan is for: one of local, other\n',
    })
    expect((await plan('add', 'v3', '--height', '200', '--chain', 'lokal')).err).toBe(
      '--chain: there is no chain lokal; did you mean local?\n',
    )
  })

  it.each([
    [['../v2', '--height', '100'], /^NAME \.\.\/v2: The plan's name holds a slash/],
    [['v2', '--height', 'soon'], /^--height soon: expected a whole number of at least 1$/m],
    [['v2', '--height', '0'], /^--height 0: expected a whole number of at least 1$/m],
    [['v2', '--height=-1'], /^--height -1: expected a whole number of at least 1$/m],
    [['v2', '--height', '1.5'], /^--height 1.5: expected a whole number of at least 1$/m],
    [['v2', '--height', '9007199254740992'], /^--height 9007199254740992: The plan's height is above 9007199254740991/],
    [['v2', '--height', '10'], /^--height 10: expected a height above 10, the head of local/],
    [
      ['v2', '--height', '100', '--info', '{"binaries":{"linux/amd64":"ftp://x"}}'],
      /^--info: The download address for linux\/amd64 is not an http/,
    ],
    [['v2', '--height', '100', '--label', 'team'], /^--label team: expected name=value, such as team=core/],
    [['v2', '--height', '100', '--label', '1=x'], /^--label 1=x: expected a name of letters, digits/],
    [['v2', '--height', '100', '--label', 'a=x\ty'], /^--label a=x y: expected a text of at most 100 characters/],
    [['v2', '--height', '100', '--label', 'a=x', '--label', 'a=y'], /^--label a=y: expected a once/],
  ])('refuses %j, and stores nothing', async (args, said) => {
    seed()
    const ended = await plan('add', ...args)
    expect(ended).toMatchObject({ code: 2, out: '' })
    expect(ended.err).toMatch(said)
    expect(await json('list')).toStrictEqual([])
  })

  it.each([
    [
      { name: 'v2', height: 2_000 },
      'Proposal 12 already has an upgrade named v2 (scheduled, height 2,000). That one counts: remove yours, or correct it. Nothing was added.',
    ],
    [
      { name: 'v9', height: 1_000 },
      'Proposal 12 already has the upgrade v9 at height 1,000. That one counts: remove yours, or correct it. Nothing was added.',
    ],
    [
      { name: 'v2', height: 1_000 },
      'Proposal 12 asks for the same, and its upgrade is scheduled: nothing is to be added.',
    ],
  ])('refuses a plan that conflicts with that of a vote, %j', async (voted, said) => {
    seed(upgrade('12', voted))
    expect(await plan('add', 'v2', '--height', '1000')).toStrictEqual({ code: 1, out: '', err: `govstream: ${said}\n` })
    expect(await json('list')).toStrictEqual([])
  })

  it('refuses a name that already has a plan, and says how to remove that', async () => {
    seed()
    await plan('add', 'v2', '--height', '100')
    expect((await plan('add', 'v2', '--height', '200')).err).toBe(
      'govstream: local has a plan named v2 already: take it back first, with "govstream plan remove v2 --chain local".\n',
    )
  })

  it('refuses a height that already has a plan, also before a poll has read that one', async () => {
    seed()
    await plan('add', 'v2', '--height', '1000')
    expect(await plan('add', 'v3', '--height', '1000')).toStrictEqual({
      code: 1,
      out: '',
      err: 'govstream: local has a plan for height 1,000 already: take it back first, with "govstream plan remove v2 --chain local".\n',
    })
  })

  it('says that a chain is not watched, and refuses one that is not in the configuration', async () => {
    seed()
    const governance = { system: 'governor', address: `0x${'a1'.repeat(20)}` }
    const chain = { name: 'off', rpc: { urls: ['http://127.0.0.1:1'] }, governance, monitor: { enabled: false } }
    writeFileSync(`${directory.path}/govstream.yaml`, JSON.stringify({ state: './state.db', chains: [chain] }))
    const add = (...args: readonly string[]): Promise<Ended> =>
      cliHere(['plan', 'add', 'v2', '--height', '100', ...args], directory.path)
    expect(await add('--chain', 'local')).toMatchObject({
      code: 2,
      err: '--chain: there is no chain local; there is off\n',
    })
    expect(await add('--chain', 'off')).toMatchObject({
      code: 0,
      out: 'Plan v2 of off is kept, for height 100. off is not watched (monitor.enabled is false): it is taken up once it is.\n',
    })
  })

  it('does not change an upgrade in progress, and says so', async () => {
    const status = 'in_progress'
    seed(upgrade('', { key: 'local/plan/v2', kind: 'coordinated', name: 'v2', height: 10, status, addedBy: me }))
    expect(await plan('add', 'v2', '--height', '200')).toStrictEqual({
      code: 1,
      out: '',
      err: 'govstream: The upgrade v2 of local is in progress: the node carries it out as it is. Nothing was added: for a later plan use another name.\n',
    })
    expect(await json('list')).toStrictEqual([])
  })

  it('does not replace a plan of the configuration', async () => {
    seed(upgrade('', { key: 'local/plan/v2', kind: 'coordinated', name: 'v2', height: 100, origin: 'operator' }))
    expect((await plan('add', 'v2', '--height', '200')).err).toBe(
      'govstream: The configuration has a plan named v2 for local: change it there.\n',
    )
    expect((await plan('remove', 'v2')).err).toBe('The plan v2 is one of the configuration: remove it there.\n')
    expect((await plan('list')).out).toMatch(/^local +100 +v2 +scheduled +configuration +-$/m)
  })

  it('is listed as set aside if the configuration has a plan of that name, without the status of that one', async () => {
    seed()
    await plan('add', 'v2', '--height', '200')
    seed(upgrade('', { key: 'local/plan/v2', kind: 'coordinated', name: 'v2', height: 100, origin: 'operator' }))
    expect(await json('list')).toMatchObject([
      {
        height: 200,
        status: null,
        reasons: ['The configuration has a plan of this name, which takes precedence.'],
      },
      { height: 100, by: null, status: 'scheduled', reasons: [] },
    ])
    expect((await plan('list')).out).toMatch(/^local +200 +v2 +set aside /m)
  })
})

describe('plan remove', () => {
  it('removes a plan by its name or key, and says what happens to its upgrade', async () => {
    seed(upgrade('', { key: 'local/plan/v2', kind: 'coordinated', name: 'v2', height: 100, addedBy: me }))
    await plan('add', 'v2', '--height', '100')
    expect((await plan('remove', 'local/plan/v2')).out).toBe(
      'Plan v2 of local is removed. No govstream runs with this state: its upgrade is cancelled once one does.\n',
    )
    await plan('add', 'v2', '--height', '100')
    const running = openStore({ path: `${directory.path}/state.db` })
    running.claim(Date.UTC(2025, 0, 1, 0, 5))
    expect((await plan('remove', 'v2')).out).toBe(
      'Plan v2 of local is removed. Its upgrade is cancelled with the next poll.\n',
    )
    running.close()
  })

  it('fails if no plan of that name was added', async () => {
    seed()
    expect(await plan('remove', 'v7')).toStrictEqual({
      code: 1,
      out: '',
      err: 'No plan v7 was added: see them with "govstream plan list".\n',
    })
    expect((await plan('remove', 'v7', '--json')).out).toBe('null\n')
  })
})
