import { readdirSync } from 'node:fs'
import { asyncScheduler, type SchedulerLike } from 'rxjs'
import { expect, it as plain } from 'vitest'
import * as z from 'zod'
import { governorActor } from '../../src/localChain/governorActor.js'
import { migrations } from '../../src/store/file/migrations.js'
import { openStore } from '../../src/store/openStore.js'
import { startChain } from '../support/chain.js'
import { aPlace, untilDone } from '../support/fixtures.js'
import { deployment, open, recordedAt, unpackChain, unpackState } from '../support/formerStates/story.js'
import { startWebhookServer } from '../support/servers/webhookServer.js'
import { chainOf, watch } from './watching.js'

const it = plain.extend('place', aPlace).extend('webhook', ({}, cleaning) => untilDone(startWebhookServer(), cleaning))

const recorded = readdirSync(new URL('../support/formerStates/', import.meta.url))
const versions = recorded.flatMap((name) => /^v(\d+)\.db\.gz$/.exec(name)?.[1] ?? []).map(Number)
const never = [4, 18]

it('a recorded state exists for each former schema version that main ever had', () => {
  const former = migrations.map((_, step) => step + 1).slice(0, -1)
  expect(versions).toStrictEqual(expect.arrayContaining(former.filter((version) => !never.includes(version))))
})

it.for(versions)(
  'a state of schema version %i is resumed: nothing is announced twice, and what waited is delivered once',
  async (version, { place, webhook, onTestFinished }) => {
    const soonAfter = String(Math.ceil(recordedAt / 1_000))
    const chain = await startChain('--load-state', unpackChain(2, place.home), '--timestamp', soonAfter)
    onTestFinished(() => chain.stop())
    const store = openStore({ path: unpackState(version, place.state) })
    onTestFinished(() => store.close())
    const state = store.load('local')
    expect([...(state?.proposals.values() ?? [])].map(({ title, status }) => `${title}: ${status}`)).toStrictEqual([
      'Lower the fee: rejected',
      'Upgrade to v2: passed',
      'A text that is open: rejected',
      'Upgrade to v3: passed',
      'One that is open: voting',
    ])
    const waiting = store.notifications({}).map(({ id }) => id)
    expect(waiting).toHaveLength(14)

    const { governor } = deployment
    await using watching = watch(
      {
        state: place.state,
        chains: [chainOf(chain.url, governor, { upgradeInfo: { home: place.home, afterCompletion: 'keep' } })],
        notifier: { reminders: [], handlers: [{ type: 'webhook', url: webhook.url }] },
      },
      { scheduler: goingOnFrom(state?.lastGoodAt ?? 0) },
    )
    await watching.settle()
    expect(watching.events()).toStrictEqual([])

    const actor = governorActor(chain.client, deployment)
    await actor.vote(open, 1, 1)
    await actor.vote(open, 1, 2)
    await actor.pastDeadline(open)
    await watching.settle()
    await chain.mineTo(400)
    await watching.settle()
    await chain.mineTo(403)
    await watching.settle()
    expect(watching.events()).toStrictEqual([
      'quorum_reached',
      'voting_ended',
      'proposal_passed',
      'upgrade_triggered',
      'upgrade_completed',
    ])
    expect(place.file()).toStrictEqual({ name: 'v2', height: 400 })

    await expect.poll(() => store.stats().pending).toBe(0)
    const delivered = webhook.requests.map(({ body }) => z.object({ id: z.string() }).parse(JSON.parse(body)).id)
    expect(delivered.toSorted()).toStrictEqual([...waiting, ...watching.notifications().map(({ id }) => id)].toSorted())
  },
)

/** The clock of the host, set back to right after this moment (Unix milliseconds). */
function goingOnFrom(moment: number): SchedulerLike {
  const shift = Date.now() - moment - 1_000
  return {
    now: () => asyncScheduler.now() - shift,
    schedule: asyncScheduler.schedule.bind(asyncScheduler),
  }
}
