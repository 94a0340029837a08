import type { Head } from './blocks/head.js'
import type { EndpointScore } from './endpointScore.js'

export const healthStates = ['starting', 'syncing', 'up', 'stalled', 'down'] as const
export type HealthState = (typeof healthStates)[number]

/** How well one chain can be read. Host times are in Unix milliseconds. */
export interface Health {
  readonly chain: string
  readonly state: HealthState
  /** Host time at which the chain entered `state`. */
  readonly since: number
  readonly head?: Head
  readonly lastGoodAt?: number
  /** Host time at which the head last moved. */
  readonly movedAt?: number
  readonly consecutiveFailures: number
  /** Host time of the first of these failures. */
  readonly failingSince?: number
  /**
   * Trouble that has begun and is not yet over: the host time at which it began, and the host time since which no poll
   * has failed.
   */
  readonly trouble?: { readonly since: number; readonly upSince?: number }
  /** Share of failed polls among the recent ones, 0..1. */
  readonly errorRate: number
  /** Number of polls so far, at most 50, because only about 50 polls count in `errorRate`. */
  readonly polls?: number
  /** The message of the current failure. */
  readonly problem?: string
  /** True if the problem is that the head of the node is below what was read before. */
  readonly wentBack?: true
  /** Blocks still to be read. */
  readonly backlog: bigint
  /** The smallest backlog since there has been one, and the host time at which it last shrank. */
  readonly behind?: { readonly least: bigint; readonly since: number }
  /** True while the answering node is below the known head, so that new events on the chain are not seen. */
  readonly lagging?: true
  /** Measured seconds per block, if known. */
  readonly secondsPerBlock?: number
  /** How well the endpoints that were asked have answered recently. */
  readonly endpoints?: readonly EndpointScore[]
}
