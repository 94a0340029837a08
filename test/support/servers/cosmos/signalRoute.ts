import { type Answer, ok } from './answer.js'

/** Voting power of all validators of the stand-in, and what a switch requires: five sixths, rounded up. */
export const total = 600_000_120
export const threshold = 500_000_100

/** What x/signal holds. */
export interface SignalState {
  /** The power that signals a version. */
  readonly tallies: ReadonlyMap<number, number>
  /** `upgradeHeight` is the last block of the former version. */
  readonly scheduled: { readonly version: number; readonly upgradeHeight: number } | undefined
}

/** The answer of x/signal to a path; `undefined` if it has no such route. */
export function signalRoute({ tallies, scheduled }: SignalState, pathname: string): Answer | undefined {
  const tally = /^\/signal\/v1\/tally\/(\d+)$/.exec(pathname)?.[1]
  if (tally !== undefined)
    return ok({
      voting_power: String(tallies.get(Number(tally)) ?? 0),
      threshold_power: String(threshold),
      total_voting_power: String(total),
    })
  if (pathname !== '/signal/v1/upgrade') return undefined
  return ok({
    upgrade:
      scheduled === undefined
        ? null
        : { app_version: String(scheduled.version), upgrade_height: String(scheduled.upgradeHeight) },
  })
}
