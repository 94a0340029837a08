import { keyOf } from '../../proposals/proposal.js'

/** The chain of an example, and its time. */
export interface ExampleOptions {
  readonly chain: string
  readonly system: string
  readonly contract: string
  /** Unix milliseconds. */
  readonly now: number
  readonly labels?: Readonly<Record<string, string>>
}

/** The height of the upgrade in all examples. */
export const height = 1_234_567
/** The block in all examples: three hours and twenty minutes before the height, at three seconds per block. */
export const at = BigInt(height) - 4_000n
/** Milliseconds until the height. */
export const msToHeight = 4_000 * 3_000

/** The upgrade in all examples, and its proposal. */
export function examplePlan({ chain, contract }: ExampleOptions): {
  readonly key: string
  readonly contract: string
  readonly proposalId: string
  readonly name: string
  readonly height: number
  readonly time: null
} {
  const id = '42'
  return { key: keyOf({ chain, contract, id }), contract, proposalId: id, name: 'v2.1.0', height, time: null }
}

/** Fictitious accounts of the chain, in its form of addresses. */
export function exampleAccounts({ system }: ExampleOptions): { readonly proposer: string; readonly voter: string } {
  return system === 'cosmos'
    ? {
        proposer: 'cosmos10d07y265gmmuvt4z0w9aw880jnsr700j6zn9kn',
        voter: 'cosmos1fl48vsnmsdzcv85q5d2q4z5ajdha8yu34mf0eh',
      }
    : {
        proposer: '0x71C7656EC7ab88b098defB751B7401B5f6d8976F',
        voter: '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266',
      }
}
