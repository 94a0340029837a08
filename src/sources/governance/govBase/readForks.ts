import type { PublicClient } from 'viem'
import { z } from 'zod'
import { optionalAnswer } from './optionalAnswer.js'

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

const config = z.record(z.string(), z.unknown())
const protocol = z.looseObject({ config }).optional().catch(undefined)
const schema = z.looseObject({ protocols: z.looseObject({ istanbul: protocol, eth: protocol }) })

/** The forks of a chain's own in what `admin_nodeInfo` answered, by height; none where it is anything else. */
export function forksIn(nodeInfo: unknown): readonly Fork[] {
  const parsed = schema.safeParse(nodeInfo)
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
export async function readForks(client: Pick<PublicClient, 'request'>): Promise<readonly Fork[]> {
  return forksIn(await optionalAnswer(client.request<NodeInfo>({ method: 'admin_nodeInfo' })))
}
