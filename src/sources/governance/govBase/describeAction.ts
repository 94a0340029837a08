import { type AbiParameter, type Address, decodeAbiParameters, formatGwei, getAddress, isAddress, keccak256, parseAbiParameters, size, stringToHex } from 'viem'
import type { Action, ProposalType } from '../../../domain/proposal.js'
import { cleanLine } from '../../../domain/text.js'
import type { GovBaseKind } from './GovBaseContext.js'
import type { Row } from './readRow.js'

/** What a proposal would do, in words. */
export interface ActionInWords {
  /** Name of the action with the types of its data; its hash where nobody knows it. */
  readonly signature: string
  readonly title: string
  /** Says more than the title; empty where there is no more to say. */
  readonly details: string
  readonly kind: ProposalType
  readonly effect: Action['effect']
}

/** Whose action it is. */
interface Scene {
  readonly seat: 'validator' | 'member'
  readonly quorum: bigint
}

interface Wording {
  readonly types: string
  readonly kind: ProposalType
  readonly effect: Action['effect']
  /** `undefined` where the values are not what the types promise. */
  readonly say: (values: readonly unknown[], scene: Scene) => string | undefined
}

const seats: Pick<Wording, 'kind' | 'effect'> = { kind: 'membership', effect: 'governance' }
const rules: Pick<Wording, 'kind' | 'effect'> = { kind: 'parameter', effect: 'governance' }
const money: Pick<Wording, 'kind' | 'effect'> = { kind: 'community', effect: 'call' }
const lists: Pick<Wording, 'kind' | 'effect'> = { kind: 'other', effect: 'call' }
const brakes: Pick<Wording, 'kind' | 'effect'> = { kind: 'emergency', effect: 'governance' }

// With more the longest title would be cut.
const maxNamed = 2
const maxListed = 50
const maxText = 200

const wordings: Readonly<Record<string, Wording>> = {
  ACTION_ADD_MEMBER: {
    ...seats, types: '(address,uint32)',
    say: ([who, next], { seat, quorum }) => words(['Add ', seat, ' ', addressIn(who), ', ', quorumText(quorum, next)]),
  },
  ACTION_REMOVE_MEMBER: {
    ...seats, types: '(address,uint32)',
    say: ([who, next], { seat, quorum }) => words(['Remove ', seat, ' ', addressIn(who), ', ', quorumText(quorum, next)]),
  },
  ACTION_CHANGE_MEMBER: { ...seats, types: '()', say: (_none, { seat }) => `Hand over the seat of a ${seat}` },
  ACTION_CHANGE_QUORUM: { ...rules, types: '(uint32)', say: ([next], { quorum }) => words(['Change ', quorumText(quorum, next)]) },
  ACTION_CHANGE_MAX_PROPOSALS: { ...rules, types: '(uint256)', say: ([most]) => words(['Let a member have ', countText(most), ' open proposals']) },
  SET_GAS_TIP: { ...rules, types: '(uint256)', say: ([tip]) => (typeof tip === 'bigint' ? `Set gas tip to ${formatGwei(tip)} gwei` : undefined) },
  ADD_BLACKLIST: { ...lists, types: '(address)', say: ([who]) => words(['Blacklist ', addressIn(who)]) },
  REMOVE_BLACKLIST: { ...lists, types: '(address)', say: ([who]) => words(['Unblacklist ', addressIn(who)]) },
  ADD_AUTHORIZED_ACCOUNT: { ...lists, types: '(address)', say: ([who]) => words(['Authorize ', addressIn(who)]) },
  REMOVE_AUTHORIZED_ACCOUNT: { ...lists, types: '(address)', say: ([who]) => words(['Deauthorize ', addressIn(who)]) },
  ADD_BLACKLIST_BATCH: { ...lists, types: '(address[])', say: ([all]) => words(['Blacklist ', namesIn(all)]) },
  REMOVE_BLACKLIST_BATCH: { ...lists, types: '(address[])', say: ([all]) => words(['Unblacklist ', namesIn(all)]) },
  ADD_AUTHORIZED_ACCOUNT_BATCH: { ...lists, types: '(address[])', say: ([all]) => words(['Authorize ', namesIn(all)]) },
  REMOVE_AUTHORIZED_ACCOUNT_BATCH: { ...lists, types: '(address[])', say: ([all]) => words(['Deauthorize ', namesIn(all)]) },
  CONFIGURE_MINTER: { ...money, types: '(address,uint256)', say: ([who, most]) => words(['Let ', addressIn(who), ' mint ', countText(most), ' base units']) },
  REMOVE_MINTER: { ...money, types: '(address)', say: ([who]) => words(['Remove minter ', addressIn(who)]) },
  UPDATE_MAX_MINTER_ALLOWANCE: { ...rules, types: '(uint256)', say: ([most]) => words(['Let no minter mint more than ', countText(most), ' base units']) },
  PAUSE: { ...brakes, types: '()', say: () => 'Emergency: pause' },
  UNPAUSE: { ...brakes, types: '()', say: () => 'Emergency: end the pause' },
  MINT_WITH_DEPOSIT: { ...money, types: '(address,uint256,string)', say: ([who, much, id]) => words(['Mint ', countText(much), ' base units to ', addressIn(who), ', deposit ', textIn(id)]) },
  BURN: { ...money, types: '(address,uint256,string)', say: ([who, much, id]) => words(['Burn ', countText(much), ' base units of ', addressIn(who), ', withdrawal ', textIn(id)]) },
}

