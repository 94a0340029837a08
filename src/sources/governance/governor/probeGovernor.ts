import { type Address, isAddress, type PublicClient } from 'viem'
import { SourceError } from '../../../domain/errors.js'
import { cleanLine } from '../../../domain/text.js'
import { type Answer, readCalls } from '../../rpc/readCalls.js'
import { rulesAbi } from './abi.js'
import type { GovernorRules } from './GovernorRules.js'
import { quorumRuleOf } from './tallyOf.js'

const views = [
  'name', 'COUNTING_MODE', 'CLOCK_MODE', 'votingDelay', 'votingPeriod', 'proposalThreshold', 'quorumNumerator',
  'quorumDenominator', 'quorumVotes', 'proposalCount', 'lateQuorumVoteExtension', 'token', 'timelock',
] as const
// Asked with id 0: no governor has it, but whoever has the function answers or reverts with words of its own.
const viewsOfOne = ['state', 'proposalVotes', 'proposalNeedsQueuing'] as const
type View = (typeof views)[number] | (typeof viewsOfOne)[number]

/**
 * Finds out what kind of governor stands at `address`, in one HTTP request where the client batches.
 *
 * @throws SourceError, permanent, where there is no contract or the contract is no governor.
 */
export async function probeGovernor(client: PublicClient, address: Address, where: string): Promise<GovernorRules> {
  const names: readonly View[] = [...views, ...viewsOfOne]
  const [code, answers] = await Promise.all([
    client.request({ method: 'eth_getCode', params: [address, 'latest'] }),
    readCalls(client, [
      ...views.map((functionName) => ({ address, abi: rulesAbi, functionName })),
      ...viewsOfOne.map((functionName) => ({ address, abi: rulesAbi, functionName, args: [0n] })),
    ]),
  ])
  if (code === '0x') throw new SourceError('permanent', `There is no contract at ${address} on ${where}: check the address and the node's chain.`)
  const answered = new Map(names.map((name, index) => [name, answers[index]]))
  return rulesOf(address, (name) => answered.get(name))
}

function rulesOf(address: Address, answerOf: (name: View) => Answer | undefined): GovernorRules {
  const value = (name: View): unknown => {
    const answer = answerOf(name)
    return answer?.ok === true ? answer.value : undefined
  }
  const text = (name: View): string | undefined => textIn(value(name))
  const number = (name: View): bigint | undefined => numberIn(value(name))
  const contract = (name: View): Address | undefined => addressIn(value(name))
  const has = (name: View): boolean => answerOf(name)?.ok === true

  const state = answerOf('state')
  if (number('votingPeriod') === undefined || state === undefined || (!state.ok && state.why !== 'reverted')) {
    throw new SourceError(
      'permanent',
      `${address} is no Governor: it has no votingPeriod() and state(uint256). Check the address and governance.system.`,
    )
  }
  const countingMode = text('COUNTING_MODE')
  const fixedQuorum = countingMode === undefined ? number('quorumVotes') : undefined
  const bravo = number('quorumVotes') !== undefined || countingMode?.includes('quorum=bravo') === true
  return {
    address,
    flavour: flavourOf(countingMode !== undefined, bravo, has),
    clock: text('CLOCK_MODE')?.includes('mode=timestamp') === true ? 'timestamp' : 'block',
    votesFrom: has('proposalVotes') ? 'proposalVotes' : bravo ? 'proposals' : 'logs',
    extendsDeadline: has('lateQuorumVoteExtension'),
    fixedQuorum,
    quorumRule: quorumRuleOf(countingMode),
    name: text('name'),
    countingMode,
    token: contract('token'),
    timelock: contract('timelock'),
    votingDelay: number('votingDelay'),
    votingPeriod: number('votingPeriod'),
    proposalThreshold: number('proposalThreshold'),
    quorumNumerator: number('quorumNumerator'),
    quorumDenominator: number('quorumDenominator'),
  }
}

function flavourOf(counts: boolean, bravo: boolean, has: (name: View) => boolean): string {
  if (!counts) return has('proposalCount') ? 'Compound GovernorBravo' : 'Governor'
  if (bravo) return 'OpenZeppelin Governor 4, Bravo compatible'
  return has('proposalNeedsQueuing') ? 'OpenZeppelin Governor 5' : 'OpenZeppelin Governor 4'
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? cleanLine(value, 200) : undefined
}

function numberIn(value: unknown): bigint | undefined {
  return typeof value === 'bigint' ? value : undefined
}

function addressIn(value: unknown): Address | undefined {
  return typeof value === 'string' && isAddress(value) && BigInt(value) !== 0n ? value : undefined
}
