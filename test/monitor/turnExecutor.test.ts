import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { lastValueFrom, take as takeFirst, toArray } from 'rxjs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { turnExecutor } from '../../src/monitor/turnExecutor.js'
import { parseConfig } from '../../src/config/parseConfig.js'
import type { ChainState, Turn } from '../../src/domain/chainState.js'
import type { Notification, NotificationEvent } from '../../src/domain/notifications/notification.js'
import { keyOf, type Proposal, type ProposalStatus } from '../../src/domain/proposals/proposal.js'
import type { GoodReading } from '../../src/domain/reading.js'
import type { UpgradeStatus } from '../../src/domain/upgrades/upgrade.js'
import { openStore } from '../../src/store/openStore.js'
import { newChain } from '../../src/domain/newChain.js'
import type { ChainEvent } from '../../src/streams/draft.js'
import { stepLine } from '../support/line.js'
import { at, proposal, temporaryDirectory } from '../support/storeGiven.js'

const none = { defaultValue: [] }
const voted = (id: string, status: ProposalStatus, height: number): Proposal =>
  proposal(id, {
    status,
    type: 'upgrade',
    votingEnd: 5n,
    finding: { plan: { name: `v${id}`, height }, origin: 'call', problems: [] },
  })

const reading = (block: bigint, ...proposals: readonly Proposal[]): GoodReading => ({
  ok: true,
  chain: 'local',
  readAt: Number(block) * 2_000,
  head: at(block),
  at: at(block),
  proposals,
  votes: [],
  retracted: [],
  backlog: 0n,
  cursor: block.toString(),
  warnings: [],
})

/** A chain, its store and the file it writes; `crash` is a turn that is committed and not carried out. */
function given(
  upgradeInfo: {
    readonly when?: 'never'
    readonly afterWrite?: { readonly command: readonly string[] }
    readonly afterCompletion?: 'keep'
  } = {},
) {
  const place = temporaryDirectory()
  onTestFinished(() => place[Symbol.dispose]())
  const {
    chains: [config],
  } = parseConfig({
    chains: [
      {
        name: 'local',
        rpc: { urls: ['http://127.0.0.1:1'] },
        governance: { system: 'governor', address: `0x${'1'.repeat(40)}` },
        upgradeInfo: { home: place.path, when: 'on-schedule', ...upgradeInfo },
      },
    ],
  })
  const step = stepLine({
    plan: {
      minUpgradeDelay: 0,
      when: upgradeInfo.when ?? 'on-schedule',
      completion: 'height',
      afterCompletion: config!.upgradeInfo.afterCompletion,
    },
  })
  const told: Notification[] = []
  const act = () => turnExecutor(config!, { witnesses: [], findPlan: ({ finding }) => finding })
  let acting = act()
  const store = openStore({ path: join(place.path, 'state.db') })
  const seen = (): ChainState => store.load('local') ?? newChain('local', 0)
  const take = (event: ChainEvent): Turn => {
    const turn = step(seen(), event)
    store.commit(turn, () => [])
    told.push(...turn.announcements.map(({ notification }) => notification))
    return turn
  }
  const path = join(place.path, 'data', 'upgrade-info.json')
  return {
    path,
    home: place.path,
    told: (event: NotificationEvent): readonly Notification[] =>
      told.filter((notification) => notification.event === event),
    /** A process that ends after it committed the writing, before it knew how the command went. */
    crashInHook: async (block: bigint, ...proposals: readonly Proposal[]): Promise<void> => {
      const outcome = (
        await lastValueFrom(
          acting(take({ type: 'reading', reading: reading(block, ...proposals) })).pipe(takeFirst(1), toArray()),
          none,
        )
      )[0]!
      take({ type: 'wrote', outcome, hostTime: Number(block) * 2_000 })
      acting = act()
    },
    file: (): unknown => (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined),
    status: (id: string): UpgradeStatus | undefined => seen().upgrades.get(keyOf(proposal(id)))?.status,
    crash: (block: bigint, ...proposals: readonly Proposal[]): Turn =>
      take({ type: 'reading', reading: reading(block, ...proposals) }),
    /** A turn that is carried out, and the process killed before the answer is committed. */
    crashAfter: async (block: bigint, ...proposals: readonly Proposal[]): Promise<void> => {
      await lastValueFrom(
        acting(take({ type: 'reading', reading: reading(block, ...proposals) })).pipe(toArray()),
        none,
      )
      acting = act()
    },
    poll: async (block: bigint, ...proposals: readonly Proposal[]): Promise<readonly string[]> => {
      const outcomes = await lastValueFrom(
        acting(take({ type: 'reading', reading: reading(block, ...proposals) })).pipe(toArray()),
        none,
      )
      for (const outcome of outcomes) take({ type: 'wrote', outcome, hostTime: Number(block) * 2_000 })
      return outcomes.map(({ result }) => result)
    },
  }
}

