import { text } from 'node:stream/consumers'
import { z } from 'zod'
import { listen } from './listen.js'

const callSchema = z.looseObject({ id: z.number(), method: z.string(), params: z.array(z.unknown()).default([]) })
const requestSchema = z.union([callSchema.transform((call) => [call]), z.array(callSchema)])

/** A fork that a node has in its configuration. `time` in Unix seconds. */
export interface KnownFork {
  readonly forkId: string
  readonly time: number
}

/** The second of the first block: all times of the stand-in are in the past. */
export const start = 1_764_000_000
const firstBlock = 100
const secondsPerBlock = 12

export interface ForkNode {
  readonly url: string
  readonly host: string
  /** Its head is the block of this second, from `start` on. */
  goTo(second: number): void
  /** Another release, or another configuration: the forks that it knows now, in order. */
  configure(forks: readonly KnownFork[]): void
  /** Answers `eth_config` with this instead; `unserved`: it does not know the method. */
  answer(config: object | 'unserved' | null | undefined): void
  /** Refuses every request. */
  fail(isFailing: boolean): void
  stop(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** An EVM node that reports its forks as geth does: by the time of its own head, as in EIP-7910. */
export async function startForkNode(forks: readonly KnownFork[]): Promise<ForkNode> {
  let known = forks
  let head = 0
  let config: object | 'unserved' | null | undefined
  let isFailing = false
  const server = await listen((request, response) => {
    void text(request).then((body) => {
      const calls = requestSchema.parse(JSON.parse(body))
      if (isFailing) response.writeHead(503).end()
      else response.setHeader('content-type', 'application/json').end(JSON.stringify(calls.map(answerTo)))
    })
  })

  function answerTo({ id, method, params }: z.infer<typeof callSchema>): object {
    const result = resultOf(method, params)
    return result === undefined
      ? { jsonrpc: '2.0', id, error: { code: -32601, message: `the method ${method} does not exist/is not available` } }
      : { jsonrpc: '2.0', id, result }
  }

  function resultOf(method: string, [at]: readonly unknown[]): unknown {
    if (method === 'eth_chainId') return '0x1'
    if (method === 'web3_clientVersion') return 'Geth/v1.16.7'
    if (method === 'eth_syncing') return false
    if (method === 'eth_config') return config === 'unserved' ? undefined : config === undefined ? told() : config
    if (method !== 'eth_getBlockByNumber') return undefined
    const number = typeof at === 'string' && at.startsWith('0x') ? Number(at) : firstBlock + head
    return number > firstBlock + head ? null : blockOf(number)
  }

  function told(): object {
    const now = start + head * secondsPerBlock
    const [current] = known.filter(({ time }) => time <= now).slice(-1)
    const ahead = known.filter(({ time }) => time > now)
    return { current: written(current), next: written(ahead[0]), last: written(ahead.at(-1)) }
  }

  const node: ForkNode = {
    url: server.url,
    host: `127.0.0.1:${server.port}`,
    goTo: (second) => (head = Math.floor(second / secondsPerBlock)),
    configure: (now) => (known = now),
    answer: (now) => (config = now),
    fail: (now) => (isFailing = now),
    stop: server.stop,
    [Symbol.asyncDispose]: server.stop,
  }
  return node
}

function written(fork: KnownFork | undefined): object | null {
  return fork === undefined
    ? null
    : {
        activationTime: fork.time,
        blobSchedule: { target: 6, max: 9, baseFeeUpdateFraction: 5_007_716 },
        chainId: '0x1',
        forkId: fork.forkId,
        precompiles: { ECREC: '0x0000000000000000000000000000000000000001' },
        systemContracts: {},
      }
}

function blockOf(number: number): object {
  const hash = (at: number): string => `0x${(at + 1).toString(16).padStart(64, '0')}`
  return {
    number: `0x${number.toString(16)}`,
    hash: hash(number),
    parentHash: hash(number - 1),
    timestamp: `0x${(start + (number - firstBlock) * secondsPerBlock).toString(16)}`,
  }
}
