import type { ChainClient } from './chainClient.js'
import type { Deployment } from './deployGovernor.js'
import { bravoGovernorAbi, ozGovernorAbi } from './governorAbi.js'

/** Moves the clock of a local chain forward. */
export interface GovernorClock {
  /** Mines empty blocks, `intervalSeconds` apart. */
  mine(blocks: number, intervalSeconds?: number): Promise<void>
  /** Moves to the start of the vote. */
  toVotingStart(id: bigint): Promise<void>
  /** Moves past the end of the vote. */
  pastDeadline(id: bigint): Promise<void>
  /** Moves to the time from which a queued proposal may be executed. */
  pastEta(id: bigint): Promise<void>
}

/** Creates the clock of a local chain, which can move to the times of a proposal. */
export function governorClock(client: ChainClient, deployment: Deployment): GovernorClock {
  const times = (id: bigint): Promise<Times> => readTimes(client, deployment, id)
  const mineUntilTime = async (timestamp: bigint): Promise<void> => {
    const head = await client.getBlock()
    if (head.timestamp >= timestamp) return
    await client.setNextBlockTimestamp({ timestamp })
    await client.mine({ blocks: 1 })
  }
  const mineUntil = async (point: bigint): Promise<void> => {
    if (deployment.clock === 'timestamp') return mineUntilTime(point)
    const blocks = Number(point - (await client.getBlockNumber()))
    if (blocks > 0) await client.mine({ blocks })
  }

  return {
    mine: (blocks, interval) => client.mine({ blocks, ...(interval === undefined ? {} : { interval }) }),
    toVotingStart: async (id) => mineUntil((await times(id)).start + 1n),
    pastDeadline: async (id) => mineUntil((await times(id)).end + 1n),
    pastEta: async (id) => mineUntilTime((await times(id)).eta),
  }
}

/** Times of one proposal, in the unit of its governor's clock; `eta` is in seconds. */
interface Times {
  readonly start: bigint
  readonly end: bigint
  readonly eta: bigint
}

async function readTimes(client: ChainClient, { governor, version }: Deployment, id: bigint): Promise<Times> {
  if (version === 'bravo') {
    const read = { address: governor, abi: bravoGovernorAbi, functionName: 'proposals', args: [id] } as const
    const [, , eta, start, end] = await client.readContract(read)
    return { start, end, eta }
  }
  const read = (functionName: 'proposalSnapshot' | 'proposalDeadline' | 'proposalEta'): Promise<bigint> =>
    client.readContract({ address: governor, abi: ozGovernorAbi, functionName, args: [id] })
  const [start, end, eta] = await Promise.all([read('proposalSnapshot'), read('proposalDeadline'), read('proposalEta')])
  return { start, end, eta }
}
