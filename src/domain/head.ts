/** A block as the monitor sees it. Heights and times are bigints; times are Unix seconds. */
export interface Head {
  readonly number: bigint
  readonly hash: string
  readonly parentHash: string
  readonly timestamp: bigint
}
