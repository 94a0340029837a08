import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { defer, EMPTY, lastValueFrom, merge, toArray } from 'rxjs'
import { parseConfig } from '../../../src/config/parseConfig.js'
import type { Upgrade } from '../../../src/domain/upgrades/upgrade.js'
import { createAfterWrite } from '../../../src/monitor/execute/afterWrite.js'
import { minimal } from '../../support/configs.js'
import { scratch } from '../../support/scratch.js'
import { queueing, state, turn, upgrade } from '../../support/storeGiven.js'
import { voted, given } from './executorGiven.js'

describe('the afterWrite command', () => {
  /** A command that records each call beside the home, and then runs `end`. */
  const noting = (end = 'exit 0') =>
    [
      'sh',
      '-c',
      `echo "$GOVSTREAM_NAME $GOVSTREAM_HEIGHT $(cat "$GOVSTREAM_FILE")" >> "$(dirname "$GOVSTREAM_FILE")/../calls"; ${end}`,
    ] as const
  const calls = (home: string): readonly string[] =>
    existsSync(join(home, 'calls')) ? readFileSync(join(home, 'calls'), 'utf8').trim().split('\n') : []

  it('runs once after a write, when the file is there, and its output is notified', async () => {
    const { poll, home, told } = given({ afterWrite: { command: noting('echo restarted') } })
    await poll(10n, voted('1', 'voting', 100))
    expect(await poll(11n, voted('1', 'passed', 100))).toStrictEqual(['written', 'hooked'])
    expect(await poll(12n)).toStrictEqual([])
    expect(await poll(100n)).toStrictEqual(['unchanged'])

    expect(calls(home)).toStrictEqual(['v1 100 {"name":"v1","height":100}'])
    expect(told('hook_ran')).toMatchObject([
      {
        priority: 'low',
        title: 'The afterWrite command ran for v1',
        data: { output: 'restarted', summary: 'ended with exit code 0' },
      },
    ])
    expect(told('hook_ran')[0]?.message).toMatch(
      /^local: the command of upgradeInfo\.afterWrite ended with exit code 0 after [\d.]+ s\.\nIt printed: restarted$/,
    )
  })

  it('runs again when the file had to be written again', async () => {
    const { poll, home, path } = given({ afterWrite: { command: noting() } })
    await poll(10n, voted('1', 'voting', 100))
    await poll(11n, voted('1', 'passed', 100))
    rmSync(path)
    expect(await poll(100n)).toStrictEqual(['written', 'hooked'])

    expect(calls(home)).toHaveLength(2)
  })

  it('runs again after a crash between the second write and its commit', async () => {
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

  it('runs again after a crash between the write and its commit', async () => {
    const { poll, crashAfter, home, told } = given({ afterWrite: { command: noting() } })
    await poll(10n, voted('1', 'voting', 100))
    await crashAfter(11n, voted('1', 'passed', 100))
    expect(await poll(12n)).toStrictEqual(['unchanged', 'hooked'])

    expect(calls(home)).toHaveLength(2)
    expect(told('hook_ran')).toHaveLength(1)
  })

  it('runs again after a crash before its result was committed', async () => {
    const { poll, crashInHook, home, told } = given({ afterWrite: { command: noting() } })
    await poll(10n, voted('1', 'voting', 100))
    await crashInHook(11n, voted('1', 'passed', 100))
    expect(await poll(12n)).toStrictEqual(['hooked'])
    expect(await poll(13n)).toStrictEqual([])

    expect(calls(home).length).toBeGreaterThan(0)
    expect(told('hook_ran')).toHaveLength(1)
  })

  it('runs again after a crash even if the upgrade has completed, before the file is archived', async () => {
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

  it('is reported as failed and not retried when it exits with an error', async () => {
    const { poll, home, told, status } = given({ afterWrite: { command: noting('echo no such unit; exit 4') } })
    await poll(10n, voted('1', 'voting', 100))
    await poll(11n, voted('1', 'passed', 100))
    await poll(100n)

    expect(calls(home)).toHaveLength(1)
    expect(status('1')).toBe('in_progress')
    expect(told('hook_failed')).toMatchObject([{ priority: 'critical', title: 'The afterWrite command failed for v1' }])
    expect(told('hook_failed')[0]?.message).toContain('ended with exit code 4')
    expect(told('hook_failed')[0]?.message).toContain(
      'Now do by hand what the command should have done.\nIt printed: no such unit',
    )
  })

  it('is not run again after a crash when the plan was cancelled', async () => {
    const { poll, crashInHook, home } = given({ afterWrite: { command: noting() } })
    await poll(10n, voted('1', 'voting', 100))
    await crashInHook(11n, voted('1', 'passed', 100))
    rmSync(join(home, 'calls'), { force: true })
    expect(await poll(12n, voted('1', 'canceled', 100))).toStrictEqual(['removed', 'hooked'])
    expect(await poll(13n)).toStrictEqual([])
    expect(calls(home)).toStrictEqual([])
  })
})

describe('a command still to be run after a crash', () => {
  const owed = (parts: Partial<Upgrade>): Upgrade => upgrade('1', { hook: 'owed', ...parts })
  const config = parseConfig(
    minimal({
      upgradeInfo: { home: import.meta.dirname, afterWrite: { command: ['sh', '-c', 'echo ran'], timeout: '10s' } },
    }),
  )
  const runs = async (one: Upgrade): Promise<boolean> => {
    const hook = createAfterWrite(config.chains[0]!, (text) => text)
    const owing = turn({ state: state({ upgrades: queueing(one) }) })
    const outcome = await lastValueFrom(hook.runOwed(owing) ?? EMPTY, { defaultValue: undefined })
    expect(outcome).toMatchObject({ result: 'hooked', key: one.key })
    return outcome?.result === 'hooked' && outcome.run !== undefined
  }

  it.each<[string, boolean, Partial<Upgrade>]>([
    ['runs if the upgrade is scheduled', true, { status: 'scheduled' }],
    ['runs if it is in progress', true, { status: 'in_progress' }],
    ['runs if blocks alone have completed it', true, { status: 'completed' }],
    ['runs if it failed: the node may wait for the command', true, { status: 'failed' }],
    ['does not run if its plan was withdrawn', false, { status: 'failed', withdrawn: true }],
    ['does not run if it is cancelled', false, { status: 'cancelled' }],
  ])('%s', async (_what, isRun, parts) => {
    expect(await runs(owed(parts))).toBe(isRun)
  })
})

describe('a command that is running', () => {
  const hookOf = (command: string, home: string): ReturnType<typeof createAfterWrite> =>
    createAfterWrite(
      parseConfig(minimal({ upgradeInfo: { home, afterWrite: { command: ['sh', '-c', command], timeout: '10m' } } }))
        .chains[0]!,
      (text) => text,
    )

  it('is not started again for the same upgrade until it has ended', async () => {
    using place = scratch()
    const hook = hookOf('echo ran', place.home)
    const run$ = defer(() => hook.run(upgrade('1')))
    const ended = (outcome$: typeof run$) => lastValueFrom(outcome$.pipe(toArray()), { defaultValue: [] })
    expect(await ended(merge(run$, run$))).toHaveLength(1)
    expect(await ended(run$)).toHaveLength(1)
  })

  it('is ended when nobody waits for its result any more', async () => {
    using place = scratch()
    const file = join(place.home, 'pid')
    const ran = hookOf(`echo $$ > '${file}.new'; mv '${file}.new' '${file}'; exec sleep 60`, place.home)
      .run(upgrade('1'))
      .subscribe()
    await expect.poll(() => existsSync(file)).toBe(true)
    const pid = Number(readFileSync(file, 'utf8'))
    expect(isRunning(pid)).toBe(true)
    ran.unsubscribe()
    await expect.poll(() => isRunning(pid), { timeout: 20_000 }).toBe(false)
  })
})

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