describe('the file of a plan that is off', () => {
  it('is taken back once', async () => {
    const { poll, file } = given()
    await poll(10n, voted('1', 'voting', 100))
    expect(await poll(11n, voted('1', 'passed', 100))).toStrictEqual(['written'])
    expect(await poll(12n, voted('1', 'canceled', 100))).toStrictEqual(['removed'])

    expect(file()).toBeUndefined()
    expect(await poll(13n)).toStrictEqual([])
  })

  it('is taken back after a crash between the commit and the disk', async () => {
    const { poll, crash, file, status } = given()
    await poll(10n, voted('1', 'voting', 100))
    await poll(11n, voted('1', 'passed', 100))
    crash(12n, voted('1', 'canceled', 100))
    expect(file()).toStrictEqual({ name: 'v1', height: 100 })
    await poll(13n)

    expect(file()).toBeUndefined()
    expect(status('1')).toBe('cancelled')
  })

  it('is taken back where the crash came right after it was written, and left alone where the plan still stands', async () => {
    const { poll, crashAfter, file } = given()
    await poll(10n, voted('1', 'voting', 100), voted('2', 'voting', 200))
    await crashAfter(11n, voted('1', 'passed', 100))
    expect(await poll(12n)).toStrictEqual(['unchanged'])
    await poll(13n, voted('1', 'canceled', 100))
    await crashAfter(14n, voted('2', 'passed', 200))
    expect(file()).toStrictEqual({ name: 'v2', height: 200 })
    await poll(15n, voted('2', 'canceled', 200))

    expect(file()).toBeUndefined()
  })

  it('makes room for a lower plan, also after a crash', async () => {
    const { poll, crash, file, status } = given()
    await poll(10n, voted('1', 'voting', 100), voted('2', 'voting', 50))
    await poll(11n, voted('1', 'passed', 100))
    crash(12n, voted('2', 'passed', 50))
    expect(await poll(13n)).toStrictEqual(['removed', 'written'])

    expect(file()).toStrictEqual({ name: 'v2', height: 50 })
    expect([status('1'), status('2')]).toStrictEqual(['scheduled', 'scheduled'])
  })

  it('makes room for itself where only its info was changed, also after a crash, and nothing else touches it', async () => {
    const { poll, crash, crashAfter, file, told } = given()
    const edited = (a: number): Proposal => ({
      ...voted('1', 'passed', 100),
      finding: { plan: { name: 'v1', height: 100, info: { a } }, origin: 'operator', problems: [] },
    })
    await poll(10n, voted('1', 'voting', 100))
    await poll(11n, edited(1))
    expect(file()).toStrictEqual({ name: 'v1', height: 100, info: { a: 1 } })
    expect(await poll(12n, edited(2))).toStrictEqual(['removed', 'written'])
    expect(file()).toStrictEqual({ name: 'v1', height: 100, info: { a: 2 } })
    expect(await poll(13n, edited(2))).toStrictEqual([])

    crash(14n, edited(3))
    await crashAfter(15n)
    expect(file()).toStrictEqual({ name: 'v1', height: 100, info: { a: 3 } })
    await poll(16n)
    expect(file()).toStrictEqual({ name: 'v1', height: 100, info: { a: 3 } })
    expect(await poll(17n)).toStrictEqual([])
    expect(told('upgrade_rescheduled')).toHaveLength(2)
  })

  it('is tried again on each poll while the disk says no', async () => {
    const { poll, path, file } = given()
    await poll(10n, voted('1', 'voting', 100))
    await poll(11n, voted('1', 'passed', 100))
    renameSync(path, `${path}.real`)
    symlinkSync(`${path}.real`, path)
    expect(await poll(12n, voted('1', 'canceled', 100))).toStrictEqual(['stuck'])
    expect(await poll(13n)).toStrictEqual(['stuck'])
    renameSync(`${path}.real`, path)
    expect(await poll(14n)).toStrictEqual(['removed'])

    expect(file()).toBeUndefined()
  })

  it('is left alone at its height', async () => {
    const { poll, crash, file } = given()
    await poll(10n, voted('1', 'voting', 100))
    await poll(11n, voted('1', 'passed', 100))
    crash(12n, voted('1', 'canceled', 100))

    expect(await poll(100n)).toStrictEqual(['found'])
    expect(await poll(101n)).toStrictEqual([])
    expect(file()).toStrictEqual({ name: 'v1', height: 100 })
  })

  it('is left alone where somebody else has written it since', async () => {
    const { poll, path, file } = given()
    await poll(10n, voted('1', 'voting', 100))
    await poll(11n, voted('1', 'passed', 100))
    writeFileSync(path, '{"name":"by-hand","height":90}')
    expect(await poll(12n, voted('1', 'canceled', 100))).toStrictEqual(['kept'])

    expect(await poll(13n)).toStrictEqual([])
    expect(file()).toStrictEqual({ name: 'by-hand', height: 90 })
  })
})

