import { type Address, getAddress, HttpRequestError, isAddress, numberToHex, type Client, RpcRequestError } from 'viem'
import { findCause } from '../../rpc/errors/findCause.js'
import * as z from 'zod'

/** A height at which the node switches to other rules. It is set in the node's configuration, not by a vote. */
export interface Fork {
  /** For example `boho`. */
  readonly name: string
  readonly height: bigint
}

// Forks that every Ethereum node has in its configuration. They passed long ago.
const inherited = new Set([
  'homestead',
  'daoFork',
  'eip150',
  'eip155',
  'eip158',
  'byzantium',
  'constantinople',
  'petersburg',
  'istanbul',
  'muirGlacier',
  'berlin',
  'london',
  'arrowGlacier',
  'grayGlacier',
  'mergeNetsplit',
])
const maxForks = 50

const configSchema = z.record(z.string(), z.unknown())
const protocolSchema = z.looseObject({ config: configSchema }).optional().catch(undefined)
const nodeInfoSchema = z.looseObject({ protocols: z.looseObject({ istanbul: protocolSchema, eth: protocolSchema }) })

/** Returns the chain's own forks in the answer of `admin_nodeInfo`, by height; empty for any other answer. */
export function forksIn(nodeInfo: unknown): readonly Fork[] {
  const parsed = nodeInfoSchema.safeParse(nodeInfo)
  if (!parsed.success) return []
  const { istanbul, eth } = parsed.data.protocols
  const forks = Object.entries(istanbul?.config ?? eth?.config ?? {}).flatMap(([key, value]) => {
    const name = /^([A-Za-z][A-Za-z0-9]{0,39})Block$/.exec(key)?.[1]
    const height = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? BigInt(value) : undefined
    return name === undefined || height === undefined || inherited.has(name) ? [] : [{ name, height }]
  })
  return forks.sort((a, b) => (a.height < b.height ? -1 : a.height > b.height ? 1 : 0)).slice(0, maxForks)
}

interface NodeInfo {
  readonly Method: 'admin_nodeInfo'
  readonly Parameters?: undefined
  readonly ReturnType: unknown
}

/** Reads the forks in the node's configuration. Most nodes do not offer `admin_nodeInfo`; the list is empty then. */
export async function readForks(client: Pick<Client, 'request'>): Promise<readonly Fork[]> {
  return forksIn(await optionalAnswer(client.request<NodeInfo>({ method: 'admin_nodeInfo' })))
}

const maxValidators = 1_000
const validatorsSchema = z
  .array(z.custom<Address>((value) => typeof value === 'string' && isAddress(value.toLowerCase())))
  .max(maxValidators)

/** Parses a list of addresses and adds their checksums; returns `undefined` for any other answer. */
export function validatorsIn(answer: unknown): readonly Address[] | undefined {
  const parsed = validatorsSchema.safeParse(answer)
  return parsed.success ? parsed.data.map((address) => getAddress(address.toLowerCase())) : undefined
}

interface GetValidators {
  readonly Method: 'istanbul_getValidators'
  readonly Parameters: readonly [block: string]
  readonly ReturnType: unknown
}

/**
 * Reads the validators at a block according to the consensus; `undefined` if the node does not offer
 * `istanbul_getValidators`. The list in the contract is ahead of it, because a change takes effect at the next epoch
 * block.
 */
export async function readValidators(
  client: Pick<Client, 'request'>,
  block: bigint,
): Promise<readonly Address[] | undefined> {
  return validatorsIn(
    await optionalAnswer(
      client.request<GetValidators>({ method: 'istanbul_getValidators', params: [numberToHex(block)] }),
    ),
  )
}

/**
 * Returns the answer of an optional method; `undefined` if the node refuses it, whatever its words. Rejects if the node
 * cannot be reached. The method needs a separate request, because gateways refuse whole batches.
 */
export async function optionalAnswer(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer
  } catch (cause) {
    if (findCause(cause, isRefusal) === undefined) throw cause
    return undefined
  }
}

function isRefusal(error: unknown): error is Error {
  if (error instanceof RpcRequestError) return true
  const status = error instanceof HttpRequestError ? (error.status ?? 0) : 0
  return status >= 400 && status < 500 && status !== 408 && status !== 429
}
