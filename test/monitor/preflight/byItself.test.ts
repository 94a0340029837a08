import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect } from 'vitest'
import { createMonitor } from '../../../src/monitor.js'
import type { Chain } from '../../support/chain.js'
import { cliHere } from '../../support/cliHere.js'
import { onSharedChain as it } from '../../support/fixtures.js'
import { pass, type People, scheduleV2, upgradeDraft } from '../upgradeStory.js'
import { chainOf, watch } from '../watching.js'

function stage(home: string, directory: string): void {
  const path = join(home, 'wemixvisor', directory, 'bin/noded')
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, '#!/bin/sh\nexit 0\n')
  chmodSync(path, 0o755)
}

/** Contracts on a chain whose pace is known and less than a few seconds, so that 500 blocks are less than an hour. */
async function deploy(chain: Chain): Promise<People> {
  const people = await chain.deploy()
  await chain.client.mine({ blocks: 2, interval: 1 })
  return people
}

const preflights = ['preflight_failed', 'preflight_passed']

describe('the preflight before an upgrade height', () => {
  it('runs automatically, is notified once, and is shown by status', async ({ chain, place }) => {
    const people = await deploy(chain)
    stage(place.home, 'genesis')
    const config = {
      state: place.state,
      chains: [chainOf(chain.url, people.governor, { upgradeInfo: { home: place.home } })],
    }
    const first = watch(config)
    const { id } = await scheduleV2(first, people, chain, 500)
    const { title, message, data } = await first.told('preflight_failed', id)
    await people.actor.mine(1)
    await first.settle()
    await first.stop()

    expect(title).toMatch(/^Upgrade v2 at height [\d,]+ is not ready$/)
    expect(message).toContain(
      `local: the new binary is not staged: ${place.home}/wemixvisor/upgrades/v2 does not exist.`,
    )
    expect(data).toMatchObject({ name: 'v2', verdict: 'not_ready', lead: '1h' })
    expect(first.events(id).filter((event) => preflights.includes(event))).toStrictEqual(['preflight_failed'])

    await using again = watch(config)
    await people.actor.mine(1)
    await again.settle()
    await again.settle()
    expect(again.events().filter((event) => preflights.includes(event))).toStrictEqual([])

    const { out } = await cliHere(['status', '--state', place.state, '--json'], place.home)
    expect(JSON.parse(out)).toMatchObject([{ nextUpgrade: { name: 'v2', preflight: { verdict: 'not_ready' } } }])
    expect((await cliHere(['status', '--state', place.state], place.home)).out).toMatch(
      /^local: upgrade v2 is not ready, looked at .*: The new binary is not staged/m,
    )
    expect((await cliHere(['audit', '--state', place.state], place.home)).out).toContain('needs: not ready')
  })

  it('due before a crash runs afterwards', async ({ chain, place }) => {
    const people = await deploy(chain)
    stage(place.home, 'genesis')
    stage(place.home, 'upgrades/v2')
    const config = {
      state: place.state,
      notifier: { handlers: [] },
      chains: [chainOf(chain.url, people.governor, { upgradeInfo: { home: place.home } })],
    }
    // A monitor with subscriptions only runs no preflight.
    const listening = createMonitor(config)
    const seen = listening.upgrades$.subscribe()
    const owed = new Promise((resolve) => {
      seen.add(
        listening.upgrades$.subscribe(({ upgrades }) => {
          if (upgrades.some(({ preflight }) => preflight?.owed === '1h')) resolve(undefined)
        }),
      )
    })
    const height = await chain.heightIn(500)
    const id = await pass(people, upgradeDraft(people, { name: 'v2', height }))
    await owed
    seen.unsubscribe()

    await using watching = watch(config)
    await watching.told('preflight_passed', id)
    expect(
      (await watching.upgrade(id, ({ preflight }) => preflight?.verdict === 'ready')).preflight,
    ).not.toHaveProperty('owed')
  })

  it('does not run if the home has no process manager', async ({ chain, place }) => {
    const people = await deploy(chain)
    await using watching = watch({
      chains: [chainOf(chain.url, people.governor, { upgradeInfo: { home: place.home } })],
    })
    const { id } = await scheduleV2(watching, people, chain, 500)
    await watching.upgrade(id, ({ preflight }) => preflight?.owed === '1h')
    await people.actor.mine(1)
    await watching.settle()
    expect(watching.events(id).filter((event) => preflights.includes(event))).toStrictEqual([])
  })
})