// Actions on members hash their name with the prefix, all others without one.
const actions = new Map(Object.entries(wordings).map(([name, wording]) => [keccak256(stringToHex(name)), { name, ...wording }]))

/** Says what a proposal would do. Never throws: whoever may propose may write any bytes. */
export function describeAction({ actionType, callData, requiredApprovals }: Pick<Row, 'actionType' | 'callData' | 'requiredApprovals'>, kind: GovBaseKind): ActionInWords {
  const action = actions.get(actionType)
  const raw = `${size(callData)} bytes of data${callData === '0x' ? '' : ` with the hash ${keccak256(callData)}`}`
  if (action === undefined) {
    return { signature: actionType, title: `Unknown action ${actionType}`, details: `The action has ${raw}.`, kind: 'other', effect: 'call' }
  }
  const { name, types, effect, say } = action
  const values = valuesIn(callData, types)
  const seat = kind === 'GovValidator' ? 'validator' : 'member'
  const said = values === undefined ? undefined : say(values, { seat, quorum: requiredApprovals })
  const title = said ?? `${name} with data that cannot be decoded`
  return { signature: `${name}${types}`, title, details: said === undefined ? `The action has ${raw}.` : listed(values?.[0]), kind: action.kind, effect }
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

function words(parts: readonly (string | undefined)[]): string | undefined {
  return parts.includes(undefined) ? undefined : parts.join('')
}

function quorumText(before: bigint, after: unknown): string | undefined {
  if (typeof after !== 'number') return undefined
  return before === BigInt(after) ? `quorum stays ${after}` : `quorum ${before} -> ${after}`
}

function addressIn(value: unknown): Address | undefined {
  return typeof value === 'string' && isAddress(value) ? getAddress(value) : undefined
}

function addressesIn(value: unknown): readonly Address[] | undefined {
  if (!Array.isArray(value)) return undefined
  const all = value.map(addressIn).filter((address) => address !== undefined)
  return all.length === value.length ? all : undefined
}

function namesIn(value: unknown): string | undefined {
  const all = addressesIn(value)
  if (all === undefined) return undefined
  const more = all.length - maxNamed
  return all.length === 0 ? 'nobody' : `${all.slice(0, maxNamed).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

function listed(value: unknown): string {
  const all = addressesIn(value) ?? []
  const more = all.length - maxListed
  return all.length <= maxNamed ? '' : `All accounts: ${all.slice(0, maxListed).join(', ')}${more > 0 ? ` and ${more} more` : ''}.`
}

function countText(value: unknown): string | undefined {
  return typeof value === 'bigint' ? value.toString() : undefined
}

function textIn(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  const text = cleanLine(value, maxText)
  return text === '' ? 'without a name' : text
}
