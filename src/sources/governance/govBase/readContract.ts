import type { Address } from 'viem'
import { cleanLine } from '../../../domain/text/text.js'
import type { Head } from '../../../domain/blocks/head.js'
import type { JsonObject } from '../../../domain/text/json.js'
import { durationText } from '../../../domain/text/time.js'
import type { Answer } from '../../rpc/readCalls.js'
import type { Place } from '../evm/Place.js'
import type { GovernanceParameters, SystemReport } from '../GovernanceReader.js'
import { govBaseAbi, ownAbi } from './abi.js'
import { askMore } from './askMore.js'
import type { GovBaseContract } from './GovBaseContext.js'
import { askSummary, numberIn } from './inquiry.js'
import type { Fork } from './readForks.js'
import { readSeats } from './readSeats.js'
import { validatorsIn } from './readValidators.js'

/** What one contract is like now. */
export interface ContractFacts {
  readonly contract: GovBaseContract
  readonly seats: readonly Address[]
  /** Validators as the contract has them; only GovValidator does. */
  readonly validators?: readonly Address[]
  readonly parameters: GovernanceParameters
}

const own = [
  'gasTip',
  'getBlacklistCount',
  'getAuthorizedAccountCount',
  'maxMinterAllowance',
  'emergencyPaused',
] as const

/** Reads rules, members and validators of one contract. */
export async function readContract(place: Place, contract: GovBaseContract, at: Head): Promise<ContractFacts> {
  const { address, kind, maxAttempts } = contract
  const views = ['quorum', 'maxActiveProposalsPerMember'].map((functionName) => ({
    address,
    abi: govBaseAbi,
    functionName,
  }))
  const more = ['validatorList', ...own].map((functionName) => ({ address, abi: ownAbi, functionName }))
  const summary = askSummary(contract)
  const [answers] = await askMore(place, [{ calls: [...summary.calls, ...views, ...more], read: (all) => all }], at)
  const told = answers ?? []
  const { memberVersion = contract.memberVersion, expiry } = summary.read(told.slice(0, summary.calls.length)) ?? {}
  const [quorum, most, list, ...others] = told.slice(summary.calls.length)
  const seats = (await readSeats(place, address, [memberVersion], at)).get(memberVersion) ?? []
  const validators = list?.ok === true ? validatorsIn(list.value) : undefined
  const maxActive = numberIn(most)
  const details: JsonObject = {
    members: seats.length,
    memberVersion: memberVersion.toString(),
    maxAttempts: maxAttempts.toString(),
    ...(maxActive !== undefined && { maxActiveProposalsPerMember: maxActive.toString() }),
    ...(validators !== undefined && { validators: validators.length }),
    ...Object.fromEntries(
      own.flatMap((name, index) => {
        const value = plainIn(others[index])
        return value === undefined ? [] : [[name, value] as const]
      }),
    ),
  }
  return {
    contract,
    seats,
    ...(validators !== undefined && { validators }),
    parameters: {
      contract: address,
      name: kind,
      clock: 'timestamp',
      ...(expiry !== undefined && { votingPeriod: expiry }),
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

/** One line about a contract, for `check`. `forks` are the chain's, not the contract's: told with the first one. */
export function reportOf(
  { contract: { address, kind }, seats, validators, parameters }: ContractFacts,
  forks: readonly Fork[],
): SystemReport {
  const { quorum, votingPeriod } = parameters
  const parts: string[] = [kind, `${seats.length} members`]
  if (quorum !== undefined) parts.push(`quorum ${quorum}`)
  if (votingPeriod !== undefined) parts.push(`votes end after ${durationText(votingPeriod)}`)
  if (validators !== undefined) parts.push(`${validators.length} validators`)
  parts.push(
    ...forks.map(({ name, height }) => `fork ${cleanLine(name, 40)} at block ${height}, from the node's config`),
  )
  return { system: 'gov-base', contract: address, summary: parts.join(', ') }
}

/** The same for the details of the parameters. */
export function forkDetails(forks: readonly Fork[]): JsonObject {
  return forks.length === 0
    ? {}
    : { forks: forks.map(({ name, height }) => `fork ${name} at block ${height}, from the node's config`) }
}
