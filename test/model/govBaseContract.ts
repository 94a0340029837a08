import {
  encodeAbiParameters,
  encodeErrorResult,
  type Hex,
  keccak256,
  numberToHex,
  pad,
  parseAbi,
  parseAbiParameters,
  stringToHex,
  toEventSelector,
  toHex,
} from 'viem'
import { type CallResult, contractOf, failed, returned, reverted, words } from './evmCalls.js'
import type { EvmLog } from './evmNode.js'
import { approvals, type Course, maxAttempts, required, seats, type State, states } from './govBaseChain.js'

// What a GovBase contract returns and logs.

export const address = '0x0000000000000000000000000000000000001001'

/** A proposal as a node presents it; its id is its place. */
export interface Shown {
  readonly course: Course
  /** `gone`: the contract does not know it, although it counts it. */
  readonly state: 'gone' | State
}

/** What a node says of the contract at a block. */
export interface Contract {
  readonly proposals: readonly Shown[]
  /** How many proposals it counts. */
  readonly count: number
  /** Seconds after which a proposal expires. */
  readonly expiry: number
  readonly isExpired: (course: Course) => boolean
  /** Unix seconds of a block. */
  readonly timeOf: (block: number) => number
}

const memberOf = (seat: number): Hex => numberToHex(0xe1 + seat, { size: 20 })
const version = 1n
const actionType = keccak256(stringToHex('SET_GAS_TIP'))
const row = parseAbiParameters(
  '(bytes32 actionType, uint256 memberVersion, uint256 votedBitmap, uint256 createdAt, uint256 executedAt, address proposer, uint32 requiredApprovals, uint32 approved, uint32 rejected, uint8 status, bytes callData)',
)
const invalid = failed(encodeErrorResult({ abi: parseAbi(['error InvalidProposal()']), errorName: 'InvalidProposal' }))

/** Answers a call of the contract. */
export function answerOf(contract: Contract): (data: Hex) => CallResult {
  const { proposals, count, expiry, isExpired } = contract
  const find = (id: bigint): Shown | undefined => proposals[Number(id) - 1]
  return contractOf({
    'currentProposalId()': () => words(BigInt(count)),
    'proposalExpiry()': () => words(BigInt(expiry)),
    'memberVersion()': () => words(version),
    'MAX_RETRY_COUNT()': () => words(BigInt(maxAttempts)),
    'quorum()': () => words(BigInt(required)),
    'validatorList()': () => returned(encodeAbiParameters([{ type: 'address[]' }], [members])),
    'getMemberCount(uint256)': (of) => words(of === version ? BigInt(seats) : 0n),
    'getMemberAt(uint256,uint256)': (_, all) => {
      const member = members[Number(`0x${all.slice(66, 130)}`)]
      return member === undefined ? reverted : words(BigInt(member))
    },
    'getProposal(uint256)': (id) => {
      const found = find(id)
      return found === undefined || found.state === 'gone'
        ? invalid
        : returned(rowOf(found.course, found.state, contract))
    },
    'canExecuteProposal(uint256)': (id) => {
      const found = find(id)
      if (found === undefined || found.state === 'gone') return words(1n, 0n)
      if (found.state !== 'approved') return words(2n, 0n)
      if (isExpired(found.course)) return words(3n, 0n)
      const left = maxAttempts - found.course.attempts
      return left > 0 ? words(0n, BigInt(left)) : words(4n, 0n)
    },
  })
}

const members = Array.from({ length: seats }, (_, seat) => memberOf(seat))

function callDataOf({ proposal: { tip } }: Course): Hex {
  return encodeAbiParameters([{ type: 'uint256' }], [BigInt(tip) * 1_000_000_000n])
}

function rowOf(course: Course, state: State, { timeOf }: Contract): Hex {
  const { proposal, created, votes, events } = course
  const done = events.find(({ action }) => action === 'executed')
  return encodeAbiParameters(row, [
    {
      actionType,
      memberVersion: version,
      votedBitmap: votes.reduce((bits, { seat }) => bits | (1n << BigInt(seat)), 0n),
      createdAt: BigInt(timeOf(created)),
      executedAt: done === undefined ? 0n : BigInt(timeOf(done.block)),
      proposer: memberOf(proposal.proposer),
      requiredApprovals: required,
      approved: approvals(course),
      rejected: votes.length - approvals(course),
      status: states[state],
      callData: callDataOf(course),
    },
  ])
}

const created = toEventSelector('ProposalCreated(uint256,address,bytes32,uint256,uint256,bytes)')
const voted = toEventSelector('ProposalVoted(uint256,address,bool,uint256,uint256)')
const executed = toEventSelector('ProposalExecuted(uint256,address,bool)')
const expired = toEventSelector('ProposalExpired(uint256,address)')

/** The logs of the proposal with an id. */
export function logsOf(course: Course, id: number): readonly EvmLog[] {
  const { proposal, votes, events } = course
  const log = (block: number, topic: Hex, seat: number, data: Hex): EvmLog => ({
    block,
    topics: [topic, pad(toHex(id)), pad(memberOf(seat))],
    data,
  })
  const content = encodeAbiParameters(parseAbiParameters('bytes32, uint256, uint256, bytes'), [
    actionType,
    version,
    BigInt(required),
    callDataOf(course),
  ])
  return [
    log(course.created, created, proposal.proposer, content),
    ...votes.map(({ seat, isFor, block }, index) => {
      const so = approvals({ votes: votes.slice(0, index + 1) })
      return log(block, voted, seat, words(isFor, BigInt(so), BigInt(index + 1 - so)).returnData)
    }),
    ...events.map(({ action, block }) =>
      action === 'expired'
        ? log(block, expired, proposal.proposer, '0x')
        : log(block, executed, proposal.proposer, words(action === 'executed').returnData),
    ),
  ]
}
