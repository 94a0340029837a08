import { defined } from '../domain/defined.js'
import { reasonOf } from '../domain/errors.js'
import type { GovernanceReader } from '../sources/governance/GovernanceReader.js'

/** What one endpoint of a chain answers by itself. */
export interface EndpointReport {
  /** Host and port. */
  readonly host: string
  /** The newest block it tells. Absent where it was not asked for one. */
  readonly head?: bigint
  /** How many blocks that is below the newest that any of them tells. */
  readonly behind?: bigint
  /** How long an answer took, milliseconds. */
  readonly latencyMs?: number
  /** Why it cannot be used. */
  readonly problem?: string
}

/** The readers of one chain that read from one endpoint each. */
interface EndpointReaders {
  /** Those that tell of blocks. */
  readonly nodes: readonly GovernanceReader[]
  /** Those that tell of proposals: the same, but where others are asked for these. */
  readonly servers: readonly GovernanceReader[]
}

/** Asks each endpoint of a chain by itself, for the first healthy one hides that the others are not. Never rejects. */
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