describe('the command after a writing', () => {
  /** A command that notes each call beside the home, and ends as it is told. */
  const noting = (end = 'exit 0') =>
    [
      'sh',
      '-c',
      `echo "$GOVSTREAM_NAME $GOVSTREAM_HEIGHT $(cat "$GOVSTREAM_FILE")" >> "$(dirname "$GOVSTREAM_FILE")/../calls"; ${end}`,
    ] as const
  const calls = (home: string): readonly string[] =>
    existsSync(join(home, 'calls')) ? readFileSync(join(home, 'calls'), 'utf8').trim().split('\n') : []

  it('runs once a writing, when the file is there, and is told', async () => {
    const { poll, home, told } = given({ afterWrite: { command: noting('echo restarted') } })
    await poll(10n, voted('1', 'voting', 100))
    expect(await poll(11n, voted('1', 'passed', 100))).toStrictEqual(['written', 'hooked'])
    expect(await poll(12n)).toStrictEqual([])
    expect(await poll(100n)).toStrictEqual(['unchanged'])

    expect(calls(home)).toStrictEqual(['v1 100 {"name":"v1","height":100}'])
    expect(told('hook_ran')).toMatchObject([
      {
        priority: 'low',
        title: 'Command after the writing ran for v1',
        data: { output: 'restarted', summary: 'ended with exit code 0' },
      },
    ])
    expect(told('hook_ran')[0]?.message).toMatch(
      /^local: the command of upgradeInfo\.afterWrite ended with exit code 0, after [\d.]+ s\.\nIt printed: restarted$/,
    )
  })

  it('runs again where the file had to be written again', async () => {
    const { poll, home, path } = given({ afterWrite: { command: noting() } })
    await poll(10n, voted('1', 'voting', 100))
    await poll(11n, voted('1', 'passed', 100))
    rmSync(path)
    expect(await poll(100n)).toStrictEqual(['written', 'hooked'])

    expect(calls(home)).toHaveLength(2)
  })

  it('runs again after a crash between the second writing and its commit', async () => {
    const { poll, crashAfter, home, path, told } = given({ afterWrite: { command: noting() } })
    await poll(10n, voted('1', 'voting', 100))
    await poll(11n, voted('1', 'passed', 100))
    rmSync(path)
    await crashAfter(100n)
    expect(await poll(100n)).toStrictEqual(['unchanged', 'hooked'])
    expect(await poll(101n)).toStrictEqual([])

    expect(calls(home)).toHaveLength(3)
    expect(told('hook_ran')).toHaveLength(2)
  })

  it('runs again after a crash between the writing and its commit', async () => {
    const { poll, crashAfter, home, told } = given({ afterWrite: { command: noting() } })
    await poll(10n, voted('1', 'voting', 100))
    await crashAfter(11n, voted('1', 'passed', 100))
    expect(await poll(12n)).toStrictEqual(['unchanged', 'hooked'])

    expect(calls(home)).toHaveLength(2)
    expect(told('hook_ran')).toHaveLength(1)
  })

  it('runs again after a crash before its own result was committed', async () => {
    const { poll, crashInHook, home, told } = given({ afterWrite: { command: noting() } })
    await poll(10n, voted('1', 'voting', 100))
    await crashInHook(11n, voted('1', 'passed', 100))
    expect(await poll(12n)).toStrictEqual(['hooked'])
    expect(await poll(13n)).toStrictEqual([])

    expect(calls(home).length).toBeGreaterThan(0)
    expect(told('hook_ran')).toHaveLength(1)
  })

  it('runs again after a crash though the upgrade is over by then, and before the file is moved aside', async () => {
    const { poll, crashInHook, home, told, status } = given({ afterWrite: { command: noting() } })
    await poll(10n, voted('1', 'voting', 100))
    await crashInHook(100n, voted('1', 'passed', 100))
    rmSync(join(home, 'calls'), { force: true })
    // Blocks past the height complete it in the first reading after the start.
    expect(await poll(102n)).toStrictEqual(['hooked'])
    expect(status('1')).toBe('completed')

    expect(calls(home)).toStrictEqual(['v1 100 {"name":"v1","height":100}'])
    expect(told('hook_ran')).toHaveLength(1)
    expect(await poll(103n)).toStrictEqual(['archived'])
    expect(await poll(104n)).toStrictEqual([])
  })

  it('that fails is told as what it is, and is not tried again by itself', async () => {
    const { poll, home, told, status } = given({ afterWrite: { command: noting('echo no such unit; exit 4') } })
    await poll(10n, voted('1', 'voting', 100))
    await poll(11n, voted('1', 'passed', 100))
    await poll(100n)

    expect(calls(home)).toHaveLength(1)
    expect(status('1')).toBe('in_progress')
    expect(told('hook_failed')).toMatchObject([
      { priority: 'critical', title: 'Command after the writing failed for v1' },
    ])
    expect(told('hook_failed')[0]?.message).toContain('ended with exit code 4')
    expect(told('hook_failed')[0]?.message).toContain('do it by hand now.\nIt printed: no such unit')
  })

  it('is owed no more where the plan is off by then, or the command was taken out of the configuration', async () => {
    const { poll, crashInHook, home } = given({ afterWrite: { command: noting() } })
    await poll(10n, voted('1', 'voting', 100))
    await crashInHook(11n, voted('1', 'passed', 100))
    const before = calls(home).length
    expect(await poll(12n, voted('1', 'canceled', 100))).toStrictEqual(['removed', 'hooked'])
    expect(await poll(13n)).toStrictEqual([])
    expect(calls(home).length).toBeLessThanOrEqual(Math.max(before, 1))
  })
})

