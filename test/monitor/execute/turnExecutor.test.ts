import { renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Proposal } from '../../../src/domain/proposals/proposal.js'
import { voted, given } from './executorGiven.js'

describe('the file of a cancelled plan', () => {
  it('is removed once', async () => {
    const { poll, file } = given()
    await poll(10n, voted('1', 'voting', 100))
    expect(await poll(11n, voted('1', 'passed', 100))).toStrictEqual(['written'])
    expect(await poll(12n, voted('1', 'canceled', 100))).toStrictEqual(['removed'])

    expect(file()).toBeUndefined()
    expect(await poll(13n)).toStrictEqual([])
  })

  it('is removed after a crash between the commit and the disk', async () => {
    const { poll, crash, file, status } = given()
    await poll(10n, voted('1', 'voting', 100))
    await poll(11n, voted('1', 'passed', 100))
    crash(12n, voted('1', 'canceled', 100))
    expect(file()).toStrictEqual({ name: 'v1', height: 100 })
    await poll(13n)

    expect(file()).toBeUndefined()
    expect(status('1')).toBe('cancelled')
  })

  it('is removed after a crash right after it was written, and kept if its plan still stands', async () => {
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

  it('is removed for a plan with a lower height, also after a crash', async () => {
    const { poll, crash, file, status } = given()
    await poll(10n, voted('1', 'voting', 100), voted('2', 'voting', 50))
    await poll(11n, voted('1', 'passed', 100))
    crash(12n, voted('2', 'passed', 50))
    expect(await poll(13n)).toStrictEqual(['removed', 'written'])

    expect(file()).toStrictEqual({ name: 'v2', height: 50 })
    expect([status('1'), status('2')]).toStrictEqual(['scheduled', 'scheduled'])
  })

  it('stays until the nodes confirm the plan with a lower height: one of them may have invented it', async () => {
    const plans = new Map([['1', voted('1', 'passed', 100)]])
    const { poll, file } = given({}, (id) => plans.get(id))
    await poll(10n, voted('1', 'voting', 100), voted('2', 'voting', 50))
    expect(await poll(11n, voted('1', 'passed', 100))).toStrictEqual(['written'])
    expect(await poll(12n, voted('2', 'passed', 50))).toStrictEqual(['failed'])
    expect(file()).toStrictEqual({ name: 'v1', height: 100 })
    plans.set('2', voted('2', 'passed', 50))
    expect(await poll(13n)).toStrictEqual(['removed', 'written'])
    expect(file()).toStrictEqual({ name: 'v2', height: 50 })
  })

  it('counts as written again once the plan with a lower height is off', async () => {
    const { poll, file, status } = given({}, (id) => (id === '1' ? voted('1', 'passed', 100) : undefined))
    await poll(10n, voted('1', 'voting', 100), voted('2', 'voting', 50))
    await poll(11n, voted('1', 'passed', 100))
    await poll(12n, voted('2', 'passed', 50))
    expect(await poll(13n, voted('2', 'canceled', 50))).toStrictEqual(['unchanged'])
    expect(await poll(14n)).toStrictEqual([])
    expect(file()).toStrictEqual({ name: 'v1', height: 100 })
    await poll(15n, voted('1', 'canceled', 100))
    expect(file()).toBeUndefined()
    expect(status('1')).toBe('cancelled')
  })

  it('is removed for a plan with a lower height that passes while the disk is slow', async () => {
    const { poll, slowly, file, status } = given()
    await poll(10n, voted('1', 'voting', 100), voted('2', 'voting', 50))
    await slowly([11n, voted('1', 'passed', 100)], [12n, voted('2', 'passed', 50)])
    await poll(13n)
    await poll(14n)

    expect(file()).toStrictEqual({ name: 'v2', height: 50 })
    expect([status('1'), status('2')]).toStrictEqual(['scheduled', 'scheduled'])
  })

  it('is replaced when only the info of its plan changed, also after a crash, and not touched otherwise', async () => {
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

  it('is not removed by a call that timed out: by then the plan may be restored', async () => {
    const { poll, giveUp } = given()
    await poll(10n, voted('1', 'voting', 100))
    await poll(11n, voted('1', 'passed', 100))
    const late = poll(12n, voted('1', 'canceled', 100))
    giveUp()
    expect(await late).toStrictEqual(['stuck'])

    let outcomes: readonly string[]
    let block = 13n
    do {
      outcomes = await poll(block++, voted('1', 'passed', 100))
      await setImmediate()
    } while (outcomes.includes('failed'))
    expect(outcomes).toStrictEqual(['removed', 'written'])
  })

  it('is kept if its height was reached meanwhile: the node may have stopped there', async () => {
    const { poll, overtaken, file } = given()
    await poll(10n, voted('1', 'voting', 100))
    await poll(11n, voted('1', 'passed', 100))
    expect(await overtaken(12n, 100n, voted('1', 'canceled', 100))).not.toContain('removed')
    expect(file()).toStrictEqual({ name: 'v1', height: 100 })
  })

  it('is not archived by a call that timed out', async () => {
    const { poll, giveUp } = given()
    await poll(10n, voted('1', 'voting', 100))
    await poll(11n, voted('1', 'passed', 100))
    await poll(100n)
    const late = poll(102n)
    giveUp()
    expect(await late).toStrictEqual(['stuck'])

    let outcomes: readonly string[]
    let block = 103n
    do {
      outcomes = await poll(block++)
      await setImmediate()
    } while (outcomes.includes('stuck'))
    expect(outcomes).toStrictEqual(['archived'])
  })

  it('is retried on each poll while the disk refuses to remove it', async () => {
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

  it('is kept and reported once its height is reached', async () => {
    const { poll, crash, file } = given()
    await poll(10n, voted('1', 'voting', 100))
    await poll(11n, voted('1', 'passed', 100))
    crash(12n, voted('1', 'canceled', 100))

    expect(await poll(100n)).toStrictEqual(['found'])
    expect(await poll(101n)).toStrictEqual([])
    expect(file()).toStrictEqual({ name: 'v1', height: 100 })
  })

  it('is kept if another program has written it since', async () => {
    const { poll, path, file } = given()
    await poll(10n, voted('1', 'voting', 100))
    await poll(11n, voted('1', 'passed', 100))
    writeFileSync(path, '{"name":"by-hand","height":90}')
    expect(await poll(12n, voted('1', 'canceled', 100))).toStrictEqual(['kept'])

    expect(await poll(13n)).toStrictEqual([])
    expect(file()).toStrictEqual({ name: 'by-hand', height: 90 })
  })
})
