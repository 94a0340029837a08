import type { Head } from './blocks/head.js'
import type { EndpointScore } from './endpointScore.js'

export const healthStates = ['starting', 'syncing', 'up', 'stalled', 'down'] as const
export type HealthState = (typeof healthStates)[number]

/** How well one chain can be read. Host times are Unix milliseconds. */
export interface Health {
  readonly chain: string
  readonly state: HealthState
  /** Host time since which `state` holds. */
  readonly since: number
  readonly head?: Head
  readonly lastGoodAt?: number
  /** Host time at which the head last moved. */
  readonly movedAt?: number
  readonly consecutiveFailures: number
  /** Host time of the first of them. */
  readonly failingSince?: number
  /**
   * The trouble that was announced and whose end was not yet: host time at which it began, and since which no poll has
   * failed.
   */
  readonly trouble?: { readonly since: number; readonly upSince?: number }
  /** Share of failed polls among the last ones, 0..1. */
  readonly errorRate: number
  /** Polls so far, up to the fifty that count. */
  readonly polls?: number
  /** The last failure's sentence while it lasts. */
  readonly problem?: string
  /** True where the problem is that the node stands below what was read before. */
  readonly wentBack?: true
  /** Blocks still to be read. */
  readonly backlog: bigint
  /** The least backlog since there is one, and the host time at which it last shrank. */
  readonly behind?: { readonly least: bigint; readonly since: number }
  /** True while the node that answers stands below the head that is believed: what happens there is not seen. */
  readonly lagging?: true
  /** Measured seconds a block, where known. */
  readonly secondsPerBlock?: number
  /** How the endpoints have answered lately, those that were asked. */
  readonly endpoints?: readonly EndpointScore[]
}
