/** The result of one delivery attempt at one handler. Times are Unix milliseconds of the host. */
export type DeliveryReport = {
  readonly handler: string
  /** Id of the notification. */
  readonly id: string
  readonly chain: string
  /** Number of attempts so far, including this one if there was one. */
  readonly attempt: number
  readonly at: number
} & (
  | { readonly result: 'delivered' }
  /**
   * To be retried at `until`. `held` is true if the receiver asked for a pause; its handler then rests until
   * `heldUntil`, which is no later than `until`.
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
