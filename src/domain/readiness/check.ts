import type { ProposalKey } from '../proposals/proposal.js'

/** The result of a check. `unknown`: it could not be made, which proves nothing. */
export type Verdict = 'ready' | 'not_ready' | 'unknown'

/** The checks that are made before the height. */
export type CheckId =
  'binary' | 'platform' | 'checksum' | 'download' | 'version' | 'info' | 'disk' | 'clock' | 'file' | 'node'

/**
 * One check: its result in a sentence, and what to do if it did not pass. A type alias, so that it is assignable to
 * JSON.
 */
export type Check = {
  readonly id: CheckId
  readonly verdict: Verdict
  readonly reason: string
  readonly todo?: string
}

/** All checks of one upgrade. */
export interface Preflight {
  readonly chain: string
  readonly key: ProposalKey
  readonly name: string
  readonly height?: number
  /** Unix seconds, if its chain uses times. */
  readonly time?: bigint
  readonly verdict: Verdict
  readonly checks: readonly Check[]
  /** Host clock, Unix milliseconds. */
  readonly checkedAt: number
}

/** Combines the verdicts: `not_ready` if any check is, otherwise `unknown` if any is, otherwise `ready`. */
export function verdictOf(checks: readonly Pick<Check, 'verdict'>[]): Verdict {
  const has = (verdict: Verdict): boolean => checks.some((check) => check.verdict === verdict)
  return has('not_ready') ? 'not_ready' : has('unknown') ? 'unknown' : 'ready'
}

export function ready(id: CheckId, reason: string): Check {
  return { id, verdict: 'ready', reason }
}

export function notReady(id: CheckId, reason: string, todo: string): Check {
  return { id, verdict: 'not_ready', reason, todo }
}

export function unknown(id: CheckId, reason: string, todo: string): Check {
  return { id, verdict: 'unknown', reason, todo }
}
