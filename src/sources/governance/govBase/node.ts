import { type Address, getAddress, HttpRequestError, isAddress, numberToHex, type Client, RpcRequestError } from 'viem'
import { findCause } from '../../rpc/errors/findCause.js'
import * as z from 'zod'

/** A height at which the node itself switches to other rules. It is in the node's config: nobody votes on it. */
export interface Fork {
  /** Such as `boho`. */
  readonly name: string
  readonly height: bigint
}

// Every Ethereum node has these, long behind it.
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

/** The forks of a chain's own in what `admin_nodeInfo` answered, by height; none where it is anything else. */
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

/** The forks in the node's config, where it answers `admin_nodeInfo`: most do not offer it. */
export async function readForks(client: Pick<Client, 'request'>): Promise<readonly Fork[]> {
  return forksIn(await optionalAnswer(client.request<NodeInfo>({ method: 'admin_nodeInfo' })))
}

const maxValidators = 1_000
const validatorsSchema = z
  .array(z.custom<Address>((value) => typeof value === 'string' && isAddress(value.toLowerCase())))
  .max(maxValidators)

/** Addresses in an answer of any shape, with their checksums; `undefined` where it is no list of addresses. */
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
 * Who validates at a block as the consensus has it, where the node offers `istanbul_getValidators`. The contract's
 * list runs ahead of it: a change counts from the next epoch block on.
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
 * What a method that a node need not have answers; `undefined` where the node refuses it, whatever its words. A node
 * that cannot be reached is an error all the same. Wants a request of its own: gateways refuse whole batches.
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
