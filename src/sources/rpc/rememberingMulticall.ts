import {
  type Abi,
  concat,
  ContractFunctionZeroDataError,
  encodeFunctionData,
  multicall3Abi,
  numberToHex,
  slice,
  type Client,
  zeroAddress,
} from 'viem'
import { aggregatedIn, type Aggregated } from './aggregatedIn.js'
import { multicallCode } from './multicallCode.js'
import type { Call } from './call.js'
import { multicallAddress } from './standingMulticall.js'

/** How the calls run: as the creation of a contract that is not deployed, or in the multicall contract of the chain. */
type MulticallPlace = 'nowhere' | 'standing'

export interface MulticallRequest {
  readonly calls: readonly Call[]
  readonly place: MulticallPlace
  readonly at: { readonly blockNumber?: bigint }
}

/** The multicalls sent to one node, oldest first, and how many were sent. */
interface Memory<Meaning> {
  asks: number
  readonly known: Map<string, Known<Meaning> & { readonly askedAt: number }>
}

/** One eth_call, its answer, and the decoded results. */
interface Known<Meaning> {
  readonly request: EthCall
  readonly answer: string
  readonly results: readonly Aggregated[]
  readonly meanings: readonly Meaning[]
}

interface EthCall {
  readonly data: `0x${string}`
  readonly to?: `0x${string}`
}

// Number of further multicalls after which one that was not repeated is forgotten. A reading sends one or two of them;
// large ones are sent once in the life of a proposal, and a first sync sends most only once.
const mostAsksApart = 4
const largestKey = 20_000
// Maximum length of an answer that is kept, in characters. It is more than the maximum size of contract code, which
// limits honest answers; a dishonest node may send megabytes.
const largestAnswer = 100_000

/**
 * Runs many views in one eth_call. A multicall that was sent recently is not encoded again. A result that equals the
 * last one byte for byte is not decoded again; the same object is returned. Most views of a poll return the same as
 * before.
 *
 * @param meaningOf - Decodes the result of one view.
 * @throws The failure of the request; ContractFunctionZeroDataError if the node answers with nothing; NoListError if it
 *   answers with something other than a list of results.
 */
export function rememberingMulticall<Meaning>(
  meaningOf: (call: Call, result: Aggregated) => Meaning,
): (client: Client, request: MulticallRequest) => Promise<readonly Meaning[]> {
  // The key is the transport that all clients of a node share.
  const memories = new WeakMap<object, Memory<Meaning>>()
  return async (client, { calls, place, at }) => {
    const memory: Memory<Meaning> = memories.get(client.transport) ?? { asks: 0, known: new Map() }
    memories.set(client.transport, memory)
    const key = keyOf(calls, place)
    const known = memory.known.get(key)
    const request = known?.request ?? requestFor(calls, place)
    const answer = await ask(client, request, at)
    if (known?.answer === answer) {
      remember(memory, key, known)
      return known.meanings
    }
    const results = aggregatedIn(answer, calls.length)
    const meanings = calls.map((call, index): Meaning => {
      const [now, before] = [results[index], known?.results[index]]
      if (now === undefined) throw new Error('An answer is missing, though they were counted.')
      const meaning = before?.success === now.success && before.data === now.data ? known?.meanings[index] : undefined
      return meaning ?? meaningOf(call, now)
    })
    remember(memory, key, { request, answer, results, meanings })
    return meanings
  }
}

async function ask(client: Client, request: EthCall, { blockNumber }: MulticallRequest['at']): Promise<string> {
  const block = blockNumber === undefined ? 'latest' : numberToHex(blockNumber)
  const answer: unknown = await client.request({ method: 'eth_call', params: [request, block] })
  if (typeof answer === 'string' && answer !== '0x') return answer
  throw new ContractFunctionZeroDataError({ functionName: 'aggregate3' })
}

function requestFor(calls: readonly Call[], place: MulticallPlace): EthCall {
  const asked = calls.map((call) => ({ ...targetOf(call), allowFailure: true }))
  const data = encodeFunctionData({ abi: multicall3Abi, functionName: 'aggregate3', args: [asked] })
  return place === 'standing' ? { data, to: multicallAddress } : { data: concat([multicallCode, slice(data, 4)]) }
}

/**
 * A call that cannot be encoded, for example because an id exceeds uint256, goes to the zero address and gets no
 * answer.
 */
function targetOf(call: Call): { readonly target: `0x${string}`; readonly callData: `0x${string}` } {
  try {
    return { target: call.address, callData: encodeFunctionData(call) }
  } catch {
    return { target: zeroAddress, callData: '0x' }
  }
}

function remember<Meaning>(memory: Memory<Meaning>, key: string, heard: Known<Meaning>): void {
  const askedAt = (memory.asks += 1)
  const { known } = memory
  const { answer } = heard
  known.delete(key)
  if (key.length <= largestKey && answer.length <= largestAnswer) known.set(key, { ...heard, askedAt })
  for (const [oldest, { askedAt: before }] of known) {
    if (askedAt - before < mostAsksApart) break
    known.delete(oldest)
  }
}

function keyOf(calls: readonly Call[], place: MulticallPlace): string {
  const parts = calls.map(
    ({ address, abi, functionName, args = [] }) =>
      `${address} ${numberOf(abi)} ${functionName} ${JSON.stringify(args, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value))}`,
  )
  return [place, ...parts].join('\n')
}

const numbers = new WeakMap<Abi, number>()
let next = 0

/** Numbers the ABIs, because two ABIs may use one function name with different results. */
function numberOf(abi: Abi): number {
  const known = numbers.get(abi)
  if (known !== undefined) return known
  numbers.set(abi, (next += 1))
  return next
}
