import type { Address } from 'viem'
import type { Ballot } from '../../../../src/sources/governance/wemix/decode.js'

export const someone: Address = '0x00000000000000000000000000000000000000A1'
/** A ballot as the contract returns it. */
export const basic = (parts: Partial<Ballot> = {}): Ballot => ({
  startTime: 0n,
  endTime: 0n,
  ballotType: 5n,
  creator: someone,
  memo: '0x',
  totalVoters: 0n,
  accepts: 0n,
  rejects: 0n,
  state: 1n,
  isFinalized: false,
  duration: 0n,
  ...parts,
})
export const contracts = { registry: someone, gov: someone, ballots: someone, env: someone }
