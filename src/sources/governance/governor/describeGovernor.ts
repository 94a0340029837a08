import type { PublicClient } from 'viem'
import type { JsonObject } from '../../../domain/text/json.js'
import { defined } from '../../../domain/defined.js'
import { type Answer, readCalls } from '../../rpc/readCalls.js'
import type { GovernanceParameters, SystemReport } from '../GovernanceReader.js'
import { neighbourAbi, rulesAbi } from './abi.js'
import { readEvmNumber } from './readEvmNumber.js'
import type { GovernorRules } from './GovernorRules.js'

/** The parameters of one governor, with what its token and timelock tell. */
export async function readGovernorParameters(
  client: PublicClient,
  rules: GovernorRules,
): Promise<GovernanceParameters> {
  const { address, token, timelock, fixedQuorum } = rules
  const now = await client.getBlock({ includeTransactions: false })
  // The newest point that is surely past.
  const clock =
    rules.isDistant === true
      ? await clockNow(client, address, now.number)
      : rules.clock === 'block'
        ? now.number
        : now.timestamp
  const point = clock - 1n
  const [quorum, supply, minDelay, delay] = await readCalls(
    client,
    [
      { address, abi: rulesAbi, functionName: 'quorum', args: [point] },
      { address: token ?? address, abi: neighbourAbi, functionName: 'totalSupply' },
      { address: timelock ?? address, abi: neighbourAbi, functionName: 'getMinDelay' },
      { address: timelock ?? address, abi: neighbourAbi, functionName: 'delay' },
    ],
    now.number,
  )
  const quorumNow = fixedQuorum ?? numberIn(quorum)
  const totalSupply = token === undefined ? undefined : numberIn(supply)
  const timelockDelay = timelock === undefined ? undefined : (numberIn(minDelay) ?? numberIn(delay))
  return {
    contract: address,
    clock: rules.clock,
    ...defined({
      name: rules.name,
      votingDelay: rules.votingDelay,
      votingPeriod: rules.votingPeriod,
      proposalThreshold: rules.proposalThreshold,
      quorum: quorumNow,
      token,
      totalSupply,
      timelock,
      timelockDelay,
    }),
    details: detailsOf(rules),
  }
}

/** One line about a governor, for `check`. */
export function reportOf(
  { contract, clock, timelock, timelockDelay }: GovernanceParameters,
  { flavour, isDistant, clockOf }: GovernorRules,
): SystemReport {
  const parts = [flavour, isDistant === true ? `block clock of ${clockOf ?? 'another chain'}` : `${clock} clock`]
  if (timelock !== undefined)
    parts.push(`timelock ${timelock}${timelockDelay === undefined ? '' : ` (${durationOf(timelockDelay)})`}`)
  return { system: 'governor', contract, summary: parts.join(', ') }
}

/** The present of a governor that counts in the blocks of another chain. */
async function clockNow(client: PublicClient, address: GovernorRules['address'], block: bigint): Promise<bigint> {
  const [clock] = await readCalls(client, [{ address, abi: rulesAbi, functionName: 'clock' }], block)
  const told =
    clock?.ok === true && typeof clock.value === 'number' ? BigInt(clock.value) : await readEvmNumber(client, block)
  return told ?? block
}

function detailsOf({
  flavour,
  countingMode,
  quorumNumerator,
  quorumDenominator,
  extendsDeadline,
}: GovernorRules): JsonObject {
  return {
    flavour,
    ...defined({ countingMode }),
    ...(quorumNumerator !== undefined && { quorumNumerator: quorumNumerator.toString() }),
    ...(quorumDenominator !== undefined && { quorumDenominator: quorumDenominator.toString() }),
    ...(extendsDeadline && { extendsDeadline }),
  }
}

const units = [
  ['day', 86_400n],
  ['hour', 3_600n],
  ['minute', 60n],
] as const

function durationOf(seconds: bigint): string {
  for (const [unit, length] of units) {
    if (seconds >= length && seconds % length === 0n)
      return `${seconds / length} ${unit}${seconds === length ? '' : 's'}`
  }
  return `${seconds} s`
}

function numberIn(answer: Answer | undefined): bigint | undefined {
  return answer?.ok === true && typeof answer.value === 'bigint' ? answer.value : undefined
}
