import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { openStore } from '../../src/store/openStore.js'
import { announcement, holding, proposal, queueing, state, turn, upgrade } from '../support/storeGiven.js'
import { serving } from './serving.js'

const lists = z.record(z.string(), z.unknown())

/** How many of each the page of a store contains. */
async function countsOf(store: ReturnType<typeof openStore>): Promise<unknown> {
  const { ask } = await serving({}, { store })
  const content = lists.parse((await ask('/page.json')).json())
  return Object.fromEntries(
    Object.entries(content).flatMap(([name, items]) => (Array.isArray(items) ? [[name, items.length]] : [])),
  )
}

const numbers = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from }, (_, index) => String(from + index))

describe('the content of the page', () => {
  it('is limited, however much there is', async () => {
    const store = openStore({ path: ':memory:' })
    onTestFinished(() => store.close())
    const tally = { yes: 1n, no: 0n, abstain: 0n, unit: 'votes', turnout: 0.5 }
    const over = { status: 'executed', votingEndsAt: 1n, closedAt: { block: 1n, timestamp: 1n }, tally } as const
    const proposals = [
      ...numbers(0, 70).map((id) => proposal(id)),
      ...numbers(1_000, 1_300).map((id) => proposal(id, over)),
    ]
    const upgrades = numbers(0, 90).map((id) => upgrade(id, { height: 1_000 + Number(id) }))
    store.commit(
      turn({
        state: state({ proposals: holding(...proposals), upgrades: queueing(...upgrades) }),
        announcements: numbers(0, 100).map((id) => announcement(id)),
      }),
      () => ['webhook'],
    )
    expect(await countsOf(store)).toMatchObject({
      chains: 1,
      upgrades: 60,
      proposals: 50,
      participation: 200,
      inbox: 40,
      trail: 80,
    })
  })

  it('exists before anything was read', async () => {
    const store = openStore({ path: ':memory:' })
    onTestFinished(() => store.close())
    expect(await countsOf(store)).toMatchObject({ chains: 1, upgrades: 0, proposals: 0, inbox: 0 })
  })
})
