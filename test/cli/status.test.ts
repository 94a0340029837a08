import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { defined } from '../../src/domain/defined.js'
import type { EndpointScore } from '../../src/domain/endpointScore.js'
import type { HealthState } from '../../src/domain/health.js'
import type { Proposal } from '../../src/domain/proposals/proposal.js'
import type { Upgrade } from '../../src/domain/upgrades/upgrade.js'
import { openStore } from '../../src/store/openStore.js'
import { writeFileSync } from 'node:fs'
import { displayWidth } from '../../src/cli/output/displayWidth.js'
import { cliHere } from '../support/cliHere.js'
import { holding, proposal, queueing, state, temporaryDirectory, turn, upgrade } from '../support/storeGiven.js'

interface Given {
  readonly upgrades?: readonly Upgrade[]
  readonly proposals?: readonly Proposal[]
  readonly health?: HealthState
  readonly read?: boolean
  readonly synced?: boolean
  /** Blocks that the reading is behind the head. */
  readonly backlog?: bigint
  /** Host time of the last good reading, Unix milliseconds. */
  readonly readAt?: number
  /** The mark of a process that did not close the state. */
  readonly mark?: { readonly pid: number }
  readonly width?: number
  readonly endpoints?: readonly EndpointScore[]
}

/** The state file of one chain, and the output of `status` for it. */
async function statusOf(
  {
    upgrades = [],
    proposals = [],
    health = 'up',
    read = true,
    synced = true,
    backlog = 0n,
    readAt = Date.UTC(2025, 0, 1),
    mark,
    width,
    endpoints,
  }: Given,
  ...args: readonly string[]
) {
  using directory = temporaryDirectory()
  const store = openStore({ path: join(directory.path, 'govstream.db') })
  const { head, ...rest } = state({ synced, proposals: holding(...proposals), upgrades: queueing(...upgrades) })
  store.commit(
    turn({
      state: {
        ...rest,
        ...(read && { head, lastGoodAt: readAt }),
        health: { ...rest.health, state: health, backlog, ...defined({ endpoints }) },
      },
    }),
    () => [],
  )
  store.close()
  if (mark !== undefined)
    writeFileSync(
      join(directory.path, 'govstream.db.open'),
      JSON.stringify({ token: 'gone', host: hostname(), ...mark }),
    )
  const { code, out, err } = await cliHere(['status', '--state', 'govstream.db', ...args], directory.path, width)
  return { code, out, err, line: out.split('\n')[1] ?? '' }
}

describe('a channel that is down', () => {
  it('is shown below the chain whose notifications it does not accept', async () => {
    using directory = temporaryDirectory()
    const store = openStore({ path: join(directory.path, 'govstream.db') })
    store.commit(turn(), () => [])
    const since = Date.UTC(2025, 0, 1, 0, 5) - 7_260_000
    const failed = { chain: 'local', ok: false, reason: 'The pager answered 401.', status: 401 } as const
    store.recordAttempt('pager', { ...failed, at: since })
    // Tried once: not an outage yet.
    store.recordAttempt('ops', { ...failed, at: since, until: since + 1_000 })
    const [asked, hour] = [Date.UTC(2025, 0, 1, 0, 4), Date.UTC(2025, 0, 1, 1, 4)]
    store.recordAttempt('chat', {
      ...failed,
      reason: 'Chat answered 429.',
      status: 429,
      at: asked,
      until: hour,
      pausedUntil: hour,
    })
    store.close()

    const { out } = await cliHere(['status', '--state', 'govstream.db'], directory.path)
    expect(out).toContain('channel pager: down for 2 h 1 min, none waits: The pager answered 401.')
    expect(out).not.toContain('channel ops')
    expect(out).toContain(
      'channel chat: down for 1 min, none waits, and it asked for a pause until 2025-01-01 01:04Z: Chat answered 429.',
    )
    const json = await cliHere(['status', '--state', 'govstream.db', '--json'], directory.path)
    expect(JSON.parse(json.out)).toMatchObject([
      {
        channelsDown: [
          { channel: 'chat', pausedUntil: new Date(hour).toISOString() },
          {
            channel: 'pager',
            pausedUntil: null,
            since: new Date(since).toISOString(),
            tries: 1,
            reason: 'The pager answered 401.',
            status: 401,
            waiting: 0,
          },
        ],
      },
    ])
  })
})

