import { type ChainClient, chainClient } from '../../src/localChain/chainClient.js'
import { type Deployment, deployGovernor, type GovernorOptions } from '../../src/localChain/deployGovernor.js'
import { type GovernorActor, governorActor } from '../../src/localChain/governorActor.js'
import { type Anvil, startAnvil } from '../../src/localChain/startAnvil.js'

/** A real local chain for one test file. `await chain.stop()` in afterAll. */
export interface Chain extends Anvil {
  readonly client: ChainClient
  /**
   * Deploys a governor and returns it and its accounts. Voting takes 10 blocks after 1 of
   * delay; 3 of 5 voters are a quorum.
   */
  readonly deploy: (options?: Partial<GovernorOptions>) => Promise<Deployment & { readonly actor: GovernorActor }>
  /** The number of the block that many after the newest. */
  readonly heightIn: (blocks: number) => Promise<number>
  /** Mines until the block of this number exists. */
  readonly mineTo: (height: number) => Promise<void>
  /** Removes the last blocks without a replacement. */
  readonly rollback: (depth: number) => Promise<void>
  /** Replaces the last `depth` blocks by as many empty ones. */
  readonly reorg: (depth: number) => Promise<void>
}

/** Starts a node; `args` are flags of anvil. */
export async function startChain(...args: readonly string[]): Promise<Chain> {
  const anvil = await startAnvil({ args })
  const client = chainClient(anvil.url)
  const heightIn = async (blocks: number): Promise<number> => Number(await client.getBlockNumber()) + blocks
  return {
    ...anvil,
    client,
    heightIn,
    mineTo: async (height) => client.mine({ blocks: Math.max(0, height - (await heightIn(0))) }),
    async deploy(options) {
      const deployment = await deployGovernor(client, { votingDelay: 1, votingPeriod: 10, quorum: 300n, ...options })
      return { ...deployment, actor: governorActor(client, deployment) }
    },
    async rollback(depth) {
      await client.request<{ Method: 'anvil_rollback'; Parameters: [number]; ReturnType: null }>({
        method: 'anvil_rollback',
        params: [depth],
      })
    },
    async reorg(depth) {
      await client.request<{ Method: 'anvil_reorg'; Parameters: [number, []]; ReturnType: null }>({
        method: 'anvil_reorg',
        params: [depth, []],
      })
    },
  }
}
