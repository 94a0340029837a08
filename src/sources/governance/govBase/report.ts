import { amountText } from '../../../domain/notifications/phrases.js'
import type { Address } from 'viem'
import type { Head } from '../../../domain/blocks/head.js'
import type { JsonObject } from '../../../domain/text/json.js'
import { cleanLine } from '../../../domain/text/text.js'
import { durationText } from '../../../domain/text/time.js'
import { defined } from '../../../domain/defined.js'
import type { Answer } from '../../rpc/readCalls.js'
import type { GovernanceParameters, Member, SystemReport } from '../GovernanceReader.js'
import type { ChainClient } from '../evm/context.js'
import type { GovBaseContract } from './context.js'
import { govBaseAbi, ownAbi } from './decode.js'
import { type Fork, readForks, readValidators, validatorsIn } from './node.js'
import { askSummary, numberIn, readMoreBatches } from './query.js'
import { readSeats } from './seats.js'
import type { Snapshot } from './snapshot.js'

/** Reads the rules of every contract, and the validators and forks that the node reports. */
export async function readParameters(snapshot: Snapshot): Promise<readonly GovernanceParameters[]> {
  const facts = await factsOf(snapshot)
  const { client } = snapshot.node
  const nodeValidators = await readValidators(client, snapshot.at.number)
  const forks = await readForks(client)
  return facts.map(({ parameters, validators }) => ({
    ...parameters,
    details: {
      ...parameters.details,
      ...(validators !== undefined && nodeValidators !== undefined && { validatorsOfNode: nodeValidators.length }),
      ...forkDetails(forks),
    },
  }))
}

/** Reads who votes in the contracts, and who validates. */
export async function readMembers(snapshot: Snapshot): Promise<readonly Member[]> {
  const facts = await factsOf(snapshot)
  return membersOf(facts, (await readValidators(snapshot.node.client, snapshot.at.number)) ?? [])
}

/** Returns one line about each contract, for `check`. */
export async function checkContracts(snapshot: Snapshot): Promise<readonly SystemReport[]> {
  const facts = await factsOf(snapshot)
  const forks = await readForks(snapshot.node.client)
  return facts.map((fact, index) => reportOf(fact, index === 0 ? forks : []))
}

function factsOf({ node, contracts, at }: Snapshot): Promise<readonly ContractFacts[]> {
  return Promise.all(contracts.map((contract) => readContract(node, contract, at)))
}

/** The current state of one contract. */
interface ContractFacts {
  readonly contract: GovBaseContract
  readonly seats: readonly Address[]
  /** The validators according to the contract; only GovValidator has them. */
  readonly validators?: readonly Address[]
  readonly parameters: GovernanceParameters
}

const ownViews = [
  'gasTip',
  'getBlacklistCount',
  'getAuthorizedAccountCount',
  'maxMinterAllowance',
  'emergencyPaused',
] as const

/** Reads rules, members and validators of one contract. */
async function readContract(node: ChainClient, contract: GovBaseContract, at: Head): Promise<ContractFacts> {
  const { address, kind, maxAttempts } = contract
  const views = ['quorum', 'maxActiveProposalsPerMember'].map((functionName) => ({
    address,
    abi: govBaseAbi,
    functionName,
  }))
  const more = ['validatorList', ...ownViews].map((functionName) => ({ address, abi: ownAbi, functionName }))
  const summary = askSummary(contract)
  const [answers] = await readMoreBatches(
    node,
    [{ calls: [...summary.calls, ...views, ...more], read: (all) => all }],
    at,
  )
  const told = answers ?? []
  const { memberVersion = contract.memberVersion, expiry } = summary.read(told.slice(0, summary.calls.length)) ?? {}
  const [quorum, most, list, ...others] = told.slice(summary.calls.length)
  const seats = (await readSeats(node, address, [memberVersion], at)).get(memberVersion) ?? []
  const validators = list?.ok === true ? validatorsIn(list.value) : undefined
  const maxActive = numberIn(most)
  const details: JsonObject = {
    members: seats.length,
    memberVersion: memberVersion.toString(),
    maxAttempts: maxAttempts.toString(),
    ...(maxActive !== undefined && { maxActiveProposalsPerMember: maxActive.toString() }),
    ...(validators !== undefined && { validators: validators.length }),
    ...Object.fromEntries(
      ownViews.flatMap((name, index) => {
        const value = plainIn(others[index])
        return value === undefined ? [] : [[name, value] as const]
      }),
    ),
  }
  return {
    contract,
    seats,
    ...defined({ validators }),
    parameters: {
      contract: address,
      name: kind,
      clock: 'timestamp',
      ...defined({ votingPeriod: expiry }),
      ...(quorum?.ok === true && typeof quorum.value === 'number' && { quorum: BigInt(quorum.value) }),
      details,
    },
  }
}

function plainIn(answer: Answer | undefined): string | boolean | undefined {
  if (answer?.ok !== true) return undefined
  return typeof answer.value === 'bigint'
    ? answer.value.toString()
    : typeof answer.value === 'boolean'
      ? answer.value
      : undefined
}

/**
 * Returns one line about a contract, for `check`. `forks` belong to the chain, so they are reported with the first
 * contract.
 */
function reportOf(
  { contract: { address, kind }, seats, validators, parameters }: ContractFacts,
  forks: readonly Fork[],
): SystemReport {
  const { quorum, votingPeriod } = parameters
  const parts: string[] = [kind, amountText(seats.length, 'member')]
  if (quorum !== undefined) parts.push(`quorum ${quorum}`)
  if (votingPeriod !== undefined) parts.push(`votes end after ${durationText(votingPeriod)}`)
  if (validators !== undefined) parts.push(amountText(validators.length, 'validator'))
  parts.push(
    ...forks.map(({ name, height }) => `fork ${cleanLine(name, 40)} at block ${height}, from the node's config`),
  )
  return { system: 'gov-base', contract: address, summary: parts.join(', ') }
}

/** The forks as details of the parameters. */
function forkDetails(forks: readonly Fork[]): JsonObject {
  return forks.length === 0
    ? {}
    : { forks: forks.map(({ name, height }) => `fork ${name} at block ${height}, from the node's config`) }
}

/** Returns who votes in any contract, and who validates by contract or consensus; each address once per role. */
function membersOf(
  facts: readonly Pick<ContractFacts, 'seats' | 'validators'>[],
  nodeValidators: readonly Address[],
): readonly Member[] {
  const members = new Set(facts.flatMap(({ seats }) => seats))
  const validators = new Set([...facts.flatMap(({ validators: own = [] }) => own), ...nodeValidators])
  return [
    ...[...members].map((address): Member => ({ address, weight: 1n, role: 'member' })),
    ...[...validators].map((address): Member => ({ address, role: 'validator' })),
  ]
}
