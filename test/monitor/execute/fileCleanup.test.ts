import { mkdirSync, readdirSync, readFileSync, rmSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { voted, given } from './executorGiven.js'

describe('the file of a completed upgrade', () => {
  it('is archived for wemixvisor, once, also after a crash', async () => {
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

  it('is kept if configured so, or if another program has replaced it', async () => {
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

  it('is retried on each poll and reported once when it cannot be archived', async () => {
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

describe('a file left behind', () => {
  const text = '{"name":"v1","height":100}'

  it.each([
    ['we write files', {}],
    ['we write none', { when: 'never' as const }],
  ])('is reported once if it holds a cancelled plan, whoever wrote it: %s', async (_case, upgradeInfo) => {
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

  it.each([
    ['ahead', 99n, 'Move the file away before that height, or the process manager switches the binary there'],
    ['reached', 100n, 'Move the file away, and check which binary runs'],
  ])('of another process manager is reported with what to do while its height is %s', async (_, head, advice) => {
    const { poll, path, home, told } = given({ profile: 'cosmovisor', when: 'never' })
    mkdirSync(join(home, 'data'), { recursive: true })
    await poll(10n, voted('1', 'voting', 100))
    await poll(11n, voted('1', 'passed', 100))
    await poll(12n, voted('1', 'canceled', 100))
    writeFileSync(path, text)
    await poll(head)

    expect(told('file_stale')[0]?.message).toContain(advice)
  })

  it('is reported if the plan was rescheduled and the file holds the old height', async () => {
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

  it('is reported if it was written right before a crash and its height passed during a long absence', async () => {
    const { poll, crashAfter, path, told, status } = given()
    await poll(10n, voted('1', 'voting', 100))
    await crashAfter(11n, voted('1', 'passed', 100))
    // At two seconds a block, far more than `lateLimit`.
    expect(await poll(9_000n)).toStrictEqual(['found'])
    expect(await poll(9_001n)).toStrictEqual([])

    expect(status('1')).toBe('refused')
    expect(told('upgrade_refused')[0]?.message).not.toContain('No file was written')
    expect(told('file_stale')).toMatchObject([{ data: { name: 'v1', height: 100, path } }])
    expect(told('file_stale')[0]?.message).toContain(
      'but that plan was refused: height already passed: height 100 passed while govstream was away',
    )
    expect(readFileSync(path, 'utf8')).toBe(`${text}\n`)
  })

  it('is reported if it cannot be removed from the disk', async () => {
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
