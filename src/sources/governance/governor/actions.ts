import { concat, decodeAbiParameters, type Hex, parseAbiParameters, size, slice, toFunctionSelector } from 'viem'
import { defined } from '../../../domain/defined.js'
import type { Action } from '../../../domain/proposals/proposal.js'

/** One entry of the four arrays of ProposalCreated. */
export interface RawAction {
  readonly target: string
  readonly value: bigint
  /** Function signature of a Bravo call; empty if the calldata begins with the selector. */
  readonly signature: string
  readonly calldata: Hex
}

const scheduleSignature = 'scheduleUpgrade(string,uint256,string)'
const transfers = [
  'transfer(address,uint256)',
  'transferFrom(address,address,uint256)',
  'safeTransferFrom(address,address,uint256)',
  'safeTransferFrom(address,address,uint256,bytes)',
]
const others = [
  'approve(address,uint256)',
  'mint(address,uint256)',
  'upgradeTo(address)',
  'upgradeToAndCall(address,bytes)',
  'transferOwnership(address)',
  'acceptOwnership()',
  'pause()',
  'unpause()',
  'setVotingDelay(uint48)',
  'setVotingDelay(uint256)',
  'setVotingPeriod(uint32)',
  'setVotingPeriod(uint256)',
  'setProposalThreshold(uint256)',
  'updateQuorumNumerator(uint256)',
  'updateTimelock(address)',
  'updateDelay(uint256)',
  'relay(address,uint256,bytes)',
  'updateParam(string,bytes,address)',
  'grantRole(bytes32,address)',
  'revokeRole(bytes32,address)',
]

const selectors = new Map(
  [scheduleSignature, ...transfers, ...others].map((signature) => [toFunctionSelector(signature), signature]),
)
const scheduleParameters = parseAbiParameters('string name, uint256 height, string info')
const zeroAddress = '0x0000000000000000000000000000000000000000'

/**
 * Decodes one call of a proposal. `ours` holds the governor and its timelock in lower case.
 *
 * Everything in the call was written by the proposer, so a call that cannot be decoded still counts as a call.
 */
export function decodeAction({ target, value, signature, calldata }: RawAction, ours: ReadonlySet<string>): Action {
  const data = signature === '' ? calldata : withSelector(signature, calldata)
  const selector = size(data) >= 4 ? slice(data, 0, 4) : '0x'
  const name = signature === '' ? selectors.get(selector) : printable(signature)
  const known = selectors.get(selector)
  const schedules = known === scheduleSignature ? decodeSchedule(data) : undefined
  return {
    target,
    value,
    selector,
    ...defined({ signature: name }),
    effect: effectOf(target.toLowerCase(), value, data, known, ours),
    ...defined({ schedules }),
  }
}

const maxActions = 50

/** Decodes the calls of a proposal and keeps the first 50. A call that schedules an upgrade is kept at any position. */
export function decodeActions(raw: readonly RawAction[], ours: ReadonlySet<string>): readonly Action[] {
  return raw
    .map((action) => decodeAction(action, ours))
    .filter((action, index) => index < maxActions || action.schedules !== undefined)
}

function effectOf(
  target: string,
  value: bigint,
  data: Hex,
  known: string | undefined,
  ours: ReadonlySet<string>,
): Action['effect'] {
  if (value === 0n && (data === '0x' || target === zeroAddress)) return 'none'
  if (data === '0x') return 'transfer'
  if (ours.has(target)) return 'governance'
  return known !== undefined && transfers.includes(known) ? 'transfer' : 'call'
}

function decodeSchedule(data: Hex): Action['schedules'] {
  try {
    const [name, height, info] = decodeAbiParameters(scheduleParameters, slice(data, 4))
    return { name, height, info }
  } catch {
    return undefined
  }
}

export function withSelector(signature: string, calldata: Hex): Hex {
  try {
    return concat([toFunctionSelector(signature), calldata])
  } catch {
    // This is not a signature. The timelock would hash the text as it is, but what it calls is unknown.
    return concat(['0x00000000', calldata])
  }
}

function printable(signature: string): string {
  return signature.replaceAll(/[^\x20-\x7e]/g, '').slice(0, 200)
}
