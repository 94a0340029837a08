/** What `init` can be told in place of being asked. */
export interface InitOptions {
  readonly config?: string
  readonly rpc?: string
  readonly rest?: string
  readonly address?: string
  readonly fromBlock?: string
  readonly name?: string
  readonly home?: string
  readonly profile?: string
  /** Asks nothing. */
  readonly yes?: boolean
  /** Replaces a file that is there. */
  readonly force?: boolean
}
