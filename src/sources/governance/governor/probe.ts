import { type Address, isAddress, stringify, type Client } from 'viem'
import { SourceError } from '../../../domain/errors.js'
import { cleanLine } from '../../../domain/text/text.js'
import { readHead } from '../../readHead.js'
import { readAgreed } from '../../readAgreed.js'
import { type Answer, readCalls } from '../../rpc/readCalls.js'
import type { Prepare } from '../evm/openReading.js'
import { isStale } from '../evm/contracts.js'
import { contentAbi, rulesAbi } from './abi.js'
import { type ClockOwner, clockOwnerOf, readEvmNumber } from './clock.js'
import type { GovernorContext, GovernorMemory, GovernorRules } from './context.js'
import { quorumRuleOf } from './tally.js'
import { proposalHash } from './vouch.js'

/** Probes the governors that were not probed yet, or not for an hour. */
export function prepareGovernors({ chain, addresses, now }: GovernorContext, memory: GovernorMemory): Prepare {
  return async (client) => {
    const strangers = addresses.filter(
      (address) =>
        !memory.rules.has(address.toLowerCase()) || isStale(memory.probedAt.get(address.toLowerCase()), now()),
    )
    const probed = await Promise.all(
      strangers.map((address) =>
        readAgreed(() => probeGovernor(client, address, `chain ${chain}`), memory.rules.get(address.toLowerCase()), {
          where: `${address} on chain ${chain}`,
          meaningOf,
        }),
      ),
    )
    return (head) => {
      if (probed.length > 0) memory.rulesAt = head.number
      for (const rules of probed) {
        const before = memory.rules.get(rules.address.toLowerCase())
        const isSameToken = before?.unit !== undefined && before.countedIn === rules.countedIn
        memory.rules.set(rules.address.toLowerCase(), isSameToken ? { ...rules, unit: before.unit } : rules)
        memory.probedAt.set(rules.address.toLowerCase(), now())
      }
    }
  }
}

/** The rules as the governor tells them, without what follows from them and without the unit, which its token tells. */
function meaningOf({ unit: _unit, quorumRule: _rule, ...told }: GovernorRules): string {
  return stringify(told)
}

const views = [
  'name',
  'COUNTING_MODE',
  'CLOCK_MODE',
  'votingDelay',
  'votingPeriod',
  'proposalThreshold',
  'quorumNumerator',
  'quorumDenominator',
  'quorumVotes',
  'proposalCount',
  'lateQuorumVoteExtension',
  'token',
  'timelock',
  'clock',
  // Names of the token in Compound and its forks.
  'comp',
  'uni',
] as const
// Called with id 0. No governor has that proposal, but one that has the function answers or reverts with a reason.
const viewsOfOne = ['state', 'proposalVotes', 'proposalNeedsQueuing'] as const
// Arguments for a content that nobody proposed.
const nothing = [[], [], [], `0x${'0'.repeat(64)}`] as const
const viewsOfContent = [
  { functionName: 'hashProposal', args: nothing },
  { functionName: 'getProposalId', args: nothing },
  { functionName: 'latestProposalId', args: [] },
  { functionName: 'getActions', args: [0n] },
] as const
type View = (typeof views)[number] | (typeof viewsOfOne)[number] | (typeof viewsOfContent)[number]['functionName']

/**
 * Identifies the kind of governor at `address`, in one HTTP request if the client batches.
 *
 * @throws SourceError, permanent, if there is no contract or the contract is not a governor.
 */
export async function probeGovernor(client: Client, address: Address, where: string): Promise<GovernorRules> {
  const names: readonly View[] = [...views, ...viewsOfOne, ...viewsOfContent.map(({ functionName }) => functionName)]
  const [code, head, evmNumber, chainId, answers] = await Promise.all([
    client.request({ method: 'eth_getCode', params: [address, 'latest'] }),
    readHead(client, 'latest', where),
    readEvmNumber(client),
    client.request({ method: 'eth_chainId' }),
    readCalls(client, [
      ...views.map((functionName) => ({ address, abi: rulesAbi, functionName })),
      ...viewsOfOne.map((functionName) => ({ address, abi: rulesAbi, functionName, args: [0n] })),
      ...viewsOfContent.map(({ functionName, args }) => ({ address, abi: contentAbi, functionName, args })),
    ]),
  ])
  if (code === '0x')
    throw new SourceError(
      'permanent',
      `There is no contract at ${address} on ${where}: check the address and the node's chain.`,
    )
  const answered = new Map(names.map((name, index) => [name, answers[index]]))
  const answerOf = (name: View): Answer | undefined => answered.get(name)
  const clock = answerOf('clock')
  const now = clock?.ok !== true ? evmNumber : typeof clock.value === 'number' ? BigInt(clock.value) : undefined
  const mode = answerOf('CLOCK_MODE')
  const owner = clockOwnerOf({
    mode: mode?.ok === true ? textIn(mode.value) : undefined,
    now,
    head: head.number,
    chainId: Number(chainId),
  })
  return rulesOf(address, answerOf, owner)
}

function rulesOf(address: Address, answerOf: (name: View) => Answer | undefined, owner: ClockOwner): GovernorRules {
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
      `${address} is not a Governor: it has no votingPeriod() and state(uint256). Check the address and governance.system.`,
    )
  }
  const countingMode = text('COUNTING_MODE')
  const fixedQuorum = countingMode === undefined ? number('quorumVotes') : undefined
  const bravo = number('quorumVotes') !== undefined || countingMode?.includes('quorum=bravo') === true
  return {
    address,
    flavour: flavourOf(countingMode !== undefined, bravo, has),
    clock: text('CLOCK_MODE')?.includes('mode=timestamp') === true ? 'timestamp' : 'block',
    ...owner,
    vouchedBy: voucherIn(answerOf),
    votesFrom: has('proposalVotes') ? 'proposalVotes' : bravo ? 'proposals' : 'logs',
    extendsDeadline: has('lateQuorumVoteExtension'),
    fixedQuorum,
    quorumRule: quorumRuleOf(countingMode),
    name: text('name'),
    countingMode,
    token: contract('token'),
    countedIn: contract('token') ?? contract('comp') ?? contract('uni'),
    timelock: contract('timelock'),
    votingDelay: number('votingDelay'),
    votingPeriod: number('votingPeriod'),
    proposalThreshold: number('proposalThreshold'),
    quorumNumerator: number('quorumNumerator'),
    quorumDenominator: number('quorumDenominator'),
  }
}

function voucherIn(answerOf: (name: View) => Answer | undefined): GovernorRules['vouchedBy'] {
  const [hash, id, latest, actions] = [
    answerOf('hashProposal'),
    answerOf('getProposalId'),
    answerOf('latestProposalId'),
    answerOf('getActions'),
  ]
  const own = proposalHash({ targets: [], values: [], calldatas: [] }, nothing[3])
  if (hash?.ok === true && hash.value === own) {
    if (latest?.ok !== true && (id?.ok !== true || id.value === own)) return 'hash'
    return id === undefined || (!id.ok && id.why === 'empty') ? undefined : 'content'
  }
  return actions?.ok === true || actions?.why === 'reverted' ? 'actions' : undefined
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
