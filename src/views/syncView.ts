import type { JsonObject } from '../domain/text/json.js'
import { textOrNull } from './orNull.js'

/** What a sync came to for one chain. */
export interface SyncedChain {
  readonly chain: string
  readonly height?: bigint
  readonly problem?: { readonly message: string; readonly temporary: boolean }
}

/** One chain as `sync --json` gives it. */
export function syncView({ chain, height, problem }: SyncedChain): JsonObject {
  return { chain, ok: problem === undefined, height: textOrNull(height), problem: problem?.message ?? null }
}
