import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { parseConfig } from '../../src/config/parseConfig.js'
import { openStore } from '../../src/store/openStore.js'
import { minimal } from '../support/configs.js'
import { announcement, holding, proposal, queueing, state, turn, upgrade } from '../support/storeGiven.js'
import { serving } from './serving.js'

const lists = z.record(z.string(), z.unknown())
const failed = z.object({ notification: z.object({ id: z.string() }), nextTryAt: z.nullable(z.string()) })

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

  it('has the newest proposals of every chain, however many one of them has', async () => {
    const store = openStore({ path: ':memory:' })
    onTestFinished(() => store.close())
    const tally = { yes: 1n, no: 0n, abstain: 0n, unit: 'votes', turnout: 0.5 }
    const commit = (chain: string, open: number, over: number) => {
      const proposals = [
        ...numbers(0, open).map((id) => proposal(id, { chain })),
        ...numbers(1_000, 1_000 + over).map((id) => {
          const block = BigInt(id)
          const origin = { block, hash: '0x', index: 0 }
          return proposal(id, { chain, status: 'executed', origin, votingEndsAt: block, tally })
        }),
      ]
      store.commit(turn({ state: state({ chain, proposals: holding(...proposals) }) }, state({ chain })), () => [])
    }
    commit('local', 70, 300)
    commit('quiet', 3, 5)
    commit('other', 30, 300)
    const [local] = z.tuple([z.looseObject({})]).parse(minimal()['chains'])
    const config = parseConfig({ chains: ['local', 'quiet', 'other'].map((name) => ({ ...local, name })) })
    const { ask } = await serving({}, { store, config: () => config })
    const byChain = z.array(z.object({ chain: z.string(), status: z.optional(z.string()) }))
    const { proposals, participation } = z
      .object({ proposals: byChain, participation: byChain })
      .parse((await ask('/page.json')).json())
    const countsIn = (items: z.infer<typeof byChain>) =>
      ['local', 'quiet', 'other'].map((chain) => items.filter((one) => one.chain === chain).length)
    expect(countsIn(proposals.filter(({ status }) => status === 'voting'))).toStrictEqual([18, 3, 19])
    expect(countsIn(participation)).toStrictEqual([98, 5, 97])
    // Those that closed last.
    expect(countsIn(proposals.filter(({ status }) => status === 'executed'))).toStrictEqual([5, 0, 5])
  })

  it('has few of the upgrades that are finished, so that the votes are not far below', async () => {
    const store = openStore({ path: ':memory:' })
    onTestFinished(() => store.close())
    const completed = (id: string) => upgrade(id, { status: 'completed', completedAt: BigInt(id) })
    const upgrades = queueing(...numbers(100, 150).map(completed), ...numbers(0, 3).map((id) => upgrade(id)))
    store.commit(turn({ state: state({ upgrades }) }), () => [])
    expect(await countsOf(store)).toMatchObject({ upgrades: 18 })
  })

  it('has the newest failed deliveries, of those that wait and of those given up', async () => {
    const store = openStore({ path: ':memory:' })
    onTestFinished(() => store.close())
    store.commit(turn({ announcements: numbers(100, 200).map((id) => announcement(id)) }), () => ['hook'])
    for (const [index, item] of store.due(9_000, 100, 'hook').entries())
      if (index % 2 === 0) store.bury(item, 1_000_000 + index, { reason: '404' })
      else store.postpone(item, 2_000_000, { reason: '503' })
    const { ask } = await serving({}, { store })
    const { undelivered } = z.object({ undelivered: z.array(failed) }).parse((await ask('/page.json')).json())
    const idsOf = (waits: boolean): readonly string[] =>
      undelivered.filter(({ nextTryAt }) => (nextTryAt !== null) === waits).map(({ notification: { id } }) => id)
    const newest = (first: number): readonly string[] => numbers(0, 10).map((at) => String(first - 2 * Number(at)))
    expect({ waiting: idsOf(true), given: idsOf(false) }).toStrictEqual({ waiting: newest(199), given: newest(198) })
  })

  it('exists before anything was read', async () => {
    const store = openStore({ path: ':memory:' })
    onTestFinished(() => store.close())
    expect(await countsOf(store)).toMatchObject({ chains: 1, upgrades: 0, proposals: 0, inbox: 0 })
  })
})