describe('the file of a completed upgrade', () => {
  it('is moved aside for wemixvisor, once and also after a crash', async () => {
    const { poll, crash, home, status } = given()
    await poll(10n, voted('1', 'voting', 100))
    await poll(11n, voted('1', 'passed', 100))
    await poll(100n)
    crash(102n)
    expect(status('1')).toBe('completed')
    expect(await poll(103n)).toStrictEqual(['archived'])
    expect(await poll(104n)).toStrictEqual([])

    expect(readdirSync(join(home, 'data'))).toStrictEqual(['upgrade-info.100.json'])
  })

  it('stays where that is configured, and where it is not ours any more', async () => {
    const keeping = given({ afterCompletion: 'keep' })
    const other = given()
    for (const { poll } of [keeping, other]) {
      await poll(10n, voted('1', 'voting', 100))
      await poll(11n, voted('1', 'passed', 100))
      await poll(100n)
    }
    expect(await keeping.poll(102n)).toStrictEqual([])
    expect(keeping.file()).toStrictEqual({ name: 'v1', height: 100 })

    writeFileSync(other.path, '{"name":"by-hand","height":200}')
    expect(await other.poll(102n)).toStrictEqual(['kept'])
    expect(await other.poll(103n)).toStrictEqual([])
    expect(other.file()).toStrictEqual({ name: 'by-hand', height: 200 })
  })

  it('that cannot be moved is tried on each poll and told once', async () => {
    const { poll, home, told } = given()
    await poll(10n, voted('1', 'voting', 100))
    await poll(11n, voted('1', 'passed', 100))
    await poll(100n)
    writeFileSync(join(home, 'data', 'upgrade-info.100.json'), 'notes')
    expect(await poll(102n)).toStrictEqual(['stuck'])
    expect(await poll(103n)).toStrictEqual(['stuck'])
    rmSync(join(home, 'data', 'upgrade-info.100.json'))
    expect(await poll(104n)).toStrictEqual(['archived'])

    expect(told('file_stale')).toMatchObject([
      { priority: 'critical', title: 'upgrade-info.json still holds v1 for height 100' },
    ])
    expect(told('file_stale')[0]?.message).toContain('v1 is completed, but')
    expect(told('file_stale')[0]?.message).toContain(
      'wemixvisor applies it again when the node ends with an error: move the file away by hand.',
    )
  })
})

