import sha3 from 'js-sha3'
import {
  type Address,
  encodeAbiParameters,
  getAddress,
  type Hex,
  hexToBytes,
  isAddress,
  isHex,
  parseAbiParameters,
} from 'viem'
import { SourceError } from '../../../domain/errors.js'
import type { Action, Proposal } from '../../../domain/proposals/proposal.js'
import type { Answer } from '../../rpc/readCalls.js'
import type { ChainClient } from '../evm/context.js'
import { contentAbi } from './abi.js'
import { decodeActions, type RawAction, withSelector } from './actions.js'
import type { GovernorRules, RuleBook } from './context.js'
import type { Created, GovernorEvent } from './decode.js'
import type { Question } from './query.js'

interface Content {
  readonly targets: readonly string[]
  readonly values: readonly bigint[]
  readonly calldatas: readonly Hex[]
}

const hashed = parseAbiParameters('address[] targets, uint256[] values, bytes[] calldatas, bytes32 descriptionHash')
// Ids below this are counted, not hashed. A hash is that small with a probability of 1 in 2^192.
const mostSequential = 2n ** 64n

/** The id that OpenZeppelin gives a proposal: the hash of its calls and its description. */
export function proposalHash({ targets, values, calldatas }: Content, descriptionHash: Hex): bigint {
  const content = encodeAbiParameters(hashed, [
    targets.filter((target): target is Address => isAddress(target, { strict: false })),
    values,
    calldatas,
    descriptionHash,
  ])
  return BigInt(`0x${sha3.keccak256(hexToBytes(content))}`)
}

/** The content as it is hashed. If a call has a separate signature, its selector is put before the calldata. */
function contentOf(actions: readonly RawAction[]): Content {
  return {
    targets: actions.map(({ target }) => target),
    values: actions.map(({ value }) => value),
    calldatas: actions.map(({ signature, calldata }) =>
      signature === '' ? calldata : withSelector(signature, calldata),
    ),
  }
}

/**
 * Whether the hash of a content is the id. `not-a-hash`: the id is a small number, perhaps of an older contract at the
 * same address, and confirms nothing.
 */
function judgeHash({
  id,
  actions,
  descriptionHash,
}: Pick<Created, 'id' | 'actions' | 'descriptionHash'>): 'vouched' | 'lie' | 'not-a-hash' {
  if (proposalHash(contentOf(actions), descriptionHash) === BigInt(id)) return 'vouched'
  return BigInt(id) < mostSequential ? 'not-a-hash' : 'lie'
}

/**
 * Drops created proposals whose id should be a hash but is not, with a warning for each.
 *
 * @throws SourceError, transient, if a content does not hash to its id.
 */
export function vouchedEvents(
  events: readonly GovernorEvent[],
  rules: RuleBook,
  node: Pick<ChainClient, 'chain' | 'host'>,
): { readonly events: readonly GovernorEvent[]; readonly warnings: readonly string[] } {
  const warnings: string[] = []
  const kept = events.filter((event) => {
    if (event.type !== 'created' || rules.get(event.position.contract)?.vouchedBy !== 'hash') return true
    const verdict = judgeHash(event)
    if (verdict === 'lie') throw forgedContentError(event.position.contract, event.id, node)
    if (verdict === 'vouched') return true
    warnings.push(
      `Proposal ${event.id} of ${getAddress(event.position.contract)} was left out: nothing confirms its content, because its id is not a hash of it.`,
    )
    return false
  })
  return { events: kept, warnings }
}

export function forgedContentError(
  contract: string,
  id: string,
  { chain, host }: Pick<ChainClient, 'chain' | 'host'>,
): SourceError {
  return new SourceError(
    'transient',
    `${host} of ${chain} reports proposal ${id} of ${getAddress(contract)} with another content than its contract: that node cannot be trusted.`,
  )
}

/** A question to the contract of a proposal whether its content is right. */
export interface ContentCheck {
  readonly proposal: Proposal
  readonly call: Question['call']
  readonly judge: (answer: Answer | undefined) => 'vouched' | 'lie' | 'unknown' | 'unanswered'
}

/** Returns the question to the contract, if the id does not confirm the content. */
export function contentCheckFor(
  proposal: Proposal,
  created: Created | undefined,
  { address, vouchedBy }: GovernorRules,
): ContentCheck | undefined {
  if (vouchedBy === 'content' && created !== undefined) {
    if (judgeHash(created) === 'vouched') return undefined
    const { targets, values, calldatas } = contentOf(created.actions)
    const call = {
      address,
      abi: contentAbi,
      functionName: 'getProposalId',
      args: [targets, values, calldatas, created.descriptionHash],
      alone: true,
    }
    return {
      proposal,
      call,
      judge: (answer) => {
        if (answer?.ok === true) return String(answer.value) === proposal.id ? 'vouched' : 'lie'
        return answer?.why === 'reverted' ? 'lie' : 'unanswered'
      },
    }
  }
  if (vouchedBy !== 'actions') return undefined
  const call = { address, abi: contentAbi, functionName: 'getActions', args: [BigInt(proposal.id)], alone: true }
  return {
    proposal,
    call,
    judge: (answer) => {
      if (answer?.ok === false && answer.why === 'reverted') return 'unknown'
      const held = answer?.ok === true ? rawActionsIn(answer.value) : undefined
      if (held === undefined) return 'unanswered'
      if (held.length === 0 && proposal.actions.length > 0) return 'unknown'
      return sameActions(decodeActions(held, new Set()), proposal.actions) ? 'vouched' : 'lie'
    },
  }
}

function rawActionsIn(value: unknown): readonly RawAction[] | undefined {
  if (!Array.isArray(value)) return undefined
  const lists: readonly unknown[] = value
  if (lists.length < 4 || !lists.every((list) => Array.isArray(list))) return undefined
  const [targets = [], ...others]: readonly (readonly unknown[])[] = lists
  return targets.map((target, index): RawAction => {
    const [amount, signature, calldata] = others.map((list) => list[index])
    return {
      target: typeof target === 'string' ? target : '',
      value: typeof amount === 'bigint' ? amount : 0n,
      signature: typeof signature === 'string' ? signature : '',
      calldata: isHex(calldata) ? calldata : '0x',
    }
  })
}

function sameActions(one: readonly Action[], other: readonly Action[]): boolean {
  const text = ({ target, value, selector, signature, schedules }: Action): string =>
    JSON.stringify([
      target.toLowerCase(),
      value.toString(),
      selector,
      signature,
      schedules?.name,
      schedules?.height.toString(),
      schedules?.info,
    ])
  return one.length === other.length && one.every((action, index) => text(action) === text(other[index] ?? action))
}
