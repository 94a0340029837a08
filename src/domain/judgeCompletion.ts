import { durationText } from './time.js'
import type { Scheduling } from './scheduling.js'
import type { Evidence, Upgrade } from './upgrade.js'

/** What a poll says about an upgrade in progress; `head` is absent where the node did not answer. */
export interface Sighting {
  readonly head?: bigint
  readonly nodeVersion?: string
  /** Host time, Unix milliseconds. */
  readonly hostTime: number
}

export type Judgement = { readonly evidence: Evidence } & Verdict
type Verdict = { readonly verdict: 'waiting' | 'completed' } | { readonly verdict: 'failed'; readonly reason: string }

// One block past the height could still be the old binary's last one.
const blocksOfProof = 2n

/**
 * Weighs what was seen since the trigger.
 *
 * Completed: the head is two blocks past the height and the trigger, and, where the node told its version
 * then, the version has changed or was seen again after an outage (inference: a node that was restarted by
 * its process manager runs what the manager gave it). Failed: no block for `stallTimeout`, or blocks but no
 * such sign of a new binary for that long past the height.
 */
export function judgeCompletion(upgrade: Upgrade, sighting: Sighting, options: Scheduling): Judgement | undefined {
  const before = upgrade.evidence
  if (before === undefined) return undefined
  const { head, nodeVersion, hostTime } = sighting
  const height = BigInt(upgrade.height)
  const moved = head !== undefined && head > before.head
  const top = moved ? head : before.head
  const evidence: Evidence = {
    ...before,
    head: top,
    // The clock of the switch starts when the height is there, however early the file was written.
    since: top < height ? hostTime : before.since,
    movedAt: moved || top < height ? hostTime : before.movedAt,
    // Another endpoint that serves in its place is an outage of the node too.
    outage: before.outage || head === undefined || (moved && before.nodeVersion !== undefined && nodeVersion === undefined),
    ...(before.nodeVersion === undefined && nodeVersion !== undefined && !before.outage && { nodeVersion }),
  }
  const past = top >= (height > before.block ? height : before.block) + blocksOfProof
  const fresh = evidence.nodeVersion === undefined || options.completion === 'height'
    || (nodeVersion !== undefined && (nodeVersion !== evidence.nodeVersion || evidence.outage))
  if (head !== undefined && past && fresh) return { evidence, verdict: 'completed' }
  if (upgrade.status === 'failed') return { evidence, verdict: 'waiting' }
  const wait = durationText(Math.round(options.stallTimeout / 1000))
  if (hostTime - evidence.movedAt > options.stallTimeout) {
    return { evidence, verdict: 'failed', reason: `No new block for ${wait} after the upgrade was triggered; the last one is ${top}.` }
  }
  if (past && hostTime - evidence.since > options.stallTimeout) {
    return { evidence, verdict: 'failed', reason: `The chain moved on for ${wait}, but the node still runs ${evidence.nodeVersion ?? 'its old version'} and was never seen to restart.` }
  }
  return { evidence, verdict: 'waiting' }
}
