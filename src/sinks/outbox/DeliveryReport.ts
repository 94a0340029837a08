/** What became of one notification at one handler. Times are Unix milliseconds of the host. */
export type DeliveryReport = {
  readonly handler: string
  /** Of the notification. */
  readonly id: string
  readonly chain: string
  /** Tries made, this one included where there was one. */
  readonly attempt: number
  readonly at: number
} & (
  | { readonly result: 'delivered' }
  /**
   * To be tried again at `until`. `held`: the receiver itself asked for a pause, and its handler rests until
   * `heldUntil`, which is no later.
   */
  | {
      readonly result: 'postponed'
      readonly until: number
      readonly held: boolean
      readonly heldUntil?: number
      readonly reason: string
      readonly status?: number
    }
  /** Moved to the dead letters. */
  | { readonly result: 'buried'; readonly reason: string; readonly status?: number }
)
