import {
  encodeAbiParameters,
  encodeErrorResult,
  encodeFunctionData,
  type Hex,
  keccak256,
  pad,
  parseAbi,
  parseAbiParameters,
  toEventSelector,
  toHex,
} from 'viem'
import { type CallResult, contractOf, failed, refused, returned, text, type Views, words } from './evmCalls.js'
import type { EvmLog } from './evmNode.js'
import { type Course, type GovernorProposal, type GovernorTruth, type State, states } from './governorChain.js'

// What the contract of a governor returns and logs.

export const address = '0x00000000000000000000000000000000000000a1'
const registry = '0x00000000000000000000000000000000000000b2'
const proposer = '0x00000000000000000000000000000000000000c3'

type Flavour = GovernorTruth['flavour']

/** A proposal as a node presents it. */
export interface Shown {
  readonly id: bigint
  readonly proposal: GovernorProposal
  readonly course: Course
  /** What the contract says; `gone` if it does not know the proposal. */
  readonly state: 'gone' | State
  readonly events: Course['events']
}

const contentParameters = parseAbiParameters('address[], uint256[], bytes[], bytes32')

/** The id of the proposal at a place. */
export function idOf(flavour: Flavour, proposal: GovernorProposal, place: number): bigint {
  if (flavour === 'bravo') return BigInt(place + 1)
  const { target, calldata, description } = contentOf(proposal)
  return BigInt(
    keccak256(encodeAbiParameters(contentParameters, [[target], [0n], [calldata], keccak256(toHex(description))])),
  )
}

const registryAbi = parseAbi(['function scheduleUpgrade(string name, uint256 height, string info)'])

function contentOf({ name, plan }: GovernorProposal): Record<'target' | 'calldata', Hex> & { description: string } {
  const description = `# Proposal ${name}`
  if (plan === undefined) return { target: address, calldata: '0x', description }
  const args = [plan.name, BigInt(plan.height), plan.info ?? ''] as const
  return { target: registry, calldata: encodeFunctionData({ abi: registryAbi, args }), description }
}

const createdParameters = parseAbiParameters(
  'uint256, address, address[], uint256[], string[], bytes[], uint256, uint256, string',
)
const voteParameters = parseAbiParameters('uint256, uint8, uint256, string')
const twoNumbers = parseAbiParameters('uint256, uint256')

/** The logs of a proposal. `timeOf` gives the Unix seconds of a block. */
export function logsOf(shown: Shown, timeOf: (block: number) => number): readonly EvmLog[] {
  return shown.events.map(({ action, block }) => ({ block, ...logOf(action, block, shown, timeOf) }))
}

function logOf(
  action: Course['events'][number]['action'],
  block: number,
  { id, proposal, course: { start, end } }: Shown,
  timeOf: (block: number) => number,
): Pick<EvmLog, 'topics' | 'data'> {
  const one = encodeAbiParameters([{ type: 'uint256' }], [id])
  switch (action) {
    case 'create': {
      const { target, calldata, description } = contentOf(proposal)
      return {
        topics: [
          toEventSelector(
            'ProposalCreated(uint256,address,address[],uint256[],string[],bytes[],uint256,uint256,string)',
          ),
        ],
        data: encodeAbiParameters(createdParameters, [
          id,
          proposer,
          [target],
          [0n],
          [''],
          [calldata],
          BigInt(start),
          BigInt(end),
          description,
        ]),
      }
    }
    case 'vote':
      return {
        topics: [toEventSelector('VoteCast(address,uint256,uint8,uint256,string)'), pad(proposer)],
        data: encodeAbiParameters(voteParameters, [id, 1, weight, '']),
      }
    case 'queue':
      return {
        topics: [toEventSelector('ProposalQueued(uint256,uint256)')],
        data: encodeAbiParameters(twoNumbers, [id, BigInt(timeOf(block + 1))]),
      }
    case 'execute':
      return { topics: [toEventSelector('ProposalExecuted(uint256)')], data: one }
    case 'cancel':
      return { topics: [toEventSelector('ProposalCanceled(uint256)')], data: one }
  }
}

const weight = 10n

/** Answers a call of the governor at a block, at which a node presents these proposals. */
export function answerOf(
  flavour: Flavour,
  proposals: readonly Shown[],
  { block, timeOf }: { readonly block: number; readonly timeOf: (block: number) => number },
): (data: Hex) => CallResult {
  const known = (id: bigint, view: (one: Shown & { readonly state: State }) => CallResult): CallResult => {
    const { state = 'gone', ...one } = proposals.find((shown) => shown.id === id) ?? {}
    if (state !== 'gone' && 'course' in one) return view({ ...one, state })
    return flavour === 'bravo' ? refused('GovernorBravo::state: invalid proposal id') : unknown(id)
  }
  const etaOf = ({ course: { queued } }: Shown): bigint => (queued === undefined ? 0n : BigInt(timeOf(queued + 1)))
  const votesFor = ({ course: { hasVotes } }: Shown): bigint => (hasVotes ? weight : 0n)
  const shared: Views = {
    'state(uint256)': (id) => known(id, ({ state }) => words(BigInt(states[state]))),
    'votingDelay()': () => words(1n),
    'votingPeriod()': () => words(10n),
    'proposalThreshold()': () => words(0n),
  }
  return contractOf(
    flavour === 'bravo'
      ? {
          ...shared,
          'quorumVotes()': () => words(1n),
          'proposalCount()': () => words(BigInt(proposals.length)),
          'proposals(uint256)': (id) =>
            known(id, (one) => {
              const { start, end } = one.course
              const numbers = [etaOf(one), BigInt(start), BigInt(end), votesFor(one), 0n, 0n]
              return words(id, BigInt(proposer), ...numbers, one.state === 'canceled', one.state === 'executed')
            }),
          'getActions(uint256)': (id) => known(id, ({ proposal }) => returned(actionsOf(proposal))),
        }
      : {
          ...shared,
          'COUNTING_MODE()': () => text('support=bravo&quorum=for,abstain'),
          'CLOCK_MODE()': () => text('mode=blocknumber&from=default'),
          'clock()': () => words(BigInt(block)),
          'quorum(uint256)': () => words(1n),
          'proposalNeedsQueuing(uint256)': () => words(true),
          'proposalVotes(uint256)': (id) => known(id, (one) => words(0n, votesFor(one), 0n)),
          'proposalEta(uint256)': (id) => known(id, (one) => words(etaOf(one))),
          'hashProposal(address[],uint256[],bytes[],bytes32)': (_, all) => words(BigInt(keccak256(all))),
        },
  )
}

const errors = parseAbi(['error GovernorNonexistentProposal(uint256 proposalId)'])

function unknown(id: bigint): CallResult {
  return failed(encodeErrorResult({ abi: errors, args: [id] }))
}

function actionsOf(proposal: GovernorProposal): Hex {
  const { target, calldata } = contentOf(proposal)
  return encodeAbiParameters(parseAbiParameters('address[], uint256[], string[], bytes[]'), [
    [target],
    [0n],
    [''],
    [calldata],
  ])
}
