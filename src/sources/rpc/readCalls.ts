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

// How often a node that took no call without an address is still asked in another way; by what all clients of it share.
// It may have failed by accident.
const refusing = new WeakMap<object, number>()
const asksOtherwise = 500

interface At {
  readonly blockNumber?: bigint
}

/** What a view answered. Its value is as viem decodes it: narrow it before use. */
export type Answer =
  | { readonly ok: true; readonly value: unknown }
  /** `empty`: no code there, or no such function. `reason` holds the contract's words or the error's name. */
  | { readonly ok: false; readonly why: 'reverted' | 'empty' | 'malformed'; readonly reason: string }

// Answers are counted: none is missing.
const missing: Answer = { ok: false, why: 'malformed', reason: '' }

// The call runs as the creation of a contract, and nodes hold it to the limits of one: 48 KiB of init code, which
// is about 150 calls, and 24,576 bytes of code, which is what it answers.
const maxCalls = 150
const maxAnswerBytes = 24_000

/**
 * Reads views at one block through a multicall that needs no contract on the chain, in as few eth_calls as its
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
    // Some nodes take no call without an address. Only an answer in another way shows that this was the reason.
    const answers = await readOtherwise(client, calls, at).catch(() => [])
    if (!answers.some(({ ok }) => ok)) throw fault
    refusing.set(client.transport, asksOtherwise)
    return answers
  }
}

/** Through the multicall contract that stands on most chains, or one by one where it does not. */
async function readOtherwise(client: Client, calls: readonly Call[], at: At): Promise<readonly Answer[]> {
  const [isThere, together] = await Promise.all([
    hasMulticall(client, at.blockNumber),
    readStanding(client, calls, at).catch((fault: unknown) => ({ fault })),
  ])
  if (isThere && !('fault' in together)) return together
  // It lets calls fail: where it reverts itself, something else is wrong.
  if (isThere && 'fault' in together && !isOtherwiseRefused(together.fault)) throw together.fault
  return Promise.all(calls.map((call) => readAlone(client, call, at)))
}

/** Each contract in a call of its own: nothing there keeps a contract from changing what the next one says. */
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

/** What one view of many answered. */
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
 * The node did answer, with an error, with nothing or with something that is no list of answers, and the reason is
 * neither a block it lacks nor too many requests.
 */
function isRefusal(fault: unknown): boolean {
  if (fault instanceof NoListError) return true
  if (findCause(fault, (cause) => cause instanceof ContractFunctionZeroDataError) !== undefined) return true
  if (findCause(fault, (cause) => cause instanceof RpcRequestError) === undefined) return false
  const failure = classifyRpcError(fault)
  return failure.lagging !== true && failure.class !== 'rate-limit' && failure.known !== true
}

/** The answers together are more than the code of a contract may be. */
function isTooLarge(fault: unknown): boolean {
  return /code ?size|contract ?size/i.test(classifyRpcError(fault).message)
}

async function readAlone(client: Client, { alone: _alone, ...call }: Call, at: At): Promise<Answer> {
  try {
    return { ok: true, value: await readContract(client, { ...call, ...at }) }
  } catch (error) {
    // A revert comes as the refusal of the request too.
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

/** What one answer takes up: its place, success, place and length of the data, and the data. */
function answerBytes({ abi, functionName }: Call): number {
  const view = abi.find((item) => item.type === 'function' && item.name === functionName)
  const words = view?.type === 'function' ? wordsOf(view.outputs) : 1
  return 32 * (4 + Math.max(words, 4))
}

/** Words a list of values takes up; of those without an upper bound, what is usual. */
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
