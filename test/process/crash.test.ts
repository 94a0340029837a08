import { beforeAll, describe, expect } from 'vitest'
import { cliHere } from '../support/cliHere.js'
import { seeded } from '../support/seeded.js'
import { carry, eventsToSchedule, type People, upgradeDraft } from '../monitor/upgradeStory.js'
import { chainOf, watch, type Watching } from '../monitor/watching.js'
import { buildWhereStale } from './buildWhereStale.js'
import { openOffice, type Office } from './office.js'
import type { HoldingServer } from './holdingServer.js'
import type { Chain } from '../support/chain.js'
import type { CountingProxy } from '../support/servers/countingProxy.js'
import { ask, start } from './program.js'
import { onProgram as it } from './onProgram.js'

beforeAll(() => buildWhereStale(), 180_000)

// The program starts nine times or more in a row; on a busy machine a start takes six seconds.
const aWholeStoryMs = 180_000

/** A program that is started and killed repeatedly, at points that are the same in every run. */
function killing(office: Office, proxy: CountingProxy, undisturbed: Watching, webhook: HoldingServer) {
  const random = seeded(20_261_122)
  let kills = 0
  const isBehind = (): boolean => undisturbed.notifications().some(({ id }) => !webhook.taken.all.includes(id))
  return {
    kills: () => kills,
    /** Until it has delivered what the undisturbed monitor announced. */
    catchUp: async (): Promise<void> => {
      await undisturbed.settle()
      await undisturbed.settle()
      do {
        proxy.reset()
        const program = start(['run', '--config', office.config])
        await proxy.waitFor(2 + Math.floor(random() * 6))
        program.signal('SIGKILL')
        await program.ended
        kills += 1
      } while (isBehind())
    },
  }
}

/** An upgrade from its proposal to the blocks after its height; `afterEach` runs after each event. */
async function story(
  people: People,
  chain: Chain,
  afterEach: () => Promise<void>,
): Promise<{ readonly id: bigint; readonly height: number }> {
  const { actor } = people
  await afterEach()
  const height = await chain.heightIn(60)
  const id = await actor.propose(upgradeDraft(people, { name: 'v2', height }))
  await actor.propose({ description: 'Never voted on', proposer: 1 })
  await afterEach()
  const steps = [
    () => actor.toVotingStart(id),
    () => carry(actor, id),
    () => actor.execute(id),
    () => chain.mineTo(height),
    () => actor.mine(3),
  ]
  for (const step of steps) {
    await step()
    await afterEach()
  }
  return { id, height }
}

/** Runs it until it has polled, and stops it. */
async function runOnce(office: Office): Promise<unknown> {
  const program = start(['run', '--config', office.config])
  await program.says('govstream starts')
  expect(await ask('sync', '--config', office.config)).toMatchObject([{ ok: true }])
  program.signal('SIGTERM')
  return program.ended
}

describe('kill -9', () => {
  it('between commit and delivery: after the restart each notification is delivered, and announced only once', async ({
    chain,
    webhook,
  }) => {
    const people = await chain.deploy()
    using office = openOffice({ rpc: chain.url, governor: people.governor, webhook: webhook.url })
    webhook.hold()
    const first = start(['run', '--config', office.config])
    await first.says('govstream starts')
    const ids = [
      await people.actor.propose({ description: 'One' }),
      await people.actor.propose({ description: 'Two', proposer: 1 }),
    ]
    await webhook.came.waitFor(1)
    // Committed, and being delivered.
    expect(await ask('notifications', '--config', office.config)).toContainEqual(
      expect.objectContaining({ event: 'new_proposal' }),
    )
    first.signal('SIGKILL')
    expect(await first.ended).toMatchObject({ code: null })
    webhook.release()
    expect(webhook.taken.all).toStrictEqual([])

    const second = start(['run', '--config', office.config])
    await webhook.taken.waitFor(2)
    expect(await ask('sync', '--config', office.config)).toMatchObject([{ ok: true }])
    second.signal('SIGTERM')
    expect(await second.ended).toMatchObject({ code: 0 })

    expect(webhook.taken.all).toHaveLength(2)
    expect(
      new Set(webhook.taken.all.map((id) => ids.findIndex((proposal) => id.includes(proposal.toString())))),
    ).toStrictEqual(new Set([0, 1]))
    expect(await ask('notifications', '--config', office.config)).toHaveLength(2)
  })

  it(
    'at any moment of an upgrade: delivers the same as an undisturbed monitor, and writes the same file',
    async ({ chain, webhook, place, proxy }) => {
      const people = await chain.deploy({ votingPeriod: 20 })
      using office = openOffice({ rpc: proxy.url, governor: people.governor, webhook: webhook.url })
      await using undisturbed = watch({
        chains: [
          chainOf(chain.url, people.governor, { monitor: { pollInterval: '1h' }, upgradeInfo: { home: place.home } }),
        ],
      })
      const { catchUp, kills } = killing(office, proxy, undisturbed, webhook)

      const { id, height } = await story(people, chain, catchUp)
      expect(await runOnce(office)).toMatchObject({ code: 0 })

      expect(kills()).toBeGreaterThanOrEqual(7)
      expect(undisturbed.events(id)).toStrictEqual([
        ...eventsToSchedule,
        'proposal_executed',
        'upgrade_triggered',
        'upgrade_completed',
      ])
      expect(new Set(webhook.taken.all)).toStrictEqual(new Set(undisturbed.notifications().map(({ id: told }) => told)))
      // Moved aside once it is completed: wemixvisor would apply it again.
      const moved = `upgrade-info.${height}.json`
      expect(office.file(moved)).toStrictEqual({ name: 'v2', height })
      expect(place.file(moved)).toStrictEqual({ name: 'v2', height })
      expect(place.file()).toBeUndefined()
      const { out } = await cliHere(['upgrades', '--config', office.config, '--json'], office.path)
      expect(JSON.parse(out)).toMatchObject([{ name: 'v2', height, status: 'completed' }])
    },
    aWholeStoryMs,
  )
})
