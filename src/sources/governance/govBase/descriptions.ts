import {
  type AbiParameter,
  type Address,
  decodeAbiParameters,
  formatGwei,
  getAddress,
  isAddress,
  keccak256,
  parseAbiParameters,
  size,
  stringToHex,
} from 'viem'
import { amountText } from '../../../domain/notifications/phrases.js'
import type { Action, ProposalType } from '../../../domain/proposals/proposal.js'
import { cleanLine } from '../../../domain/text/text.js'
import type { GovBaseKind } from './context.js'
import type { Row } from './decode.js'

/** What a proposal would do, in words. */
export interface DescribedAction {
  /** Name of the action with the types of its data; its hash if the action is unknown. */
  readonly signature: string
  readonly title: string
  /** More than the title says; empty if there is nothing more. */
  readonly details: string
  readonly kind: ProposalType
  readonly effect: Action['effect']
  /** Number of accounts the action concerns, if that can be read. */
  readonly accounts: number
}

type Proposed = Pick<Row, 'actionType' | 'callData' | 'requiredApprovals'>

/** Describes what a proposal would do. Never throws, because proposers may write any bytes. */
export function describeAction(
  { actionType, callData, requiredApprovals }: Proposed,
  contract: GovBaseKind,
): DescribedAction {
  const wording = actionDescriptions.get(actionType)
  if (wording === undefined) {
    return {
      signature: actionType,
      title: `Unknown action ${actionType}`,
      details: describeData(callData),
      kind: 'other',
      effect: 'call',
      accounts: 0,
    }
  }
  const { name, types, kind, effect, titleOf: say } = wording
  const values = valuesIn(callData, types)
  const scene = { mayValidate: contract === 'GovValidator', quorum: requiredApprovals }
  const title = values === undefined ? undefined : say(values, scene)
  return {
    signature: `${name}${types}`,
    title: title ?? `${name} with data that cannot be decoded`,
    details: title === undefined ? describeData(callData) : accountsInFull(values?.[0]),
    kind,
    effect,
    accounts: Array.isArray(values?.[0]) ? values[0].length : 1,
  }
}

/** What is said of an action that cannot be described. Others are not hashed, as each poll describes what is open. */
function describeData(callData: `0x${string}`): string {
  const hash = callData === '0x' ? '' : ` with the hash ${keccak256(callData)}`
  return `The action has ${amountText(size(callData), 'byte')} of data${hash}.`
}

function valuesIn(callData: `0x${string}`, types: string): readonly unknown[] | undefined {
  if (types === '()') return []
  const parameters: readonly AbiParameter[] = parseAbiParameters(types.slice(1, -1))
  try {
    return decodeAbiParameters(parameters, callData)
  } catch {
    return undefined
  }
}

/** The contract and the quorum an action is described for. */
interface Scene {
  /** In this contract a member may run a validator, under this or another address, but is not one automatically. */
  readonly mayValidate: boolean
  /** Number of approvals required when it was proposed. */
  readonly quorum: bigint
}

/** How to describe one action. */
export interface ActionDescription {
  readonly name: string
  /** The types of its data. */
  readonly types: string
  readonly kind: ProposalType
  readonly effect: Action['effect']
  /** Returns `undefined` if the values do not have the expected types. */
  readonly titleOf: (values: readonly unknown[], scene: Scene) => string | undefined
}

type NamelessDescription = Omit<ActionDescription, 'name'>
type TitleOf = ActionDescription['titleOf']

const seatsAction = (types: string, say: TitleOf): NamelessDescription => ({
  kind: 'membership',
  effect: 'governance',
  types,
  titleOf: say,
})
const rulesAction = (types: string, say: TitleOf): NamelessDescription => ({
  kind: 'parameter',
  effect: 'governance',
  types,
  titleOf: say,
})
const emergencyAction = (say: TitleOf): NamelessDescription => ({
  kind: 'emergency',
  effect: 'governance',
  types: '()',
  titleOf: say,
})
const fundsAction = (types: string, say: TitleOf): NamelessDescription => ({
  kind: 'community',
  effect: 'call',
  types,
  titleOf: say,
})
const accountAction = (verb: string): NamelessDescription => ({
  kind: 'other',
  effect: 'call',
  types: '(address)',
  titleOf: ([who]) => joined([verb, ' ', accountIn(who)]),
})
const accountsAction = (verb: string): NamelessDescription => ({
  kind: 'other',
  effect: 'call',
  types: '(address[])',
  titleOf: ([all]) => joined([verb, ' ', accountsInTitle(all)]),
})

const transfer = '(address,uint256,string)'

