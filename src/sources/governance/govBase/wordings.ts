import { formatGwei, keccak256, stringToHex } from 'viem'
import type { Action, ProposalType } from '../../../domain/proposals/proposal.js'
import { cleanLine } from '../../../domain/text/text.js'
import { accountIn, accountsInTitle } from './accountWords.js'

/** Whose action it is. */
interface Scene {
  /** A member may run a validator, under this address or another; it is none by itself. */
  readonly mayValidate: boolean
  /** Approvals needed when it was proposed. */
  readonly quorum: bigint
}

/** How one action is told. */
export interface Wording {
  readonly name: string
  /** Of its data. */
  readonly types: string
  readonly kind: ProposalType
  readonly effect: Action['effect']
  /** `undefined` where the values are not what the types promise. */
  readonly say: (values: readonly unknown[], scene: Scene) => string | undefined
}

type Told = Omit<Wording, 'name'>
type Say = Wording['say']

const aboutSeats = (types: string, say: Say): Told => ({ kind: 'membership', effect: 'governance', types, say })
const aboutRules = (types: string, say: Say): Told => ({ kind: 'parameter', effect: 'governance', types, say })
const aboutBrakes = (say: Say): Told => ({ kind: 'emergency', effect: 'governance', types: '()', say })
const aboutMoney = (types: string, say: Say): Told => ({ kind: 'community', effect: 'call', types, say })
const aboutAccount = (verb: string): Told => ({
  kind: 'other',
  effect: 'call',
  types: '(address)',
  say: ([who]) => joined([verb, ' ', accountIn(who)]),
})
const aboutAccounts = (verb: string): Told => ({
  kind: 'other',
  effect: 'call',
  types: '(address[])',
  say: ([all]) => joined([verb, ' ', accountsInTitle(all)]),
})

const transfer = '(address,uint256,string)'

const told: Readonly<Record<string, Told>> = {
  ACTION_ADD_MEMBER: aboutSeats('(address,uint32)', ([who, next], { mayValidate, quorum }) =>
    joined(['Add member ', accountIn(who), mayValidate ? ' (may run a validator), ' : ', ', quorumIn(quorum, next)]),
  ),
  ACTION_REMOVE_MEMBER: aboutSeats('(address,uint32)', ([who, next], { quorum }) =>
    joined(['Remove member ', accountIn(who), ', ', quorumIn(quorum, next)]),
  ),
  ACTION_CHANGE_MEMBER: aboutSeats('()', () => 'Hand over the seat of a member'),
  ACTION_CHANGE_QUORUM: aboutRules('(uint32)', ([next], { quorum }) => joined(['Change ', quorumIn(quorum, next)])),
  ACTION_CHANGE_MAX_PROPOSALS: aboutRules('(uint256)', ([most]) =>
    joined(['Let a member have ', numberIn(most), ' open proposals']),
  ),
  SET_GAS_TIP: aboutRules('(uint256)', ([tip]) =>
    typeof tip === 'bigint' ? `Set gas tip to ${formatGwei(tip)} gwei` : undefined,
  ),
  UPDATE_MAX_MINTER_ALLOWANCE: aboutRules('(uint256)', ([most]) =>
    joined(['Let no minter mint more than ', numberIn(most), ' base units']),
  ),
  ADD_BLACKLIST: aboutAccount('Blacklist'),
  REMOVE_BLACKLIST: aboutAccount('Unblacklist'),
  ADD_AUTHORIZED_ACCOUNT: aboutAccount('Authorize'),
  REMOVE_AUTHORIZED_ACCOUNT: aboutAccount('Deauthorize'),
  ADD_BLACKLIST_BATCH: aboutAccounts('Blacklist'),
  REMOVE_BLACKLIST_BATCH: aboutAccounts('Unblacklist'),
  ADD_AUTHORIZED_ACCOUNT_BATCH: aboutAccounts('Authorize'),
  REMOVE_AUTHORIZED_ACCOUNT_BATCH: aboutAccounts('Deauthorize'),
  CONFIGURE_MINTER: aboutMoney('(address,uint256)', ([who, most]) =>
    joined(['Let ', accountIn(who), ' mint ', numberIn(most), ' base units']),
  ),
  REMOVE_MINTER: aboutMoney('(address)', ([who]) => joined(['Remove minter ', accountIn(who)])),
  MINT_WITH_DEPOSIT: aboutMoney(transfer, ([who, much, id]) =>
    joined(['Mint ', numberIn(much), ' base units to ', accountIn(who), ', deposit ', nameIn(id)]),
  ),
  BURN: aboutMoney(transfer, ([who, much, id]) =>
    joined(['Burn ', numberIn(much), ' base units of ', accountIn(who), ', withdrawal ', nameIn(id)]),
  ),
  PAUSE: aboutBrakes(() => 'Emergency: pause'),
  UNPAUSE: aboutBrakes(() => 'Emergency: end the pause'),
}

/** Every action that is known, by its hash: those on members and quorum hash their name with its prefix, others have none. */
export const wordings: ReadonlyMap<string, Wording> = new Map(
  Object.entries(told).map(([name, one]) => [keccak256(stringToHex(name)), { name, ...one }]),
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
