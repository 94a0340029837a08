import {
  concat,
  decodeAbiParameters,
  encodeAbiParameters,
  encodeErrorResult,
  type Hex,
  numberToHex,
  pad,
  parseAbi,
  parseAbiParameters,
  size,
  slice,
  toFunctionSelector,
} from 'viem'
import { multicallCode } from '../../src/sources/rpc/multicallCode.js'

// How a node executes calls: of one contract, of many at once, and of code that only returns the block number.

export interface ContractCall {
  readonly to: Hex
  readonly data: Hex
}

/** What a call returned, or the error with which it reverted. */
export interface CallResult {
  readonly success: boolean
  readonly returnData: Hex
}

/** Reverts with a text. */
export function refused(reason: string): CallResult {
  return failed(encodeErrorResult({ abi: parseAbi(['error Error(string)']), errorName: 'Error', args: [reason] }))
}

export function failed(returnData: Hex): CallResult {
  return { success: false, returnData }
}

export const reverted: CallResult = { success: false, returnData: '0x' }

export function returned(returnData: Hex): CallResult {
  return { success: true, returnData }
}

const asked = parseAbiParameters('(address to, bool allowFailure, bytes data)[]')
const told = parseAbiParameters('(bool success, bytes returnData)[]')

/** Executes an eth_call at a block. Without an address, its data is the code of a contract. */
export function execute(
  { to, data }: { readonly to?: Hex | undefined; readonly data: Hex },
  block: number,
  call: (one: ContractCall) => CallResult,
): CallResult {
  if (to !== undefined) return call({ to, data })
  if (!data.startsWith(multicallCode)) return returned(pad(numberToHex(block)))
  const [calls] = decodeAbiParameters(asked, slice(data, size(multicallCode)))
  return returned(encodeAbiParameters(told, [calls.map(call)]))
}

/** Values of fixed size. */
export function words(...values: readonly (bigint | boolean)[]): CallResult {
  return returned(concat(values.map((value) => pad(numberToHex(BigInt(value))))))
}

export function text(value: string): CallResult {
  return returned(encodeAbiParameters([{ type: 'string' }], [value]))
}

/** The views of a contract, by their signatures. Each gets its first argument as a number, and all of them encoded. */
export type Views = Readonly<Record<string, (argument: bigint, all: Hex) => CallResult>>

/** A contract that has only these views. */
export function contractOf(views: Views): (data: Hex) => CallResult {
  const bySelector = new Map(Object.entries(views).map(([signature, view]) => [toFunctionSelector(signature), view]))
  return (data) => {
    const all = size(data) > 4 ? slice(data, 4) : '0x'
    const view = bySelector.get(slice(data, 0, 4))
    return view?.(all === '0x' ? 0n : BigInt(slice(all, 0, 32)), all) ?? reverted
  }
}
