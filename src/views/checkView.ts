import type { JsonObject } from '../domain/text/json.js'

interface CheckedEndpoint {
  readonly host: string
  readonly head?: bigint
  readonly behind?: bigint
  readonly latencyMs?: number
  readonly problem?: string
}

/** The result of `check` for one chain. */
export interface CheckedChain {
  readonly chain: string
  /** One report for each contract that was reached. */
  readonly reports: readonly { readonly system: string; readonly contract: string; readonly summary: string }[]
  /** The result for each endpoint. */
  readonly endpoints: readonly CheckedEndpoint[]
  /** The upgrade file, if one is to be written. */
  readonly file?: { readonly summary: string; readonly problem?: string }
  readonly problem?: { readonly message: string }
}

/** One chain in the format of `check --json`. */
export function checkView({ chain, reports, endpoints, file, problem }: CheckedChain): JsonObject {
  return {
    chain,
    ok: problem === undefined,
    contracts: reports.map(({ system, contract, summary }) => ({ system, contract, summary })),
    endpoints: endpoints.map(({ host, head, behind, latencyMs, problem: fault }) => ({
      host,
      head: head?.toString() ?? null,
      behind: behind?.toString() ?? null,
      latencyMs: latencyMs === undefined ? null : Math.round(latencyMs),
      problem: fault ?? null,
    })),
    file: file?.problem ?? file?.summary ?? null,
    problem: problem?.message ?? null,
  }
}

/** What was found at an address or a URL, or why it could not be identified. */
export interface IdentifiedAddress {
  /** The URL without parts that may be secret. */
  readonly rpc: string
  readonly address?: string | undefined
  readonly found?: { readonly system?: string; readonly address?: string } & PlacedSummary
  readonly problem?: string
}

interface PlacedSummary {
  readonly summary: string
  readonly place?: string
}

/** The summary, and where it belongs in the configuration. */
export function summaryText({ summary, place }: PlacedSummary): string {
  return place === undefined ? summary : `${summary} ${place}`
}

/** The format of `check --rpc URL --address 0x… --json`. */
export function identifiedView({ rpc, address, found, problem }: IdentifiedAddress): JsonObject {
  return {
    rpc,
    address: address ?? null,
    system: found?.system ?? null,
    configure: found?.address ?? null,
    summary: found === undefined ? null : summaryText(found),
    problem: problem ?? null,
  }
}
