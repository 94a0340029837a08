import type { JsonObject } from '../domain/text/json.js'
import { textOrNull } from './orNull.js'

/** The result of a sync for one chain. */
export interface SyncedChain {
  readonly chain: string
  readonly height?: bigint
  readonly problem?: { readonly message: string; readonly temporary: boolean }
}

/** One chain in the format of `sync --json`. */
export function syncView({ chain, height, problem }: SyncedChain): JsonObject {
  return { chain, ok: problem === undefined, height: textOrNull(height), problem: problem?.message ?? null }
}
