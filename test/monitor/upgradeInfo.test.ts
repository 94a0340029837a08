import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { pass, scheduleV2, upgradeDraft } from './upgradeStory.js'
import { chainOf, soon, watch } from './watching.js'
import type { ConfigInput } from '../../src/config/schema.js'
import { onSharedChain as it } from '../support/fixtures.js'

describe('upgrade-info.json', () => {
  it('is not touched if it holds the plan of another writer: the upgrade is refused', async ({ chain, place }) => {
    const people = await chain.deploy()
    const theirs = JSON.stringify({ name: 'by-hand', height: 5_000_000 })
    mkdirSync(join(place.home, 'data'))
    writeFileSync(join(place.home, 'data', 'upgrade-info.json'), theirs)
    await using watching = watch({
      chains: [chainOf(chain.url, people.governor, { upgradeInfo: { home: place.home } })],
    })
    const { id, height } = await scheduleV2(watching, people, chain)
    await chain.mineTo(height)
    const { title, message } = await watching.told('upgrade_refused', id)
    await people.actor.mine(5)
    await watching.settle()

    expect(title).toBe('upgrade-info.json for v2 is not written')
    expect(message).toContain('holds the plan "by-hand" for height 5,000,000')
    expect(readFileSync(join(place.home, 'data', 'upgrade-info.json'), 'utf8')).toBe(theirs)
    expect(watching.events(id).slice(-2)).toStrictEqual(['upgrade_scheduled', 'upgrade_refused'])
  })

  it('is reported once if it cannot be written, and is written as soon as it can be', async ({ chain, place }) => {
    const people = await chain.deploy()
    rmSync(place.home, { recursive: true })
    writeFileSync(place.home, 'a file where the directory should be')
    await using watching = watch({
      chains: [chainOf(chain.url, people.governor, { upgradeInfo: { home: place.home } })],
    })
    const { id, height } = await scheduleV2(watching, people, chain)
    await chain.mineTo(height)
    const { title, message } = await watching.told('upgrade_failed', id)
    await people.actor.mine(1)
    await watching.settle()
    await watching.settle()
    expect(title).toBe('upgrade-info.json for v2 cannot be written')
    expect(message).toContain('is not a directory')
    expect(await watching.upgrade(id)).toMatchObject({ status: 'scheduled' })

    rmSync(place.home)
    mkdirSync(place.home)
    await people.actor.mine(1)
    await watching.told('upgrade_triggered', id)
    await watching.settle()

    expect(place.file()).toStrictEqual({ name: 'v2', height })
    expect(watching.events(id).filter((event) => event === 'upgrade_failed')).toHaveLength(1)
  })

  it('is written on schedule, and removed when the proposal is canceled', async ({ chain, place }) => {
    const people = await chain.deploy({ version: 'bravo', timelock: { minDelay: 60 } })
    await using watching = watch({
      chains: [chainOf(chain.url, people.governor, { upgradeInfo: { home: place.home, when: 'on-schedule' } })],
    })
    await watching.settle()
    const id = await pass(people, upgradeDraft(people, { name: 'v2', height: 800_000 }))
    await watching.upgrade(id, ({ writtenAt }) => writtenAt !== undefined)
    expect(place.file()).toStrictEqual({ name: 'v2', height: 800_000 })
    await people.actor.cancel(id)
    await watching.told('upgrade_cancelled', id)
    await watching.settle()

    expect(place.file()).toBeUndefined()
    expect(watching.events(id)).not.toContain('upgrade_triggered')
  })

  it('is written into a new home as soon as it is configured, and stays in the former one', async ({
    chain,
    place,
  }) => {
    const people = await chain.deploy()
    const other = join(place.home, 'other')
    mkdirSync(other)
    const config = (home: string): ConfigInput & { readonly state: string } => ({
      state: place.state,
      notifier: { handlers: [] },
      chains: [chainOf(chain.url, people.governor, { upgradeInfo: { home, when: 'on-schedule' } })],
    })
    const fileIn = (home: string): unknown => JSON.parse(readFileSync(join(home, 'data', 'upgrade-info.json'), 'utf8'))
    await using watching = watch(config(place.home))
    await watching.settle()
    const id = await pass(people, upgradeDraft(people, { name: 'v2', height: 800_000 }))
    await watching.upgrade(id, ({ writtenAt }) => writtenAt !== undefined)
    watching.monitor.reload(config(other))
    await watching.settle()
    expect(fileIn(other)).toStrictEqual({ name: 'v2', height: 800_000 })
    expect(place.file()).toStrictEqual({ name: 'v2', height: 800_000 })
    await watching.stop()

    rmSync(join(place.home, 'data'), { recursive: true })
    await using again = watch(config(place.home))
    await again.settle()
    expect(place.file()).toStrictEqual({ name: 'v2', height: 800_000 })
    expect(again.events(id)).toStrictEqual([])
  })

  it('is written again for another process manager', async ({ chain, place }) => {
    const people = await chain.deploy()
    const info = { binaries: {} }
    const config = (profile: 'wemixvisor' | 'cosmovisor'): ConfigInput & { readonly state: string } => ({
      state: place.state,
      notifier: { handlers: [] },
      chains: [
        chainOf(chain.url, people.governor, { upgradeInfo: { home: place.home, profile, when: 'on-schedule' } }),
      ],
    })
    await using watching = watch(config('wemixvisor'))
    await watching.settle()
    const draft = upgradeDraft(people, { name: 'v2', height: 800_000, info: JSON.stringify(info) })
    const id = await pass(people, draft)
    await watching.upgrade(id, ({ writtenAt }) => writtenAt !== undefined)
    expect(place.file()).toStrictEqual({ name: 'v2', height: 800_000, info })
    await watching.stop()

    await using again = watch(config('cosmovisor'))
    await again.upgrade(id, ({ writtenAt, revision }) => writtenAt !== undefined && revision === 2)
    expect(place.file()).toStrictEqual({ name: 'v2', height: 800_000, info: JSON.stringify(info) })
  })

  it('is written leadBlocks early, but not before minUpgradeDelay has passed', async ({ chain, place }) => {
    const people = await chain.deploy()
    await using watching = watch({
      chains: [
        chainOf(chain.url, people.governor, {
          scheduler: { leadBlocks: 5, minUpgradeDelay: '1h', reminders: ['20 blocks'] },
          upgradeInfo: { home: place.home },
        }),
      ],
    })
    const { id, height } = await scheduleV2(watching, people, chain, 100)
    await chain.mineTo(height - 6)
    await watching.told('upgrade_imminent', id)
    await watching.settle()
    expect(place.file()).toBeUndefined()
    await people.actor.mine(1)
    await watching.settle()
    expect(place.file()).toBeUndefined()
    await chain.client.increaseTime({ seconds: 7_200 })
    await people.actor.mine(1)
    await watching.upgrade(id, ({ writtenAt }) => writtenAt !== undefined)
    expect(await chain.heightIn(0)).toBe(height - 4)
    expect(place.file()).toStrictEqual({ name: 'v2', height })
    await chain.mineTo(height)
    await watching.told('upgrade_triggered', id)

    expect(watching.events(id).slice(-3)).toStrictEqual(['upgrade_scheduled', 'upgrade_imminent', 'upgrade_triggered'])
  })

  it('is not written a block early, and is written once if polls skip the height', async ({ chain, place }) => {
    const people = await chain.deploy()
    await using watching = watch({
      chains: [
        chainOf(chain.url, people.governor, {
          scheduler: { completion: 'version' },
          upgradeInfo: { home: place.home },
        }),
      ],
    })
    const { id, height } = await scheduleV2(watching, people, chain)
    await chain.mineTo(height - 1)
    await watching.settle()
    expect(place.file()).toBeUndefined()
    await people.actor.mine(7)
    await watching.told('upgrade_triggered', id)
    const { mtimeNs } = statSync(join(place.home, 'data', 'upgrade-info.json'), { bigint: true })
    await people.actor.mine(7)
    await watching.settle()

    expect(place.file()).toStrictEqual({ name: 'v2', height })
    expect(statSync(join(place.home, 'data', 'upgrade-info.json'), { bigint: true }).mtimeNs).toBe(mtimeNs)
    expect(watching.events(id).filter((event) => event === 'upgrade_triggered')).toHaveLength(1)
  })

  it('is kept if the proposal is canceled after the height: nodes may have switched already', async ({
    chain,
    place,
  }) => {
    const people = await chain.deploy({ version: 'bravo', timelock: { minDelay: 60 } })
    await using watching = watch({
      chains: [
        chainOf(chain.url, people.governor, {
          scheduler: { completion: 'version' },
          upgradeInfo: { home: place.home },
        }),
      ],
    })
    const { id, height } = await scheduleV2(watching, people, chain)
    await chain.mineTo(height)
    await watching.told('upgrade_triggered', id)
    await people.actor.cancel(id)
    await watching.told('proposal_canceled', id)
    await watching.settle()

    expect(place.file()).toStrictEqual({ name: 'v2', height })
    expect(await watching.upgrade(id)).toMatchObject({ status: 'in_progress' })
    expect(watching.events(id).slice(-2)).toStrictEqual(['upgrade_triggered', 'proposal_canceled'])
  })

  it('is written for one plan at a time, the lowest height first', async ({ chain, place }) => {
    const people = await chain.deploy({ votingPeriod: 30 })
    await using watching = watch({
      chains: [chainOf(chain.url, people.governor, { upgradeInfo: { home: place.home } })],
    })
    await watching.settle()
    const height = await chain.heightIn(100)
    const late = await people.actor.propose(upgradeDraft(people, { name: 'v3', height: height + 1 }))
    const early = await people.actor.propose(upgradeDraft(people, { name: 'v2', height }, { proposer: 1 }))
    await people.actor.toVotingStart(early)
    for (const id of [late, early]) for (const voter of [0, 1, 2]) await people.actor.vote(id, 1, voter)
    await people.actor.pastDeadline(early)
    await Promise.all([late, early].map((id) => watching.told('upgrade_scheduled', id)))
    expect((await soon(watching.monitor.upgrades$, 'the queue')).upgrades.map(({ name }) => name)).toStrictEqual([
      'v2',
      'v3',
    ])

    await chain.mineTo(height + 1)
    await watching.settle()
    expect(place.file()).toStrictEqual({ name: 'v2', height })
    expect(await watching.upgrade(late)).toMatchObject({ status: 'scheduled' })
    // Two blocks past the trigger complete it; then the file may be replaced.
    await people.actor.mine(2)
    await watching.told('upgrade_completed', early)
    await watching.told('upgrade_triggered', late)

    expect(place.file()).toStrictEqual({ name: 'v3', height: height + 1 })
  })

  it('is not written again if it already holds the plan', async ({ chain, place }) => {
    const people = await chain.deploy()
    const config = (pollInterval: string) => ({
      chains: [chainOf(chain.url, people.governor, { monitor: { pollInterval }, upgradeInfo: { home: place.home } })],
    })
    await using first = watch(config('50ms'))
    await using second = watch(config('1h'))
    await first.settle()
    await second.settle()
    const height = await chain.heightIn(60)
    const id = await pass(people, upgradeDraft(people, { name: 'v2', height }))
    await first.told('upgrade_scheduled', id)
    await second.settle()
    await chain.mineTo(height)
    await first.told('upgrade_triggered', id)
    const stats = () => statSync(join(place.home, 'data', 'upgrade-info.json'), { bigint: true })
    const { ino, mtimeNs } = stats()
    await second.settle()
    await second.told('upgrade_triggered', id)

    expect(stats()).toMatchObject({ ino, mtimeNs })
  })
})