describe('a file that is left over and stays', () => {
  const text = '{"name":"v1","height":100}'

  it.each([
    ['we write files', {}],
    ['we write none', { when: 'never' as const }],
  ])('is told once where the cancelled plan is in it, by whomever written, and %s', async (_case, upgradeInfo) => {
    const { poll, path, home, told } = given(upgradeInfo)
    mkdirSync(join(home, 'data'), { recursive: true })
    await poll(10n, voted('1', 'voting', 100))
    await poll(11n, voted('1', 'passed', 100))
    await poll(12n, voted('1', 'canceled', 100))
    expect(told('file_stale')).toStrictEqual([])
    writeFileSync(path, text)
    expect(await poll(13n)).toStrictEqual(['found'])
    expect(await poll(14n)).toStrictEqual([])

    expect(told('file_stale')).toMatchObject([{ priority: 'critical', data: { name: 'v1', height: 100, path } }])
    expect(told('file_stale')[0]?.message).toContain(
      `${path} holds v1 for height 100, but that plan is cancelled. govstream does not remove it`,
    )
    expect(told('file_stale')[0]?.message).toContain('Move the file away and restart wemixvisor')
    expect(readFileSync(path, 'utf8')).toBe(text)
  })

  it('is told where the plan was moved and the file holds the old height', async () => {
    const { poll, path, home, told } = given({ when: 'never' })
    mkdirSync(join(home, 'data'), { recursive: true })
    writeFileSync(path, text)
    await poll(10n, voted('1', 'voting', 100))
    expect(await poll(11n, voted('1', 'passed', 100))).toStrictEqual([])
    const moved = {
      ...voted('1', 'passed', 200),
      finding: { plan: { name: 'v1', height: 200 }, origin: 'call' as const, problems: [] },
    }
    expect(await poll(12n, moved)).toStrictEqual(['found'])

    expect(told('file_stale')[0]?.message).toContain('but that plan was moved to height 200')
  })

  it('is told where it was written right before a crash, and its height went by during a long absence', async () => {
    const { poll, crashAfter, path, told, status } = given()
    await poll(10n, voted('1', 'voting', 100))
    await crashAfter(11n, voted('1', 'passed', 100))
    // Two seconds a block: far more than `lateLimit`.
    expect(await poll(9_000n)).toStrictEqual(['found'])
    expect(await poll(9_001n)).toStrictEqual([])

    expect(status('1')).toBe('refused')
    expect(told('upgrade_refused')[0]?.message).not.toContain('No file was written')
    expect(told('file_stale')).toMatchObject([{ data: { name: 'v1', height: 100, path } }])
    expect(told('file_stale')[0]?.message).toContain(
      'but that plan was refused: height already passed: height 100 came by while govstream was away',
    )
    expect(readFileSync(path, 'utf8')).toBe(`${text}\n`)
  })

  it('is told where the disk does not let us take it back', async () => {
    const { poll, path, told } = given()
    await poll(10n, voted('1', 'voting', 100))
    await poll(11n, voted('1', 'passed', 100))
    renameSync(path, `${path}.real`)
    symlinkSync(`${path}.real`, path)
    await poll(12n, voted('1', 'canceled', 100))
    await poll(13n)

    expect(told('file_stale')).toHaveLength(1)
    expect(told('file_stale')[0]?.message).toContain('is a symbolic link')
  })
})
