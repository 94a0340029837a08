import {
  type Abi,
  type Address,
  decodeEventLog,
  encodeAbiParameters,
  encodeFunctionData,
  getAddress,
  parseAbi,
  parseAbiParameters,
} from 'viem'
import { deploy } from '../../../../src/localChain/deploy.js'
import { readArtifact } from '../../../../src/localChain/readArtifact.js'
import { transact } from '../../../../src/localChain/transact.js'
import { readsLocal } from '../evm/readerGiven.js'
import { createReader } from '../../../../src/sources/createReader.js'
import type { GovBaseReaderOptions } from '../../../../src/sources/governance/govBase/context.js'
import type { GovernanceReader } from '../../../../src/sources/governance/GovernanceReader.js'
import type { Chain } from '../../../support/chain.js'
import { type Follower, followReader } from '../../../support/followReader.js'

/** Lifetime of a proposal in seconds. */
export const expiry = 1_000

const created = parseAbi([
  'event ProposalCreated(uint256 indexed proposalId, address indexed proposer, bytes32 actionType, uint256 memberVersion, uint256 requiredApprovals, bytes callData)',
])

export type GovBaseName = 'GovBaseValidator' | 'GovBaseCouncil' | 'GovBaseMinter' | 'GovBaseMasterMinter'

/** A contract of the family with its members, who act by their index. */
export interface GovBase {
  readonly address: Address
  readonly members: readonly Address[]
  /** Somebody who is not a member. */
  readonly stranger: Address
  /** Calls a function as a member. */
  readonly act: (member: number, functionName: string, ...args: readonly unknown[]) => Promise<void>
  /** Like `act`, and returns the id of the new proposal. */
  readonly propose: (member: number, functionName: string, ...args: readonly unknown[]) => Promise<bigint>
  readonly approve: (member: number, id: bigint) => Promise<void>
  readonly reject: (member: number, id: bigint) => Promise<void>
}

/** Deploys a contract; the first accounts of the node are its members. 3 of 5 by default. */
export async function deployGovBase(
  { client }: Chain,
  name: GovBaseName,
  {
    size = 5,
    quorum = 3,
    lifetime = expiry,
  }: { readonly size?: number; readonly quorum?: number; readonly lifetime?: number } = {},
): Promise<GovBase> {
  const accounts = await client.request({ method: 'eth_accounts' })
  const members = accounts.slice(0, size)
  const stranger = accounts.at(-1)!
  const { abi }: { readonly abi: Abi } = await readArtifact(name)
  const address = await deploy(
    client,
    stranger,
    name,
    encodeAbiParameters(parseAbiParameters('address[], uint32, uint256'), [members, quorum, BigInt(lifetime)]),
  )
  const call = (member: number, functionName: string, args: readonly unknown[]) =>
    transact(client, { from: accounts[member]!, to: address, data: encodeFunctionData({ abi, functionName, args }) })
  return {
    address,
    members: members.map((member) => getAddress(member)),
    stranger: getAddress(stranger),
    async act(member, functionName, ...args) {
      await call(member, functionName, args)
    },
    async propose(member, functionName, ...args) {
      const { logs } = await call(member, functionName, args)
      for (const { topics, data } of logs) {
        try {
          return decodeEventLog({ abi: created, topics, data }).args.proposalId
        } catch {
          continue
        }
      }
      throw new Error(`${functionName} made no proposal.`)
    },
    async approve(member, id) {
      await call(member, 'approveProposal', [id])
    },
    async reject(member, id) {
      await call(member, 'disapproveProposal', [id])
    },
  }
}

/** Lets chain time pass, with a block at its end. */
export async function pass({ client }: Chain, seconds: number): Promise<void> {
  await client.increaseTime({ seconds })
  await client.mine({ blocks: 1 })
}

/** A reader of contracts of the family on the chain `local`, as the monitor would make it. */
export function readerOf(
  url: string,
  contracts: readonly Pick<GovBase, 'address'>[],
  options: Partial<GovBaseReaderOptions> = {},
): GovernanceReader {
  return createReader({
    system: 'gov-base',
    ...readsLocal([url]),
    addresses: contracts.map(({ address }) => address),
    ...options,
  })
}

/** Follows contracts of the family as the monitor does. */
export function followGovBase(url: string, ...contracts: readonly Pick<GovBase, 'address'>[]): Follower {
  return followReader(readerOf(url, contracts))
}
