/** Answers for `init`, in place of its questions. */
export interface InitOptions {
  readonly config?: string
  readonly rpc?: string
  readonly rest?: string
  readonly address?: string
  readonly fromBlock?: string
  readonly name?: string
  readonly home?: string
  readonly profile?: string
  /** Asks no questions. */
  readonly yes?: boolean
  /** Replaces an existing file. */
  readonly force?: boolean
}
