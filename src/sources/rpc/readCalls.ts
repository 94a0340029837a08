import {
  type AbiParameter,
  BaseError,
  ContractFunctionExecutionError,
  ContractFunctionRevertedError,
  ContractFunctionZeroDataError,
  decodeFunctionResult,
  getContractError,
  HttpRequestError,
  type Client,
  RawContractError,
  RpcRequestError,
  TimeoutError,
} from 'viem'
import { readContract } from 'viem/actions'
import { defined } from '../../domain/defined.js'
import { RequestError } from '../../transport/RequestError.js'
import { type Aggregated, NoListError } from './aggregatedIn.js'
import { allInOrder } from './allInOrder.js'
import type { Call } from './call.js'
import { classifyRpcError } from './errors/classifyRpcError.js'
import { findCause } from './errors/findCause.js'
import { rememberingMulticall } from './rememberingMulticall.js'
import { hasMulticall } from './standingMulticall.js'

export type { Call } from './call.js'

// Number of further multicalls for which a node that refused a call without an address is read in another way. It is
// limited because the refusal may have been an accident. The key is the transport that all clients of the node share.
const refusing = new WeakMap<object, number>()
const asksOtherwise = 500

interface At {
  readonly blockNumber?: bigint
}

/** The answer of a view function. The value is as viem decodes it: narrow it before use. */
export type Answer =
  | { readonly ok: true; readonly value: unknown }
  /** `empty`: there is no code, or no such function. `reason` holds the revert text or the name of the error. */
  | { readonly ok: false; readonly why: 'reverted' | 'empty' | 'malformed'; readonly reason: string }

// Never used, because the answers were counted; it only satisfies the type.
const missing: Answer = { ok: false, why: 'malformed', reason: '' }

// The call runs as contract creation, so the limits of that apply: 48 KiB of init code, which is about 150 calls, and
// 24,576 bytes of deployed code, which here is the answer.
const maxCalls = 150
const maxAnswerBytes = 24_000

/**
 * Reads views at one block through a multicall that needs no contract on the chain. It uses as few eth_calls as the
 * limits allow, all in the same tick. A view that fails is an answer; a request that fails rejects.
 */
export async function readCalls(
  client: Client,
  calls: readonly Call[],
  blockNumber?: bigint,
): Promise<readonly Answer[]> {
  const at = blockNumber === undefined ? {} : { blockNumber }
  const shared = calls.filter(({ alone }) => alone !== true)
  const [chunks, lone] = await Promise.all([
    Promise.all(chunksOf(shared).map((chunk) => readTogether(client, chunk, at))),
    Promise.all(calls.filter(({ alone }) => alone === true).map((call) => readAlone(client, call, at))),
  ])
  const answers = chunks.flat()
  let [nextShared, nextLone] = [0, 0]
  return calls.map(({ alone }): Answer => (alone === true ? lone[nextLone++] : answers[nextShared++]) ?? missing)
}

const multicall = rememberingMulticall(answerOf)

async function readTogether(client: Client, calls: readonly Call[], at: At): Promise<readonly Answer[]> {
  const asksLeft = refusing.get(client.transport) ?? 0
  if (asksLeft > 0) {
    refusing.set(client.transport, asksLeft - 1)
    return readOtherwise(client, calls, at)
  }
  try {
    return await multicall(client, { calls, place: 'nowhere', at })
  } catch (fault) {
    if (isTooLarge(fault)) return Promise.all(calls.map((call) => readAlone(client, call, at)))
    if (!isRefusal(fault)) throw fault
    // Some nodes refuse calls without an address. Only if another way succeeds was that the reason.
    const answers = await readOtherwise(client, calls, at).catch(() => [])
    if (!answers.some(({ ok }) => ok)) throw fault
    refusing.set(client.transport, asksOtherwise)
    return answers
  }
}

/** Reads through the multicall contract that is deployed on most chains, or one by one if it is not deployed. */
async function readOtherwise(client: Client, calls: readonly Call[], at: At): Promise<readonly Answer[]> {
  const [isThere, together] = await Promise.all([
    hasMulticall(client, at.blockNumber),
    readStanding(client, calls, at).catch((fault: unknown) => ({ fault })),
  ])
  if (isThere && !('fault' in together)) return together
  // The contract lets single calls fail, so a revert of the multicall itself has another reason.
  if (isThere && 'fault' in together && !isOtherwiseRefused(together.fault)) throw together.fault
  return Promise.all(calls.map((call) => readAlone(client, call, at)))
}

/**
 * Reads each contract in a separate multicall, because Multicall3 does not prevent one contract from changing what the
 * next one answers.
 */
