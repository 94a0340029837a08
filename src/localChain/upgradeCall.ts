import { type Address, encodeFunctionData, type Hex, parseAbi } from 'viem'

/** An upgrade as the contract takes it. */
export interface UpgradePlan {
  readonly name: string
  readonly height: number
  readonly info?: string
}

const registryAbi = parseAbi(['function scheduleUpgrade(string name, uint256 height, string info)'])

/** Encodes the call of a proposal that schedules an upgrade. */
export function upgradeCall(
  registry: Address,
  { name, height, info = '' }: UpgradePlan,
): { readonly target: Address; readonly calldata: Hex } {
  const args = [name, BigInt(height), info] as const
  return { target: registry, calldata: encodeFunctionData({ abi: registryAbi, functionName: 'scheduleUpgrade', args }) }
}
