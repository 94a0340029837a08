import { getBlock } from 'viem/actions'
import type { Client } from 'viem'
import { defined } from '../../../domain/defined.js'
import type { JsonObject } from '../../../domain/text/json.js'
import { allInOrder } from '../../rpc/allInOrder.js'
import { checkChainId } from '../../rpc/checkChainId.js'
import type { EvmEndpoint } from '../../rpc/createEvmEndpoints.js'
import { type Answer, readCalls } from '../../rpc/readCalls.js'
import type { GovernanceParameters, SystemReport } from '../GovernanceReader.js'
import { requireWholeHistory } from '../evm/contracts.js'
import { neighbourAbi, rulesAbi } from './abi.js'
import { readEvmNumber } from './clock.js'
import type { GovernorContext, GovernorMemory, GovernorRules } from './context.js'
import { probeGovernor } from './probe.js'
import { clientUntil } from '../../rpc/clientUntil.js'

/** Reads the parameters of every governor. */
export async function readParameters(
  endpoint: EvmEndpoint,
  signal: AbortSignal,
  context: GovernorContext,
  memory: GovernorMemory,
): Promise<readonly GovernanceParameters[]> {
  const all = await probeAll(endpoint, signal, context, memory)
  return Promise.all(all.map((rules) => readGovernorParameters(clientUntil(endpoint.client, signal), rules)))
}

/** Returns one line about every governor, for `check`. */
export async function checkGovernors(
  endpoint: EvmEndpoint,
  signal: AbortSignal,
  context: GovernorContext,
  memory: GovernorMemory,
): Promise<readonly SystemReport[]> {
  const client = clientUntil(endpoint.client, signal)
  const [all] = await allInOrder([
    probeAll(endpoint, signal, context, memory),
    requireWholeHistory(client, context.addresses, context.fromBlock, context.chain),
  ])
  return Promise.all(all.map(async (rules) => reportOf(await readGovernorParameters(client, rules), rules)))
}

/** Probes every governor, after a check of the chain id. */
async function probeAll(
  endpoint: EvmEndpoint,
  signal: AbortSignal,
  { chain, chainId, addresses }: GovernorContext,
  memory: GovernorMemory,
): Promise<readonly GovernorRules[]> {
  const client = clientUntil(endpoint.client, signal)
  await checkChainId(client, chainId ?? memory.chainId, chain, endpoint.host)
  return Promise.all(addresses.map((address) => probeGovernor(client, address, `chain ${chain}`)))
}

/** Reads the parameters of one governor, its token and its timelock. */
async function readGovernorParameters(client: Client, rules: GovernorRules): Promise<GovernanceParameters> {
  const { address, token, timelock, fixedQuorum } = rules
  const now = await getBlock(client, { includeTransactions: false })
  // The newest point in time that is certainly past.
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
  const quorumNow = fixedQuorum ?? answeredNumber(quorum)
  const totalSupply = token === undefined ? undefined : answeredNumber(supply)
  const timelockDelay = timelock === undefined ? undefined : (answeredNumber(minDelay) ?? answeredNumber(delay))
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

/** Returns one line about a governor, for `check`. */
function reportOf(
  { contract, clock, timelock, timelockDelay }: GovernanceParameters,
  { flavour, isDistant, clockOf }: GovernorRules,
): SystemReport {
  const parts = [flavour, isDistant === true ? `block clock of ${clockOf ?? 'another chain'}` : `${clock} clock`]
  if (timelock !== undefined)
    parts.push(`timelock ${timelock}${timelockDelay === undefined ? '' : ` (${durationOf(timelockDelay)})`}`)
  return { system: 'governor', contract, summary: parts.join(', ') }
}

/** Reads the current clock of a governor that counts the blocks of another chain. */
async function clockNow(client: Client, address: GovernorRules['address'], block: bigint): Promise<bigint> {
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

function answeredNumber(answer: Answer | undefined): bigint | undefined {
  return answer?.ok === true && typeof answer.value === 'bigint' ? answer.value : undefined
}
