import { defined } from '../domain/defined.js'
import { reasonOf } from '../domain/errors.js'
import type { GovernanceReader } from '../sources/governance/GovernanceReader.js'

/** The result of asking one endpoint of a chain. */
export interface EndpointReport {
  /** Host and port. */
  readonly host: string
  /** The newest block it reports. Absent if it was not asked for one. */
  readonly head?: bigint
  /** How many blocks it is behind the newest block that any endpoint reports. */
  readonly behind?: bigint
  /** Duration of an answer in milliseconds. */
  readonly latencyMs?: number
  /** Why it cannot be used. */
  readonly problem?: string
}

/** The readers of one chain that use one endpoint each. */
interface EndpointReaders {
  /** Readers of endpoints that report blocks. */
  readonly nodes: readonly GovernanceReader[]
  /** Readers of endpoints that report proposals. These are the `nodes`, unless the system uses separate servers. */
  readonly servers: readonly GovernanceReader[]
}

/**
 * Asks each endpoint of a chain separately, because failover to a healthy one hides the failing ones. Never rejects.
 */
export async function inspectEndpoints(
  { nodes, servers }: EndpointReaders,
  signal: AbortSignal,
): Promise<readonly EndpointReport[]> {
  const others = servers.filter((server) => !nodes.includes(server))
  const reports = await Promise.all([
    ...nodes.map((node) => inspectEndpoint(node, (reader) => reader.readHead?.(signal) ?? reader.check(signal))),
    ...others.map((server) => inspectEndpoint(server, (reader) => reader.check(signal))),
  ])
  const newest = reports.reduce((most, { head = 0n }) => (head > most ? head : most), 0n)
  return reports.map((report) => ({
    ...report,
    ...(report.head !== undefined && { behind: newest - report.head }),
  }))
}

async function inspectEndpoint(
  reader: GovernanceReader,
  ask: (reader: GovernanceReader) => Promise<unknown>,
): Promise<EndpointReport> {
  const { host = 'a node' } = reader
  try {
    await ask(reader)
  } catch (cause) {
    return { host, problem: reasonOf(cause) }
  }
  const score = reader.endpoints?.().find((one) => one.host === host)
  return { host, ...defined({ head: score?.head, latencyMs: score?.latencyMs }) }
}
