import fc from 'fast-check'
import { encodeAbiParameters, keccak256, parseAbiParameters, stringToHex } from 'viem'
import { hostile } from '../../../support/hostile/hostileTexts.js'

export const names = [
  'ACTION_ADD_MEMBER',
  'ACTION_REMOVE_MEMBER',
  'ACTION_CHANGE_MEMBER',
  'ACTION_CHANGE_QUORUM',
  'ACTION_CHANGE_MAX_PROPOSALS',
  'SET_GAS_TIP',
  'ADD_BLACKLIST',
  'REMOVE_BLACKLIST',
  'ADD_AUTHORIZED_ACCOUNT',
  'REMOVE_AUTHORIZED_ACCOUNT',
  'ADD_BLACKLIST_BATCH',
  'REMOVE_BLACKLIST_BATCH',
  'ADD_AUTHORIZED_ACCOUNT_BATCH',
  'REMOVE_AUTHORIZED_ACCOUNT_BATCH',
  'CONFIGURE_MINTER',
  'REMOVE_MINTER',
  'UPDATE_MAX_MINTER_ALLOWANCE',
  'PAUSE',
  'UNPAUSE',
  'MINT_WITH_DEPOSIT',
  'BURN',
]

export const bytes = fc
  .uint8Array({ maxLength: 300 })
  .map((data): `0x${string}` => `0x${Buffer.from(data).toString('hex')}`)

export const uint = (bits: number) => fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n })

export const addresses = fc
  .uint8Array({ minLength: 20, maxLength: 20 })
  .map((data): `0x${string}` => `0x${Buffer.from(data).toString('hex')}`)

export const sound = fc.oneof(
  fc
    .tuple(addresses, uint(32))
    .map(([who, quorum]) => encodeAbiParameters(parseAbiParameters('address, uint32'), [who, Number(quorum)])),
  fc.array(addresses, { maxLength: 80 }).map((all) => encodeAbiParameters(parseAbiParameters('address[]'), [all])),
  fc
    .tuple(addresses, uint(256), hostile)
    .map(([who, much, text]) => encodeAbiParameters(parseAbiParameters('address, uint256, string'), [who, much, text])),
  uint(256).map((number) => encodeAbiParameters(parseAbiParameters('uint256'), [number])),
)

export const actionType = fc.oneof(
  fc.constantFrom(...names).map((name) => keccak256(stringToHex(name))),
  bytes.map((data) => keccak256(data)),
)

export const row = fc.record({
  actionType,
  memberVersion: uint(256),
  votedBitmap: uint(256),
  createdAt: uint(256),
  executedAt: uint(256),
  proposer: addresses,
  requiredApprovals: fc.nat(0xffffffff),
  approved: fc.nat(0xffffffff),
  rejected: fc.nat(0xffffffff),
  status: fc.nat(255),
  callData: fc.oneof(bytes, sound),
})

export const contract = {
  address: '0x0000000000000000000000000000000000001001',
  kind: 'GovValidator',
  maxAttempts: 3n,
  count: 0n,
  memberVersion: 1n,
} as const