async function readStanding(client: Client, calls: readonly Call[], at: At): Promise<readonly Answer[]> {
  const contracts = [...new Set(calls.map(({ address }) => address))]
  const groups = await allInOrder(
    contracts.map((contract) => {
      const asked = calls.filter(({ address }) => address === contract)
      return multicall(client, { calls: asked, place: 'standing', at })
    }),
  )
  const answers = new Map(contracts.map((contract, index) => [contract, groups[index]?.values()]))
  return calls.map(({ address }): Answer => answers.get(address)?.next().value ?? missing)
}

function isOtherwiseRefused(fault: unknown): boolean {
  return isTooLarge(fault) || (isRefusal(fault) && classifyRpcError(fault).class !== 'reverted')
}

/** Decodes the result of one view in a multicall. */
function answerOf({ address, abi, functionName, args }: Call, { success, data }: Aggregated): Answer {
  try {
    if (!success) throw new RawContractError({ data })
    return { ok: true, value: decodeFunctionResult({ abi, functionName, data, ...defined({ args }) }) }
  } catch (error) {
    if (!(error instanceof BaseError)) return { ok: false, why: 'malformed', reason: '' }
    return failed(getContractError(error, { abi, address, functionName, args }))
  }
}

/**
 * True if the node answered with an error, with nothing, or with something that is not a list of results, and the
 * reason is neither a missing block, nor a rate limit, nor a known permanent one.
 */
function isRefusal(fault: unknown): boolean {
  if (fault instanceof NoListError) return true
  if (findCause(fault, (cause) => cause instanceof ContractFunctionZeroDataError) !== undefined) return true
  if (findCause(fault, (cause) => cause instanceof RpcRequestError) === undefined) return false
  const failure = classifyRpcError(fault)
  return failure.lagging !== true && failure.class !== 'rate-limit' && failure.known !== true
}

/** True if the answers together exceed the maximum size of contract code. */
function isTooLarge(fault: unknown): boolean {
  return /code ?size|contract ?size/i.test(classifyRpcError(fault).message)
}

async function readAlone(client: Client, { alone: _alone, ...call }: Call, at: At): Promise<Answer> {
  try {
    return { ok: true, value: await readContract(client, { ...call, ...at }) }
  } catch (error) {
    // A revert also arrives as a failed request.
    const isAnswer = findCause(
      error,
      (cause) => cause instanceof ContractFunctionRevertedError || cause instanceof ContractFunctionZeroDataError,
    )
    if (isAnswer === undefined && findCause(error, isOfRequest) !== undefined) throw error
    return failed(error)
  }
}

function isOfRequest(error: unknown): error is Error {
  return (
    error instanceof RpcRequestError ||
    error instanceof HttpRequestError ||
    error instanceof TimeoutError ||
    error instanceof RequestError
  )
}

function chunksOf(calls: readonly Call[]): readonly (readonly Call[])[] {
  const chunks: Call[][] = []
  let chunk: Call[] = []
  let bytes = 0
  for (const call of calls) {
    const size = answerBytes(call)
    if (chunk.length === 0 || chunk.length >= maxCalls || bytes + size > maxAnswerBytes) {
      chunk = []
      bytes = 0
      chunks.push(chunk)
    }
    chunk.push(call)
    bytes += size
  }
  return chunks
}

/** Estimated size of one answer, in bytes: offset, success, offset and length of the data, and the data. */
function answerBytes({ abi, functionName }: Call): number {
  const view = abi.find((item) => item.type === 'function' && item.name === functionName)
  const words = view?.type === 'function' ? wordsOf(view.outputs) : 1
  return 32 * (4 + Math.max(words, 4))
}

/** Estimated number of words a list of values takes; values without a limit count as a usual size. */
function wordsOf(values: readonly AbiParameter[]): number {
  return values.reduce((sum, value) => {
    if ('components' in value) return sum + 1 + wordsOf(value.components)
    return sum + (value.type === 'string' || value.type === 'bytes' || value.type.endsWith('[]') ? 16 : 1)
  }, 0)
}

function failed(error: unknown): Answer {
  if (!(error instanceof ContractFunctionExecutionError)) throw error
  const reverted = findCause(error, (cause) => cause instanceof ContractFunctionRevertedError)
  if (reverted !== undefined) {
    const name = reverted.data?.errorName
    return { ok: false, why: 'reverted', reason: (name === 'Error' ? undefined : name) ?? reverted.reason ?? '' }
  }
  const empty = findCause(error, (cause) => cause instanceof ContractFunctionZeroDataError)
  return { ok: false, why: empty === undefined ? 'malformed' : 'empty', reason: '' }
}
