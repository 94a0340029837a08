import { amountText } from '../../../domain/notifications/phrases.js'
import * as z from 'zod'
import { type Address, type Hex, isAddress, isHex, type Client } from 'viem'
import type { Json, JsonObject } from '../../../domain/text/json.js'
import { cleanLine } from '../../../domain/text/text.js'
import { defined } from '../../../domain/defined.js'
import { readCalls } from '../../rpc/readCalls.js'
import type { GovernanceParameters, Member, SystemReport } from '../GovernanceReader.js'
import { envAbi, govAbi, readText } from './decode.js'
import type { Snapshot } from './snapshot.js'
import { idsBetween } from './ballots.js'
import { wholePower } from './toProposal.js'

// Names under which the values of each view are reported. Amounts are in the smallest unit, durations in seconds.
const views = {
  getBallotDurationMinMax: ['ballotDurationMin', 'ballotDurationMax'],
  getStakingMinMax: ['stakingMin', 'stakingMax'],
  getBlockCreationTime: ['blockCreationTimeMs'],
  getBlockRewardAmount: ['blockReward'],
  getMaxPriorityFeePerGas: ['maxPriorityFeePerGas'],
  getBlockRewardDistributionMethod: ['rewardToProducer', 'rewardToStaking', 'rewardToEcosystem', 'rewardToMaintenance'],
  getGasLimitAndBaseFee: ['blockGasLimit', 'baseFeeMaxChangeRate', 'gasTargetPercentage'],
  getMaxBaseFee: ['maxBaseFee'],
  getBlocksPer: ['blocksPer'],
} as const

const nodeSchema = z.object({ name: z.string(), status: z.string().optional(), miner: z.boolean().optional() })
const infoSchema = z.object({ nodes: z.array(nodeSchema) })

/**
 * Reads the rules of the governance and the variables it votes on. Values that a contract does not report are absent.
 */
export async function readWemixParameters({
  node: { client },
  block,
  contracts,
  counts,
}: Snapshot): Promise<GovernanceParameters> {
  const { gov, env, registry, ballots } = contracts
  const [answers, [implementation], members, nodes] = await Promise.all([
    readCalls(
      client,
      Object.keys(views).map((functionName) => ({ address: env, abi: envAbi, functionName })),
      block,
    ),
    readCalls(client, [{ address: gov, abi: govAbi, functionName: 'implementation' }], block),
    readMemberCount(client, gov, block),
    readNodes(client),
  ])
  const variables = Object.values(views).flatMap((names, index) => {
    const answer = answers[index]
    const values: readonly unknown[] =
      answer?.ok !== true ? [] : Array.isArray(answer.value) ? answer.value : [answer.value]
    return names.flatMap((name, at): readonly [string, Json][] =>
      typeof values[at] === 'bigint' ? [[name, values[at].toString()]] : [],
    )
  })
  const details: JsonObject = {
    registry,
    governance: gov,
    ...(implementation?.ok === true &&
      typeof implementation.value === 'string' && { implementation: implementation.value }),
    envStorage: env,
    members: members.toString(),
    ballots: counts.ballots.toString(),
    ...(counts.voting > 0n && { ballotInVoting: counts.voting.toString() }),
    threshold: `${counts.threshold} of 10000`,
    ...Object.fromEntries(variables),
    ...defined({ nodes }),
  }
  return { contract: ballots, name: 'WEMIX governance', clock: 'timestamp', details }
}

/** Returns one line about the governance, for `check`. */
export async function reportWemix(found: Snapshot): Promise<SystemReport> {
  const { contracts, counts, readProposals } = found
  const [members, [voting]] = await Promise.all([
    readMemberCount(found.node.client, contracts.gov, found.block),
    readProposals([counts.voting]),
  ])
  const parts = [
    `WEMIX3.0 ballots, registry ${contracts.registry}, Gov ${contracts.gov}`,
    amountText(members, 'member'),
    amountText(counts.ballots, 'ballot'),
    counts.voting === 0n ? 'none in voting' : `ballot ${counts.voting} in voting`,
    ...(voting?.status === 'expired'
      ? ['whose time is over: governance is stuck until a member calls finalizeEndedVote()']
      : []),
  ]
  return { system: 'wemix', contract: contracts.ballots, summary: parts.join(', ') }
}

/** Reads the nodes as a node with the admin API sees them; few nodes offer that API to others. */
async function readNodes(client: Snapshot['node']['client']): Promise<readonly JsonObject[] | undefined> {
  const answer: unknown = await client
    .request<{ Method: 'admin_wemixInfo'; Parameters?: undefined; ReturnType: unknown }>({ method: 'admin_wemixInfo' })
    .catch(() => undefined)
  const info = infoSchema.safeParse(answer)
  return info.success
    ? info.data.nodes.slice(0, 200).map(({ name, status, miner }) => ({
        name: cleanLine(name, 60),
        ...(status !== undefined && { status: cleanLine(status, 20) }),
        ...defined({ miner }),
      }))
    : undefined
}

const addressSchema = z.string().refine((text) => isAddress(text))
const bytesSchema = z.string().refine((text) => isHex(text))
const memberNodeSchema = z.tuple([bytesSchema, bytesSchema, bytesSchema, z.bigint()])

/**
 * Reads the members, each of which runs a block-producing node, and the address that votes for a member if it is
 * another one. The weight is that of a vote cast now.
 */
export async function readWemixMembers({
  node: { client },
  block,
  contracts: { gov },
}: Snapshot): Promise<readonly Member[]> {
  const length = await readMemberCount(client, gov, block)
  const indices = idsBetween(1n, length)
  const answers = await readCalls(
    client,
    indices.flatMap((index) =>
      (['getMember', 'getVoter', 'getNode'] as const).map((functionName) => ({
        address: gov,
        abi: govAbi,
        functionName,
        args: [index],
      })),
    ),
    block,
  )
  const weight = length === 0n ? 0n : wholePower / length
  return indices.flatMap((_, at): readonly Member[] => {
    const [staker, voter, node] = answers
      .slice(at * 3, at * 3 + 3)
      .map((answer) => (answer.ok ? answer.value : undefined))
    const member = addressSchema.safeParse(staker)
    if (!member.success) return []
    const name = nameIn(node)
    const votes = addressSchema.safeParse(voter)
    return [
      {
        address: member.data,
        role: 'validator',
        ...(votes.data === member.data && { weight }),
        ...(name !== '' && { name }),
      },
      ...(votes.success && votes.data !== member.data ? [{ address: votes.data, weight, role: 'voter' } as const] : []),
    ]
  })
}

function nameIn(node: unknown): string {
  const parsed = memberNodeSchema.safeParse(node)
  const name: Hex | undefined = parsed.success ? parsed.data[0] : undefined
  return name === undefined ? '' : cleanLine(readText(name), 60)
}

const mostMembers = 1_000n

/** Reads the number of members; an absurd count is limited. */
async function readMemberCount(client: Client, gov: Address, block: bigint): Promise<bigint> {
  const [answer] = await readCalls(client, [{ address: gov, abi: govAbi, functionName: 'getMemberLength' }], block)
  const length = answer?.ok === true && typeof answer.value === 'bigint' ? answer.value : 0n
  return length > mostMembers ? mostMembers : length
}