describe('an endpoint', () => {
  const askedAt = Date.UTC(2025, 0, 1)
  const steady: EndpointScore = {
    host: 'a:1',
    api: 'rpc',
    askedAt,
    answers: 40,
    failures: 5,
    latencyMs: 12.6,
    head: 10n,
    behind: 0n,
  }
  const unsteady: EndpointScore = { host: 'b:1', api: 'rest', askedAt, answers: 10, failures: 10 }

  it('that fails repeatedly is reported if another one works, and JSON has the score of each', async () => {
    const { out } = await statusOf({ endpoints: [steady, unsteady] })
    expect(out).toContain('local: b:1 failed 50 % of the time and is tried after the others.')
    expect(out).not.toContain('a:1')
    expect((await statusOf({ endpoints: [unsteady] })).out).not.toContain('b:1')
    const json = await statusOf({ endpoints: [steady, unsteady] }, '--json')
    const times = { askedAt: '2025-01-01T00:00:00.000Z' }
    expect(JSON.parse(json.out)).toMatchObject([
      {
        endpoints: [
          {
            host: 'a:1',
            api: 'rpc',
            errorRate: 0.111,
            latencyMs: 13,
            height: '10',
            behind: '0',
            ...times,
            demoted: false,
          },
          {
            host: 'b:1',
            api: 'rest',
            errorRate: 0.5,
            latencyMs: null,
            height: null,
            behind: null,
            ...times,
            demoted: true,
          },
        ],
      },
    ])
  })
})

describe('the next upgrade', () => {
  const pending = upgrade('7', { name: 'v7', height: 900, status: 'pending' })
  const scheduled = upgrade('3', { name: 'v3', height: 1_000 })
  const failed = upgrade('2', {
    name: 'v2',
    height: 5,
    status: 'failed',
    completedAt: 9n,
    reasons: ['No block for 10 min.'],
  })
  const done = upgrade('1', { name: 'v1', height: 4, status: 'completed', completedAt: 8n })
  const refused = upgrade('4', {
    name: 'v4',
    height: 2_000,
    status: 'refused',
    completedAt: 9n,
    reasons: ['No such name.'],
  })

  it.each<[string, Given, string]>([
    ['is the one in the vote', { upgrades: [pending, done] }, 'v7 at 900: in the vote, 890 blocks left'],
    [
      'is the one that passed and is not executed',
      { upgrades: [{ ...pending, awaits: 'execution' }, done] },
      'v7 at 900: awaits execution, 890 blocks left',
    ],
    ['is the scheduled one before one in the vote', { upgrades: [pending, scheduled] }, 'v3 at 1,000: 990 blocks left'],
    [
      'is the failed one until another completed since, and then the scheduled one',
      { upgrades: [failed, done, scheduled, pending] },
      'v2 at 5: failed; then v3 at 1,000: 990 blocks left',
    ],
    ['is the failed one alone if none is scheduled', { upgrades: [failed, done, pending] }, 'v2 at 5: failed'],
    [
      'is the one in progress, and then the scheduled one',
      { upgrades: [{ ...done, status: 'in_progress' }, scheduled] },
      'v1 at 4: in progress; then v3 at 1,000: 990 blocks left',
    ],
    [
      'is the scheduled one if another completed after the failed one',
      { upgrades: [{ ...failed, completedAt: 7n }, done, scheduled] },
      'v3 at 1,000: 990 blocks left',
    ],
    ['is the refused one with a future height', { upgrades: [refused, done] }, 'v4 at 2,000: refused'],
    [
      'is a due one blocked by the content of its file, also past its height',
      { upgrades: [scheduled, { ...refused, height: 8, blocked: true }, { ...failed, completedAt: 9n }] },
      'v4 at 8: refused; then v3 at 1,000: 990 blocks left',
    ],
    [
      'is none if all upgrades are over',
      { upgrades: [done, upgrade('0', { status: 'past', height: 2, completedAt: 1n })] },
      'none',
    ],
    ['is unknown if the chain was never read', { read: false, health: 'down' }, 'unknown'],
    ['is unknown while the history is read', { synced: false, health: 'syncing' }, 'unknown'],
  ])('%s', async (_, given, shown) => {
    expect((await statusOf(given)).line).toMatch(new RegExp(` {2}${shown}$`))
  })

  it('is shown in full on a narrow terminal, on more lines', async () => {
    const far = upgrade('3', { name: 'v1.4.0-rc2', height: 12_345 })
    const { out } = await statusOf({ upgrades: [far], width: 80 })
    expect(Math.max(...out.split('\n').map(displayWidth))).toBeLessThanOrEqual(80)
    expect(out).not.toContain('…')
    expect(out.replace(/\n? +/g, ' ')).toContain('v1.4.0-rc2 at 12,345: 12,335 blocks left')
  })

  it('shows why it waits though due, and not that it was ready before', async () => {
    const preflight = { leads: [], verdict: 'ready', checkedAt: Date.UTC(2025, 0, 1), problems: [] } as const
    const due = upgrade('3', { name: 'v3', height: 8, preflight, reasons: ['The disk is full.'] })
    const { out } = await statusOf({ upgrades: [due] })
    expect(out).toContain('local: upgrade v3 waits: The disk is full.\n')
    expect(out).not.toContain('is ready')
    expect((await statusOf({ upgrades: [{ ...due, reasons: [] }] })).out).toContain('local: upgrade v3 is ready')
  })

  it('shows what keeps it in progress', async () => {
    const reasons = ['No process manager acted on upgrade-info.json: the node still runs v1.']
    const { out } = await statusOf({ upgrades: [{ ...done, status: 'in_progress', reasons }] })
    expect(out).toContain(
      'local: upgrade v1 is in progress: No process manager acted on upgrade-info.json: the node still runs v1.\n',
    )
  })

  it('shows why it failed or was refused', async () => {
    expect((await statusOf({ upgrades: [failed] })).out).toContain('local: upgrade v2 failed: No block for 10 min.\n')
    expect(JSON.parse((await statusOf({ upgrades: [refused] }, '--json')).out)).toMatchObject([
      { nextUpgrade: { name: 'v4', status: 'refused', reasons: ['No such name.'], blocksLeft: null } },
    ])
  })
})

