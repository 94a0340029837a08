import { type Address, encodeFunctionData, type Hex, keccak256, parseEventLogs, stringToHex, zeroAddress } from 'viem'
import type { ChainClient } from './chainClient.js'
import type { Deployment } from './deployGovernor.js'
import { bravoGovernorAbi, governorAbi, ozGovernorAbi } from './governorAbi.js'
import { type GovernorClock, governorClock } from './governorClock.js'
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

/** A vote as the chain encodes it: 0 against, 1 for, 2 abstain. */
export type Support = 0 | 1 | 2

export interface ProposalDraft {
  readonly description: string
  /** @defaultValue the zero address once, which is a call without effect */
  readonly targets?: readonly Address[]
  /** @defaultValue no value */
  readonly values?: readonly bigint[]
  /** @defaultValue empty calldata */
  readonly calldatas?: readonly Hex[]
  /** Only for '4-bravo' and 'bravo': calldata with a signature has no selector. */
  readonly signatures?: readonly string[]
  /** Index of the voter that proposes. Compound allows one open proposal per proposer. @defaultValue 0 */
  readonly proposer?: number
}

/**
 * Proposers, voters and the clock of a local chain. Every call resolves once it is mined, and rejects if it reverts.
 */
export interface GovernorActor extends GovernorClock {
  propose(draft: ProposalDraft): Promise<bigint>
  vote(id: bigint, support: Support, voter: number, reason?: string): Promise<void>
  queue(id: bigint): Promise<void>
  execute(id: bigint): Promise<void>
  /** Cancels a proposal, as its proposer. */
  cancel(id: bigint): Promise<void>
  state(id: bigint): Promise<GovernorState>
}

/** The content of a proposal. Later calls identify the proposal by it. */
interface Content {
  readonly targets: readonly Address[]
  readonly values: readonly bigint[]
  readonly calldatas: readonly Hex[]
  readonly description: string
  readonly from: Address
}

/** Creates the proposers and voters of one deployment. */
export function governorActor(client: ChainClient, deployment: Deployment): GovernorActor {
  const { governor, version } = deployment
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
  const act = async (id: bigint, deed: 'queue' | 'execute' | 'cancel', value = 0n): Promise<void> => {
    const content = contentOf(id)
    await send(deedCall(version, deed, id, content), content.from, value)
  }

  return {
    async propose(draft) {
      const content = contentFrom(draft, voterAt(draft.proposer ?? 0))
      const { logs } = await send(proposeCall(version, content, draft.signatures), content.from)
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
    execute: (id) => {
      const value = contentOf(id).values.reduce((sum, each) => sum + each, 0n)
      return act(id, 'execute', value)
    },
    cancel: (id) => act(id, 'cancel'),
    async state(id) {
      const state =
        governorStates[
          await client.readContract({ address: governor, abi: governorAbi, functionName: 'state', args: [id] })
        ]
      if (state === undefined) throw new Error(`Proposal ${id.toString()} is in a state nobody knows.`)
      return state
    },
    ...governorClock(client, deployment),
  }
}

function contentFrom(
  { description, targets = [zeroAddress], values, calldatas }: ProposalDraft,
  from: Address,
): Content {
  return {
    targets,
    description,
    from,
    values: values ?? targets.map(() => 0n),
    calldatas: calldatas ?? targets.map((): Hex => '0x'),
  }
}

function proposeCall(
  version: Deployment['version'],
  { targets, values, calldatas, description }: Content,
  signatures: ProposalDraft['signatures'],
): Hex {
  const functionName = 'propose'
  if (version === '5')
    return encodeFunctionData({ abi: ozGovernorAbi, functionName, args: [targets, values, calldatas, description] })
  const args = [targets, values, signatures ?? targets.map(() => ''), calldatas, description] as const
  return encodeFunctionData({ abi: bravoGovernorAbi, functionName, args })
}

function deedCall(
  version: Deployment['version'],
  functionName: 'queue' | 'execute' | 'cancel',
  id: bigint,
  { targets, values, calldatas, description }: Content,
): Hex {
  const args = [targets, values, calldatas, keccak256(stringToHex(description))] as const
  return version === '5'
    ? encodeFunctionData({ abi: ozGovernorAbi, functionName, args })
    : encodeFunctionData({ abi: bravoGovernorAbi, functionName, args: [id] })
}
