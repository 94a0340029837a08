import { type Address, encodeFunctionData, type Hex, keccak256, parseEventLogs, stringToHex, zeroAddress } from 'viem'
import type { ChainClient } from './chainClient.js'
import type { Deployment } from './deployGovernor.js'
import { bravoGovernorAbi, governorAbi, ozGovernorAbi } from './governorAbi.js'
import { transact } from './transact.js'

const governorStates = [
  'Pending',
  'Active',
  'Canceled',
  'Defeated',
  'Succeeded',
  'Queued',
  'Expired',
  'Executed',
] as const
type GovernorState = (typeof governorStates)[number]

/** Support as the chain counts it: 0 against, 1 for, 2 abstain. */
export type Support = 0 | 1 | 2

export interface ProposalDraft {
  readonly description: string
  /** @defaultValue the zero address, once: a call without effect */
  readonly targets?: readonly Address[]
  /** @defaultValue no value */
  readonly values?: readonly bigint[]
  /** @defaultValue empty calldata */
  readonly calldatas?: readonly Hex[]
  /** The Bravo kinds only: with one, the calldata goes without its selector. */
  readonly signatures?: readonly string[]
  /** Index of the voter that proposes. Compound allows one live proposal each. @defaultValue 0 */
  readonly proposer?: number
}

/** Proposers, voters and the clock of a local chain. Every call is mined when it resolves, and rejects where it reverts. */
export interface GovernorActor {
  propose(draft: ProposalDraft): Promise<bigint>
  vote(id: bigint, support: Support, voter: number, reason?: string): Promise<void>
  queue(id: bigint): Promise<void>
  execute(id: bigint): Promise<void>
  /** By the one who proposed it. */
  cancel(id: bigint): Promise<void>
  state(id: bigint): Promise<GovernorState>
  /** Mines empty blocks, `intervalSeconds` apart. */
  mine(blocks: number, intervalSeconds?: number): Promise<void>
  /** Until voting is open. */
  toVotingStart(id: bigint): Promise<void>
  /** Until no vote counts any more. */
  pastDeadline(id: bigint): Promise<void>
  /** Until a queued proposal may be executed. */
  pastEta(id: bigint): Promise<void>
}

interface Content {
  readonly targets: readonly Address[]
  readonly values: readonly bigint[]
  readonly calldatas: readonly Hex[]
  readonly description: string
  readonly from: Address
}

/** The people of one deployment. */
export function governorActor(client: ChainClient, deployment: Deployment): GovernorActor {
  const { governor, version, clock } = deployment
  const contents = new Map<bigint, Content>()

  const voterAt = (index: number): Address => {
    const voter = deployment.voters[index]
    if (voter === undefined) throw new Error(`There is no voter ${index}: ${deployment.voters.length} were deployed.`)
    return voter
  }
  const contentOf = (id: bigint): Content => {
    const content = contents.get(id)
    if (content === undefined) throw new Error(`Proposal ${id.toString()} was not proposed here.`)
    return content
  }
  const send = (data: Hex, from = voterAt(0), value = 0n) => transact(client, { from, to: governor, data, value })

  const act = async (id: bigint, functionName: 'queue' | 'execute' | 'cancel', value = 0n): Promise<void> => {
    const { from, targets, values, calldatas, description } = contentOf(id)
    const args = [targets, values, calldatas, keccak256(stringToHex(description))] as const
    const data =
      version === '5'
        ? encodeFunctionData({ abi: ozGovernorAbi, functionName, args })
        : encodeFunctionData({ abi: bravoGovernorAbi, functionName, args: [id] })
    await send(data, from, value)
  }

  const readTimes = async (id: bigint): Promise<{ start: bigint; end: bigint; eta: bigint }> => {
    if (version === 'bravo') {
      const read = { address: governor, abi: bravoGovernorAbi, functionName: 'proposals', args: [id] } as const
      const [, , eta, start, end] = await client.readContract(read)
      return { start, end, eta }
    }
    const read = (functionName: 'proposalSnapshot' | 'proposalDeadline' | 'proposalEta'): Promise<bigint> =>
      client.readContract({ address: governor, abi: ozGovernorAbi, functionName, args: [id] })
    const [start, end, eta] = await Promise.all([
      read('proposalSnapshot'),
      read('proposalDeadline'),
      read('proposalEta'),
    ])
    return { start, end, eta }
  }

  const mineUntilTime = async (timestamp: bigint): Promise<void> => {
    const head = await client.getBlock()
    if (head.timestamp >= timestamp) return
    await client.setNextBlockTimestamp({ timestamp })
    await client.mine({ blocks: 1 })
  }
  const mineUntil = async (point: bigint): Promise<void> => {
    if (clock === 'timestamp') return mineUntilTime(point)
    const blocks = Number(point - (await client.getBlockNumber()))
    if (blocks > 0) await client.mine({ blocks })
  }

  return {
    async propose({ description, targets = [zeroAddress], values, calldatas, signatures, proposer = 0 }) {
      const from = voterAt(proposer)
      const content = {
        targets,
        description,
        from,
        values: values ?? targets.map(() => 0n),
        calldatas: calldatas ?? targets.map((): Hex => '0x'),
      }
      const data =
        version === '5'
          ? encodeFunctionData({
              abi: ozGovernorAbi,
              functionName: 'propose',
              args: [content.targets, content.values, content.calldatas, description],
            })
          : encodeFunctionData({
              abi: bravoGovernorAbi,
              functionName: 'propose',
              args: [
                content.targets,
                content.values,
                signatures ?? targets.map(() => ''),
                content.calldatas,
                description,
              ],
            })
      const { logs } = await send(data, from)
      const [created] = parseEventLogs({ abi: governorAbi, eventName: 'ProposalCreated', logs })
      if (created === undefined) throw new Error('The governor did not say that it created a proposal.')
      contents.set(created.args.proposalId, content)
      return created.args.proposalId
    },
    async vote(id, support, voter, reason) {
      const data =
        reason === undefined
          ? encodeFunctionData({ abi: governorAbi, functionName: 'castVote', args: [id, support] })
          : encodeFunctionData({ abi: governorAbi, functionName: 'castVoteWithReason', args: [id, support, reason] })
      await send(data, voterAt(voter))
    },
    queue: (id) => act(id, 'queue'),
    execute: (id) =>
      act(
        id,
        'execute',
        contentOf(id).values.reduce((sum, value) => sum + value, 0n),
      ),
    cancel: (id) => act(id, 'cancel'),
    async state(id) {
      const state =
        governorStates[
          await client.readContract({ address: governor, abi: governorAbi, functionName: 'state', args: [id] })
        ]
      if (state === undefined) throw new Error(`Proposal ${id.toString()} is in a state nobody knows.`)
      return state
    },
    mine: (blocks, interval) => client.mine({ blocks, ...(interval === undefined ? {} : { interval }) }),
    toVotingStart: async (id) => mineUntil((await readTimes(id)).start + 1n),
    pastDeadline: async (id) => mineUntil((await readTimes(id)).end + 1n),
    pastEta: async (id) => mineUntilTime((await readTimes(id)).eta),
  }
}