it('open proposals are those that can still change, without a passed text that calls nothing', async () => {
  const call = { target: '0x1', value: 0n, selector: '0x12345678', effect: 'call' } as const
  const nothing = { target: '0x1', value: 0n, selector: '0x', effect: 'none' } as const
  const proposals = [
    proposal('1', { status: 'voting' }),
    proposal('2', { status: 'passed', actions: [call] }),
    proposal('3', { status: 'passed', actions: [nothing] }),
    proposal('4', { status: 'executed' }),
    proposal('5', { status: 'passed', carriedOut: true }),
    proposal('6', { status: 'queued', actions: [nothing] }),
  ]
  expect(JSON.parse((await statusOf({ proposals }, '--json')).out)).toMatchObject([{ openProposals: 3 }])
})

describe('--exit-code', () => {
  it.each<[string, Given, number]>([
    ['0 if all is well', {}, 0],
    ['0 while the history is read', { health: 'syncing' }, 0],
    ['1 if a chain is down', { health: 'down' }, 1],
    ['1 if a chain is stalled', { health: 'stalled' }, 1],
    ['1 if it was down from the start', { health: 'down', read: false }, 1],
    ['75 if it was never read', { health: 'starting', read: false }, 75],
  ])('is %s', async (_, given, code) => {
    expect((await statusOf(given, '--exit-code')).code).toBe(code)
    expect((await statusOf(given)).code).toBe(0)
  })

  it('is 1 if no process reads the chain any more: the last one was killed, or ended an hour ago', async () => {
    const reading = Date.UTC(2025, 0, 1)
    expect(await statusOf({ readAt: reading - 55 * 60_000 }, '--exit-code')).toMatchObject({ code: 0, err: '' })
    expect(await statusOf({ readAt: reading - 56 * 60_000 }, '--exit-code')).toMatchObject({
      code: 1,
      err: 'No govstream runs with this state, and local was not read for more than 1 h: start it again.\n',
    })
    expect(await statusOf({ mark: { pid: process.pid } }, '--exit-code')).toMatchObject({
      code: 1,
      err: 'No govstream runs with this state, and the last one did not end by itself: start it again.\n',
    })
    expect((await statusOf({ mark: { pid: process.pid } })).code).toBe(0)
  })

  it('ignores a chain that is not watched', async () => {
    using directory = temporaryDirectory()
    const codeWith = async (chains: string): Promise<number | null> => {
      writeFileSync(join(directory.path, 'govstream.yaml'), `chains: ${chains}\n`)
      return (await cliHere(['status', '--exit-code'], directory.path)).code
    }
    const store = openStore({ path: join(directory.path, 'govstream.db') })
    store.commit(turn({ state: state({ lastGoodAt: Date.UTC(2025, 0, 1) }) }), () => [])
    store.close()

    expect(await codeWith('[{ name: local }, { name: other }]')).toBe(75)
    expect(await codeWith('[{ name: local }, { name: other, monitor: { enabled: false } }]')).toBe(0)
  })
})

describe('a chain whose history is still being read', () => {
  it('shows how many blocks remain', async () => {
    expect((await statusOf({ health: 'syncing', synced: false, backlog: 1_200n })).line).toMatch(
      /syncing, 1,200 blocks to go/,
    )
  })
})
