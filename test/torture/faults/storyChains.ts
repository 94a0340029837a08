import type { ConfigInput } from '../../../src/config/schema.js'
import { upgradeDraft } from '../../monitor/upgradeStory.js'
import { startChain } from '../../support/chain.js'
import { upgradeMessage } from '../../support/servers/cosmos/messages.js'
import { timeAt } from '../../support/servers/cosmos/cometRoutes.js'
import { startCosmosServer } from '../../support/servers/cosmosServer.js'
import { startWemixvisorServer, timeOfBlock } from '../../support/servers/wemixvisorServer.js'
import { tellStory } from '../story.js'

type ChainInput = ConfigInput['chains'][number]

/** A chain on which upgrades are proposed, voted on and reached, and a node of another chain. */
export interface StoryChain {
  readonly url: string
  readonly stranger: string
  /** Its configuration, with this address. */
  readonly configured: (url: string) => Pick<ChainInput, 'name' | 'governance' | 'rpc' | 'scheduler'>
  /** Performs the next step. */
  readonly step: () => Promise<unknown>
  readonly height: () => Promise<number>
  /** The time of its newest block, Unix milliseconds. */
  readonly time: () => Promise<number>
  /** Mines an empty block, for a monitor that reads with the next block what an answer left out. */
  readonly quietBlock?: () => Promise<unknown>
  readonly stop: () => Promise<unknown>
}

/** Starts a story; the same random numbers give the same story. */
export type StartStory = (random: () => number) => Promise<StoryChain>

const startWemixvisorStory: StartStory = async (random) => {
  const [server, other] = await Promise.all([startWemixvisorServer(), startWemixvisorServer(5_000)])
  server.behave({ status: { node_info: { network: 'here' } } })
  other.behave({ status: { node_info: { network: 'elsewhere' } } })
  const story = tellStory(server, random)
  return {
    url: server.url,
    stranger: other.url,
    configured: (url) => ({ name: 'wemixvisor', governance: { system: 'wemixvisor-rpc' }, rpc: { urls: [url] } }),
    step: () => {
      story.step()
      return Promise.resolve()
    },
    height: () => Promise.resolve(server.height()),
    time: () => Promise.resolve(Date.parse(timeOfBlock(server.height()))),
    stop: () => Promise.all([server.stop(), other.stop()]),
  }
}

/** The steps after the proposal: votes, the end of the vote, the block of the plan, blocks after it. */
async function* governorStory(
  random: () => number,
  chain: Awaited<ReturnType<typeof startChain>>,
  people: Awaited<ReturnType<typeof chain.deploy>>,
): AsyncGenerator<undefined, never> {
  const { actor } = people
  for (let count = 1; ; count += 1) {
    const height = await chain.heightIn(80 + Math.floor(random() * 20))
    const isWanted = random() < 0.8
    const id = await actor.propose(upgradeDraft(people, { name: `v${count}`, height }))
    yield
    await actor.toVotingStart(id)
    yield
    for (const voter of [0, 1, 2]) {
      await actor.vote(id, isWanted ? 1 : 0, voter)
      yield
    }
    await actor.pastDeadline(id)
    yield
    await chain.mineTo(height)
    yield
    await actor.mine(5)
    yield
  }
}

const startGovernorStory: StartStory = async (random) => {
  const [chain, other] = await Promise.all([startChain(), startChain('--chain-id', '4242')])
  await other.client.mine({ blocks: 500 })
  const fromBlock = await chain.client.getBlockNumber()
  const people = await chain.deploy({ votingDelay: 8, votingPeriod: 30 })
  const story = governorStory(random, chain, people)
  return {
    url: chain.url,
    stranger: other.url,
    configured: (url) => ({
      name: 'governor',
      governance: { system: 'governor', address: people.governor, fromBlock },
      rpc: { urls: [url], chainId: 31_337 },
    }),
    step: () => story.next(),
    height: () => chain.heightIn(0),
    quietBlock: () => people.actor.mine(1),
    time: async () => Number((await chain.client.getBlock()).timestamp) * 1_000,
    stop: () => Promise.all([chain.stop(), other.stop()]),
  }
}

/** @param hidesHeight - Its answers do not contain the height of their block. */
const startCosmosStory = async (random: () => number, hidesHeight = false): Promise<StoryChain> => {
  const [server, other] = await Promise.all([startCosmosServer(), startCosmosServer()])
  server.behave({ hidesHeight })
  other.behave({ network: 'elsewhere-1' })
  other.mine(5_000)
  const halt = { isReached: false }
  const story = cosmosStory(server, halt, random)
  return {
    url: server.url,
    stranger: other.url,
    configured: (url) => ({
      name: 'cosmos',
      governance: { system: 'cosmos', rest: [url] },
      rpc: { urls: [url] },
      // The last block while the plan is still scheduled.
      scheduler: { leadBlocks: 1 },
    }),
    step: () => Promise.resolve(story.next()),
    height: () => Promise.resolve(server.height()),
    time: () => Promise.resolve(Date.parse(timeAt(server.height(), 0))),
    quietBlock: () => {
      if (!halt.isReached) server.mine(1)
      return Promise.resolve()
    },
    stop: () => Promise.all([server.stop(), other.stop()]),
  }
}

/** @param halt - Whether the chain stops at the block before the height of a plan. */
function* cosmosStory(
  server: Awaited<ReturnType<typeof startCosmosServer>>,
  halt: { isReached: boolean },
  random: () => number,
): Generator<undefined, never> {
  for (let id = 1; ; id += 1) {
    const [name, height] = [`v${id}`, server.height() + 40 + Math.floor(random() * 20)]
    server.put(id, { messages: [upgradeMessage(name, height)] })
    server.mine(1)
    yield
    server.put(id, { votes: ['5000000000000', '0', '0', '0'] })
    server.mine(1)
    yield
    if (random() < 0.8) {
      server.put(id, { status: 'PASSED', finalVotes: ['5000000000000', '0', '0', '0'] })
      server.schedule({ name, height: String(height), info: '' })
      server.mine(1)
      yield
      // Nodes stop before the height; a block at the height exists only once the plan is applied in it.
      server.mine(height - 1 - server.height())
      halt.isReached = true
      yield
      halt.isReached = false
      server.mine(1)
      server.apply(name)
      yield
    } else server.put(id, { status: 'REJECTED' })
    server.mine(3)
    yield
  }
}

/** One per kind of node: batched JSON-RPC through viem, JSON-RPC of our own, REST. */
export const storyChains = {
  governor: startGovernorStory,
  'wemixvisor-rpc': startWemixvisorStory,
  cosmos: startCosmosStory,
  'cosmos without heights': (random) => startCosmosStory(random, true),
} satisfies Readonly<Record<string, StartStory>>
