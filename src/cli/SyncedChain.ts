/** What a sync came to for one chain. */
export interface SyncedChain {
  readonly chain: string
  readonly height?: bigint
  readonly problem?: { readonly message: string; readonly temporary: boolean }
}
