import type { ProposalKey } from '../proposals/proposal.js'

/** What a look at one thing came to. `unknown`: it could not be seen, which is no proof of either. */
export type Verdict = 'ready' | 'not_ready' | 'unknown'

/** What is looked at before the height. */
export type CheckId =
  'binary' | 'platform' | 'checksum' | 'download' | 'version' | 'info' | 'disk' | 'clock' | 'file' | 'node'

/** One look: what was found, in a sentence, and what to do where that is not well. A type: it is JSON as it stands. */
export type Check = {
  readonly id: CheckId
  readonly verdict: Verdict
  readonly reason: string
  readonly todo?: string
}

/** All that was looked at for one upgrade. */
export interface Preflight {
  readonly chain: string
  readonly key: ProposalKey
  readonly name: string
  readonly height?: number
  /** Unix seconds, where its chain counts in times. */
  readonly time?: bigint
  readonly verdict: Verdict
  readonly checks: readonly Check[]
  /** Host clock, Unix milliseconds. */
  readonly checkedAt: number
}

/** One bad look makes all of it `not_ready`, else one that saw nothing makes it `unknown`. */
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
