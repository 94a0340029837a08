import type { JsonObject } from '../domain/text/json.js'

/** What `check` found on one chain. */
export interface CheckedChain {
  readonly chain: string
  /** One a contract that was reached. */
  readonly reports: readonly { readonly system: string; readonly contract: string; readonly summary: string }[]
  /** The file that is to be written, where one is. */
  readonly file?: { readonly summary: string; readonly problem?: string }
  readonly problem?: { readonly message: string }
}

/** One chain as `check --json` gives it. */
export function checkView({ chain, reports, file, problem }: CheckedChain): JsonObject {
  return {
    chain,
    ok: problem === undefined,
    contracts: reports.map(({ system, contract, summary }) => ({ system, contract, summary })),
    file: file?.problem ?? file?.summary ?? null,
    problem: problem?.message ?? null,
  }
}

/** What an address is, or what a URL speaks, or why that could not be found out. */
export interface IdentifiedAddress {
  /** Without what may be secret in it. */
  readonly rpc: string
  readonly address?: string | undefined
  readonly found?: { readonly system?: string; readonly address?: string; readonly summary: string }
  readonly problem?: string
}

/** What `check --rpc URL --address 0x… --json` gives. */
export function identifiedView({ rpc, address, found, problem }: IdentifiedAddress): JsonObject {
  return {
    rpc,
    address: address ?? null,
    system: found?.system ?? null,
    configure: found?.address ?? null,
    summary: found?.summary ?? null,
    problem: problem ?? null,
  }
}
