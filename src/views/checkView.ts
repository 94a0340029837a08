import type { JsonObject } from '../domain/text/json.js'

interface CheckedEndpoint {
  readonly host: string
  readonly head?: bigint
  readonly behind?: bigint
  readonly latencyMs?: number
  readonly problem?: string
}

/** What `check` found on one chain. */
export interface CheckedChain {
  readonly chain: string
  /** One a contract that was reached. */
  readonly reports: readonly { readonly system: string; readonly contract: string; readonly summary: string }[]
  /** Each endpoint by itself. */
  readonly endpoints: readonly CheckedEndpoint[]
  /** The file that is to be written, where one is. */
  readonly file?: { readonly summary: string; readonly problem?: string }
  readonly problem?: { readonly message: string }
}

/** One chain as `check --json` gives it. */
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

/** What an address is, or what a URL speaks, or why that could not be found out. */
export interface IdentifiedAddress {
  /** Without what may be secret in it. */
  readonly rpc: string
  readonly address?: string | undefined
  readonly found?: { readonly system?: string; readonly address?: string } & Told
  readonly problem?: string
}

interface Told {
  readonly summary: string
  readonly place?: string
}

/** What it is, and where it belongs. */
export function toldOf({ summary, place }: Told): string {
  return place === undefined ? summary : `${summary} ${place}`
}

/** What `check --rpc URL --address 0x… --json` gives. */
export function identifiedView({ rpc, address, found, problem }: IdentifiedAddress): JsonObject {
  return {
    rpc,
    address: address ?? null,
    system: found?.system ?? null,
    configure: found?.address ?? null,
    summary: found === undefined ? null : toldOf(found),
    problem: problem ?? null,
  }
}
