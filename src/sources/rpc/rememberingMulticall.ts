import { type Abi, concat, isHex, type MulticallResponse, numberToHex, slice, type Client } from 'viem'
import { multicall } from 'viem/actions'
import { isJsonObject } from '../../domain/text/json.js'
import { multicallCode } from './multicallCode.js'
import type { Call } from './readCalls.js'
import { multicallAddress } from './standingMulticall.js'

/** Where the calls run: as the creation of a contract that is nowhere, or in the one that stands on the chain. */
type MulticallPlace = 'nowhere' | 'standing'

export interface MulticallRequest {
  readonly calls: readonly Call[]
  readonly place: MulticallPlace
  readonly at: { readonly blockNumber?: bigint }
}

type Results = readonly MulticallResponse[]

/** What was asked of one node, the longest ago first, and how often something was. */
interface Memory<Meaning> {
  asks: number
  readonly known: Map<string, Known<Meaning> & { readonly askedAt: number }>
}

/** The eth_call that the calls came to, what was answered, and what that means. */
interface Known<Meaning> {
  readonly request: EthCall
  readonly answer: unknown
  readonly meaning: Meaning
}

interface EthCall {
  readonly data: `0x${string}`
  readonly to?: `0x${string}`
}

type Outcome = { readonly ok: true; readonly answer: unknown } | { readonly ok: false; readonly cause: unknown }

// A reading asks one or two of them; large ones are asked once in the life of a proposal. What was not asked again
// within so many is forgotten: each takes up 25 kB, and a first sync asks much only once.
const mostAsksApart = 4
const largestKey = 20_000
// Of characters: more than the code of a contract can be, which is what holds an answer. A liar's may be megabytes.
const largestAnswer = 100_000

/**
 * viem's multicall, which need not encode the calls of a poll that were asked before, nor decode an answer that is the
 * same to the byte as the last one: then it means the same. Most polls of a quiet chain ask and hear the same.
 *
 * @param meaningOf - What is made of the results and kept in their place: the errors of viem hold their stacks.
 */
export function rememberingMulticall<Meaning>(
  meaningOf: (results: Results) => Meaning,
): (client: Client, request: MulticallRequest) => Promise<Meaning> {
  // By what all clients of a node share.
  const memories = new WeakMap<object, Memory<Meaning>>()
  return async (client, { calls, place, at }) => {
    const memory: Memory<Meaning> = memories.get(client.transport) ?? { asks: 0, known: new Map() }
    memories.set(client.transport, memory)
    const key = keyOf(calls, place)
    const known = memory.known.get(key)
    const asked = known === undefined ? undefined : await ask(client, known.request, at)
    if (known !== undefined && asked?.ok === true && asked.answer === known.answer) {
      remember(memory, key, known)
      return known.meaning
    }
    let request: EthCall | undefined
    let answer: unknown
    const recording = new Proxy(client.request, {
      async apply(target, self, args: readonly unknown[]): Promise<unknown> {
        request = requestIn(args[0], place)
        if (request === undefined) return Reflect.apply(target, self, args)
        const heard = asked ?? (await ask(client, request, at))
        if (!heard.ok) throw heard.cause
        answer = heard.answer
        return answer
      },
    })
    const results = await multicall(
      { ...client, request: recording },
      { contracts: calls, batchSize: 0, multicallAddress, ...at },
    )
    const meaning = meaningOf(results)
    if (request !== undefined && answer !== undefined) remember(memory, key, { request, answer, meaning })
    return meaning
  }
}

async function ask(client: Client, request: EthCall, { blockNumber }: MulticallRequest['at']): Promise<Outcome> {
  const block = blockNumber === undefined ? 'latest' : numberToHex(blockNumber)
  try {
    return { ok: true, answer: await client.request({ method: 'eth_call', params: [request, block] }) }
  } catch (cause) {
    return { ok: false, cause }
  }
}

/** What an eth_call that viem makes for the standing contract comes to at this place. */
function requestIn(args: unknown, place: MulticallPlace): EthCall | undefined {
  if (!isJsonObject(args) || args['method'] !== 'eth_call' || !Array.isArray(args['params'])) return undefined
  const params: readonly unknown[] = args['params']
  const [request] = params
  if (!isJsonObject(request) || !isHex(request['data'])) return undefined
  const { data } = request
  return place === 'standing' ? { data, to: multicallAddress } : { data: concat([multicallCode, slice(data, 4)]) }
}

function remember<Meaning>(memory: Memory<Meaning>, key: string, heard: Known<Meaning>): void {
  const askedAt = (memory.asks += 1)
  const { known } = memory
  const { answer } = heard
  known.delete(key)
  if (key.length <= largestKey && isHex(answer, { strict: false }) && answer.length <= largestAnswer)
    known.set(key, { ...heard, askedAt })
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

/** Two interfaces may name one function and mean different answers. */
function numberOf(abi: Abi): number {
  const known = numbers.get(abi)
  if (known !== undefined) return known
  numbers.set(abi, (next += 1))
  return next
}
