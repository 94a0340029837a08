import { type Hex, keccak256, numberToHex, toHex } from 'viem'
import { z } from 'zod'
import type { HttpRequest } from '../../src/transport/HttpClient.js'
import { type CallResult, type ContractCall, execute } from './evmCalls.js'
import { branchOf, type Reorg } from './reorgs.js'
import { answerCalls, type RpcCall, type RpcResult } from './answerCalls.js'
import type { NodeAnswer, View } from './story.js'

// A node of an EVM chain whose last blocks may have been replaced.

export interface EvmLog {
  readonly block: number
  readonly topics: readonly [Hex, ...Hex[]]
  readonly data: Hex
}

/** What a contract of the chain tells a node. */
export interface EvmContent<Truth, Lie> {
  readonly address: Hex
  readonly reorgs: (truth: Truth) => readonly Reorg[]
  /** In the order of their blocks. */
  readonly logs: (view: View<Truth, Lie>) => readonly EvmLog[]
  /** The answer of the contracts to a call at a block. */
  readonly call: (view: View<Truth, Lie>, call: ContractCall, block: number) => CallResult
  /** True if the node is on a branch of its own in its newest blocks. */
  readonly isAstray: (lie: Lie) => boolean
}

/** Answers a request as a node of the chain does. */
export function answerEvm<Truth, Lie>(
  content: EvmContent<Truth, Lie>,
  view: View<Truth, Lie>,
  request: HttpRequest,
): NodeAnswer {
  return answerCalls(request, (call) => resultOf(content, view, call))
}

const invented = 9
const astray = 7
const astrayBlocks = 4

/** Answers one call. */
export function resultOf<Truth, Lie>(
  content: EvmContent<Truth, Lie>,
  view: View<Truth, Lie>,
  call: RpcCall,
): RpcResult {
  const { head } = view
  const [first, second] = z.array(z.unknown()).parse(call.params ?? [])
  switch (call.method) {
    case 'eth_chainId':
      return { result: '0x539' }
    case 'web3_clientVersion':
      return { result: 'Geth/v1' }
    case 'eth_syncing':
      return { result: false }
    case 'eth_blockNumber':
      return { result: numberToHex(head) }
    case 'eth_getBlockByNumber':
      return { result: blockOf(content, view, numberOf(first, head)) }
    case 'eth_getCode':
      return { result: '0x6000' }
    case 'eth_getStorageAt':
      return { result: `0x${'0'.repeat(64)}` }
    case 'eth_getLogs':
      return logsIn(content, view, first)
    case 'eth_call': {
      const at = numberOf(second, head)
      if (at > head) return refusal(-32000, 'header not found')
      const { success, returnData } = execute(callSchema.parse(first), at, (one) => content.call(view, one, at))
      return success ? { result: returnData } : refusal(3, 'execution reverted', returnData)
    }
    default:
      return refusal(-32601, `the method ${call.method} does not exist/is not available`)
  }
}

const hexSchema = z.custom<Hex>((value) => typeof value === 'string' && value.startsWith('0x'))
const callSchema = z.looseObject({ to: hexSchema.optional(), data: hexSchema })
const filterSchema = z.looseObject({
  fromBlock: z.string(),
  toBlock: z.string(),
  topics: z.array(z.union([z.null(), z.string(), z.array(z.string())])).optional(),
})

function refusal(code: number, message: string, data?: Hex): RpcResult {
  return { error: { code, message, ...(data !== undefined && { data }) } }
}

function numberOf(tag: unknown, head: number): number {
  if (tag === 'finalized') return Math.max(0, head - 10)
  if (tag === 'safe') return Math.max(0, head - 5)
  return typeof tag === 'string' && tag.startsWith('0x') ? Number(tag) : head
}

function hashOf<Truth, Lie>(content: EvmContent<Truth, Lie>, view: View<Truth, Lie>, block: number): Hex {
  const { truth, mood, real } = view
  const honest = branchOf(content.reorgs(truth), block, real)
  const isAstray = mood.lie !== undefined && content.isAstray(mood.lie) && block > real - astrayBlocks
  const branch = block > real ? invented : isAstray ? honest + astray : honest
  return `0x${branch.toString(16).padStart(8, '0')}${Math.max(0, block + 1)
    .toString(16)
    .padStart(56, '0')}`
}

function blockOf<Truth, Lie>(content: EvmContent<Truth, Lie>, view: View<Truth, Lie>, block: number): object | null {
  if (block > view.head || block < 0) return null
  return {
    number: numberToHex(block),
    hash: hashOf(content, view, block),
    parentHash: hashOf(content, view, block - 1),
    timestamp: numberToHex(view.timeOf(block)),
  }
}

const keptBlocks = 60

function logsIn<Truth, Lie>(content: EvmContent<Truth, Lie>, view: View<Truth, Lie>, filter: unknown): RpcResult {
  const { head, real, mood } = view
  const { fromBlock, toBlock, topics: [wanted] = [] } = filterSchema.parse(filter)
  const [from, to] = [numberOf(fromBlock, head), numberOf(toBlock, head)]
  if (to > head) return refusal(-32000, 'block range extends beyond current head block')
  if (mood.isPruned === true && from < real - keptBlocks)
    return refusal(-32000, 'missing trie node: history has been pruned for this block')
  const all = content
    .logs(view)
    .filter(({ block }) => block <= head)
    .map((log, index, logs) => ({
      ...log,
      index: logs.slice(0, index).filter(({ block }) => block === log.block).length,
    }))
    .filter(
      ({ block, topics: [topic] }) =>
        block >= from && block <= to && (wanted == null || [wanted].flat().includes(topic)),
    )
  return { result: (mood.cutsLists === true ? all.slice(0, 1) : all).map((log) => logOf(content, view, log)) }
}

function logOf<Truth, Lie>(
  content: EvmContent<Truth, Lie>,
  view: View<Truth, Lie>,
  { block, index, topics, data }: EvmLog & { readonly index: number },
): object {
  return {
    address: content.address,
    topics,
    data,
    blockNumber: numberToHex(block),
    blockHash: hashOf(content, view, block),
    logIndex: numberToHex(index),
    transactionIndex: '0x0',
    transactionHash: keccak256(toHex(`${block}/${index}`)),
    removed: false,
  }
}
