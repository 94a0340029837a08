import type { SwitchEvidence } from '../switchEvidence.js'

export const postVerdicts = ['passed', 'failed', 'unknown'] as const
/** The result of a check after the height. `unknown`: it could not be made, which proves nothing. */
export type PostVerdict = (typeof postVerdicts)[number]

/** The outcome of an upgrade in words for people: `v2 came out well`. */
export const outcomeWords: Readonly<Record<PostVerdict, string>> = {
  passed: 'came out well',
  failed: 'did not go well',
  unknown: 'could not be checked in full',
}

export const postCheckIds = ['block', 'signature'] as const
/** The checks that are made after the height. */
export type PostCheckId = (typeof postCheckIds)[number]

/**
 * One check: its result in a sentence, and what to do if it did not pass. A type alias, so that it is assignable to
 * JSON.
 */
export type PostCheck = {
  readonly id: PostCheckId
  readonly verdict: PostVerdict
  readonly reason: string
  readonly todo?: string
  /** True if it is too early to tell; a later check may. */
  readonly isEarly?: true
}

/** The checks after a height: whether one is requested, and the result of the last one. */
export interface PostCheckRecord {
  /** Host clock, Unix milliseconds, when the first check was requested. */
  readonly since: number
  /** True while a check is requested and its result is not known. */
  readonly owed?: true
  readonly verdict?: PostVerdict
  /** Host clock, Unix milliseconds, of the last check. */
  readonly checkedAt?: number
  readonly checks?: readonly PostCheck[]
  /** True if the upgrade failed because of these checks and that was announced. */
  readonly hasFailed?: true
  /** The evidence that completed the upgrade before any check had passed; that completion was announced. */
  readonly completedBy?: SwitchEvidence
}

/** Combines the verdicts: `failed` if any check failed, otherwise `unknown` if any is unknown or there are none. */
export function postVerdictOf(checks: readonly Pick<PostCheck, 'verdict'>[]): PostVerdict {
  const has = (verdict: PostVerdict): boolean => checks.some((check) => check.verdict === verdict)
  return has('failed') ? 'failed' : has('unknown') || checks.length === 0 ? 'unknown' : 'passed'
}

/** Number of blocks after the height before a failure counts: votes may be late, and nodes are a few blocks apart. */
export const settledAfter = 10n

/**
 * Time that a node may take for its switch, in milliseconds: it stops, starts, replays its last block and finds peers.
 * Until then a node that is silent, behind or not signing proves nothing, however fast the blocks come.
 */
export const patienceMs = 120_000

export function passed(id: PostCheckId, reason: string): PostCheck {
  return { id, verdict: 'passed', reason }
}

export function failed(id: PostCheckId, reason: string, todo: string): PostCheck {
  return { id, verdict: 'failed', reason, todo }
}

export function unknown(id: PostCheckId, reason: string, todo: string): PostCheck {
  return { id, verdict: 'unknown', reason, todo }
}

/** Returns a check that is still too early to decide; a later one may. */
export function early(id: PostCheckId, reason: string): PostCheck {
  return { id, verdict: 'unknown', reason, isEarly: true }
}
