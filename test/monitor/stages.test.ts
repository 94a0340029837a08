import { concatMap, EMPTY, filter, map, of, pipe, throwError } from 'rxjs'
import { describe, expect } from 'vitest'
import { StageError } from '../../src/domain/errors.js'
import { createMonitor } from '../../src/monitor.js'
import type { MonitorDeps, SyncResult } from '../../src/monitor/Monitor.js'
import type { Draft } from '../../src/streams/draft.js'
import { pipeStages } from '../../src/streams/pipeStages.js'
import type { Chain } from '../support/chain.js'
import { onSharedChain as it } from '../support/fixtures.js'
import { pass, upgradeDraft } from './upgradeStory.js'
import { chainOf, soon, watch } from './watching.js'

const monitorOf = (chain: Chain, governor: string, stages: MonitorDeps['stages'] = pipeStages) =>
  createMonitor({ state: ':memory:', notifier: { handlers: [] }, chains: [chainOf(chain.url, governor)] }, { stages })

describe('a reading that the stages filter out', () => {
  it('is read again: its content is not lost', async ({ chain }) => {
    const people = await chain.deploy()
    await pass(people, upgradeDraft(people, { name: 'v2', height: 900_000 }))
    // Out of reach of a reorg: no later reading would ask for it.
    await people.actor.mine(600)
    let readings = 0
    const monitor = monitorOf(chain, people.governor, (own) =>
      pipe(
        filter(() => (readings += 1) > 2),
        pipeStages(own),
      ),
    )
    const listening = monitor.heads$.subscribe()
    const results: SyncResult[] = []
    while (readings < 3) results.push(...(await monitor.sync()))
    // A sync whose reading is not committed has failed.
    const [kept] = results
    expect(kept?.ok === false && kept.failure).toStrictEqual({
      kind: 'transient',
      message:
        'The stages dropped what was read of local: none of it is committed. It is read again with the next poll.',
    })
    expect(results.at(-1)).toMatchObject({ ok: true })
    listening.unsubscribe()
    const { upgrades } = await soon(monitor.upgrades$.pipe(filter(({ upgrades: all }) => all.length > 0)), 'an upgrade')

    expect(upgrades).toMatchObject([{ name: 'v2', status: 'scheduled' }])
  })
})

describe('an answer of the writer that the stages filter out', () => {
  it('does not affect the file, and the write is retried until its answer is committed', async ({ chain, place }) => {
    const people = await chain.deploy()
    const height = Number(await chain.client.getBlockNumber()) + 60
    let kept = 0
    await using watching = watch(
      { chains: [chainOf(chain.url, people.governor, { upgradeInfo: { home: place.home } })] },
      {
        stages: (own) =>
          pipe(
            filter(({ event }) => event.type !== 'wrote' || (kept += 1) > 2),
            pipeStages(own),
          ),
      },
    )
    const id = await pass(people, upgradeDraft(people, { name: 'v2', height }))
    await watching.told('upgrade_scheduled', id)
    await people.actor.mine(height - Number(await chain.client.getBlockNumber()))
    await watching.told('upgrade_triggered', id)

    expect(kept).toBe(3)
    expect(place.file()).toStrictEqual({ name: 'v2', height })
  })
})

describe('stages that violate their contract', () => {
  const first: Draft[] = []
  const broken: Readonly<Record<string, NonNullable<MonitorDeps['stages']>>> = {
    'a draft of an earlier event': (own) =>
      pipe(
        pipeStages(own),
        map((draft) => {
          first.push(draft)
          return first[0]!
        }),
      ),
    'two drafts': (own) =>
      pipe(
        pipeStages(own),
        concatMap((draft) => of(draft, draft)),
      ),
    'a draft of another chain': (own) =>
      pipe(
        pipeStages(own),
        map((draft) => ({ ...draft, state: { ...draft.state, chain: 'other' } })),
      ),
  }
  it.for(Object.entries(broken))('end everything with a StageError: %s', async ([, stages], { chain }) => {
    const { governor } = await chain.deploy()
    const monitor = monitorOf(chain, governor, stages)
    const listening = new Promise((_resolve, reject) => {
      monitor.heads$.subscribe({ error: reject })
    })
    const syncs = monitor.sync().then(() => monitor.sync())

    await expect(syncs).rejects.toThrow(StageError)
    await expect(listening).rejects.toThrow(StageError)
  })

  it('end everything with their own error if they throw', async ({ chain }) => {
    const { governor } = await chain.deploy()
    const thrown = new RangeError('broken')

    await expect(monitorOf(chain, governor, () => concatMap(() => throwError(() => thrown))).sync()).rejects.toThrow(
      thrown,
    )
    await expect(
      monitorOf(chain, governor, () => {
        throw thrown
      }).sync(),
    ).rejects.toThrow(thrown)
    expect(await monitorOf(chain, governor, () => concatMap(() => EMPTY)).sync()).toMatchObject([{ ok: false }])
  })
})
