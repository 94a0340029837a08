import type { SwitchEvidence } from '../switchEvidence.js'

export const postVerdicts = ['passed', 'failed', 'unknown'] as const
/** What a look after the height came to. `unknown`: it could not be seen, which is no proof of either. */
export type PostVerdict = (typeof postVerdicts)[number]

/** What became of an upgrade, in words for people: `v2 came out well`. */
export const outcomeWords: Readonly<Record<PostVerdict, string>> = {
  passed: 'came out well',
  failed: 'did not come out well',
  unknown: 'may not have come out well',
}

export const postCheckIds = ['block', 'signature'] as const
/** What is looked at after the height. */
export type PostCheckId = (typeof postCheckIds)[number]

/** One look: what was found, in a sentence, and what to do where that is not well. A type: it is JSON as it stands. */
export type PostCheck = {
  readonly id: PostCheckId
  readonly verdict: PostVerdict
  readonly reason: string
  readonly todo?: string
  /** It is too early to say: a later look may tell. */
  readonly isEarly?: true
}

/** The looks after a height: whether one is owed, and what the last one came to. */
export interface PostCheckRecord {
  /** Host clock, Unix milliseconds, when the first one was asked for. */
  readonly since: number
  /** It is to be looked: until the result is known. */
  readonly owed?: true
  readonly verdict?: PostVerdict
  /** Host clock, Unix milliseconds, of the last look. */
  readonly checkedAt?: number
  readonly checks?: readonly PostCheck[]
  /** The upgrade has failed by what was seen, and that was announced. */
  readonly hasFailed?: true
  /** The upgrade was completed by this, before anything good could be seen, and that was announced. */
  readonly completedBy?: SwitchEvidence
}

/** One bad look makes all of it `failed`, else one that saw nothing makes it `unknown`. */
export function postVerdictOf(checks: readonly Pick<PostCheck, 'verdict'>[]): PostVerdict {
  const has = (verdict: PostVerdict): boolean => checks.some((check) => check.verdict === verdict)
  return has('failed') ? 'failed' : has('unknown') || checks.length === 0 ? 'unknown' : 'passed'
}

/** Blocks after the height before what is not well counts: a vote may come late, and nodes are a few blocks apart. */
export const settledAfter = 10n

/**
 * How long a node may take over its switch, in milliseconds: it stops, starts, replays its last block and finds peers.
 * Until then one that is silent, behind or does not sign says nothing, however fast the blocks come.
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

/** Unknown so far: a later look may tell. */
export function early(id: PostCheckId, reason: string): PostCheck {
  return { id, verdict: 'unknown', reason, isEarly: true }
}