const descriptions: Readonly<Record<string, NamelessDescription>> = {
  ACTION_ADD_MEMBER: seatsAction('(address,uint32)', ([who, next], { mayValidate, quorum }) =>
    joined(['Add member ', accountIn(who), mayValidate ? ' (may run a validator), ' : ', ', quorumIn(quorum, next)]),
  ),
  ACTION_REMOVE_MEMBER: seatsAction('(address,uint32)', ([who, next], { quorum }) =>
    joined(['Remove member ', accountIn(who), ', ', quorumIn(quorum, next)]),
  ),
  ACTION_CHANGE_MEMBER: seatsAction('()', () => 'Hand over the seat of a member'),
  ACTION_CHANGE_QUORUM: rulesAction('(uint32)', ([next], { quorum }) => joined(['Change ', quorumIn(quorum, next)])),
  ACTION_CHANGE_MAX_PROPOSALS: rulesAction('(uint256)', ([most]) =>
    joined(['Let a member have ', numberIn(most), ' open proposals']),
  ),
  SET_GAS_TIP: rulesAction('(uint256)', ([tip]) =>
    typeof tip === 'bigint' ? `Set gas tip to ${formatGwei(tip)} gwei` : undefined,
  ),
  UPDATE_MAX_MINTER_ALLOWANCE: rulesAction('(uint256)', ([most]) =>
    joined(['Let no minter mint more than ', numberIn(most), ' base units']),
  ),
  ADD_BLACKLIST: accountAction('Blacklist'),
  REMOVE_BLACKLIST: accountAction('Unblacklist'),
  ADD_AUTHORIZED_ACCOUNT: accountAction('Authorize'),
  REMOVE_AUTHORIZED_ACCOUNT: accountAction('Deauthorize'),
  ADD_BLACKLIST_BATCH: accountsAction('Blacklist'),
  REMOVE_BLACKLIST_BATCH: accountsAction('Unblacklist'),
  ADD_AUTHORIZED_ACCOUNT_BATCH: accountsAction('Authorize'),
  REMOVE_AUTHORIZED_ACCOUNT_BATCH: accountsAction('Deauthorize'),
  CONFIGURE_MINTER: fundsAction('(address,uint256)', ([who, most]) =>
    joined(['Let ', accountIn(who), ' mint ', numberIn(most), ' base units']),
  ),
  REMOVE_MINTER: fundsAction('(address)', ([who]) => joined(['Remove minter ', accountIn(who)])),
  MINT_WITH_DEPOSIT: fundsAction(transfer, ([who, much, id]) =>
    joined(['Mint ', numberIn(much), ' base units to ', accountIn(who), ', deposit ', nameIn(id)]),
  ),
  BURN: fundsAction(transfer, ([who, much, id]) =>
    joined(['Burn ', numberIn(much), ' base units of ', accountIn(who), ', withdrawal ', nameIn(id)]),
  ),
  PAUSE: emergencyAction(() => 'Emergency: pause'),
  UNPAUSE: emergencyAction(() => 'Emergency: end the pause'),
}

/**
 * Every known action, by its hash. The hashed names of actions on members, quorum and proposal limits include the
 * prefix ACTION_; other names have no prefix.
 */
export const actionDescriptions: ReadonlyMap<string, ActionDescription> = new Map(
  Object.entries(descriptions).map(([name, one]) => [keccak256(stringToHex(name)), { name, ...one }]),
)

const maxName = 200

function joined(parts: readonly (string | undefined)[]): string | undefined {
  return parts.includes(undefined) ? undefined : parts.join('')
}

function quorumIn(before: bigint, after: unknown): string | undefined {
  if (typeof after !== 'number') return undefined
  return before === BigInt(after) ? `quorum stays ${after}` : `quorum ${before} -> ${after}`
}

function numberIn(value: unknown): string | undefined {
  return typeof value === 'bigint' ? value.toString() : undefined
}

function nameIn(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  const name = cleanLine(value, maxName)
  return name === '' ? 'without a name' : name
}

// Maximum number of accounts in a title. With more, the longest title would be cut.
const maxNamed = 2
const maxListed = 50

/** One address of decoded data; `undefined` for anything else. */
function accountIn(value: unknown): Address | undefined {
  return typeof value === 'string' && isAddress(value) ? getAddress(value) : undefined
}

/** The first accounts of a list, and how many more there are. */
export function accountsInTitle(value: unknown): string | undefined {
  const all = accountsIn(value)
  if (all === undefined) return undefined
  return all.length === 0 ? 'nobody' : firstOf(all, maxNamed)
}

/** A sentence with all accounts if they do not fit in a title; otherwise empty. */
export function accountsInFull(value: unknown): string {
  const all = accountsIn(value) ?? []
  return all.length <= maxNamed ? '' : `All accounts: ${firstOf(all, maxListed)}.`
}

function accountsIn(value: unknown): readonly Address[] | undefined {
  if (!Array.isArray(value)) return undefined
  const all = value.map(accountIn).filter((account) => account !== undefined)
  return all.length === value.length ? all : undefined
}

function firstOf(all: readonly Address[], most: number): string {
  const more = all.length - most
  return `${all.slice(0, most).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
