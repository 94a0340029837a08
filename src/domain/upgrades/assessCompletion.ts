import { defined } from '../defined.js'
import { differingKeysOf } from '../differingKeysOf.js'
import { assessConsumption, earlyText } from './assessConsumption.js'
import { durationText } from '../text/time.js'
import type { ResolvedPlanOptions } from './planOptions.js'
import type { CompletionEvidence, Upgrade } from './upgrade.js'
import type { Unconsumed, VersionSwitch } from './upgradeMove.js'
import { versionBefore } from './versionBefore.js'

/** What a poll observed about the node of an upgrade in progress. `head` is absent if the node did not answer. */
export interface Sighting {
  readonly head?: bigint
  readonly nodeVersion?: string
  /** Host time, Unix milliseconds. */
  readonly hostTime: number
}

export type Assessment = {
  /** The same object as before if the poll observed nothing new. */
  readonly evidence: CompletionEvidence
  /** Set when the node is first seen to have come back with its old version. */
  readonly restart?: VersionSwitch
  /** Set when it is first certain that no process manager acted on the file. */
  readonly unconsumed?: Unconsumed
} & Verdict
type Verdict =
  | { readonly verdict: 'waiting' }
  | { readonly verdict: 'completed'; readonly seen: VersionSwitch }
  | { readonly verdict: 'failed'; readonly reason: string }

// Number of blocks past the height that count as proof. The first one could still be the old binary's last.
const blocksOfProof = 2n

// Servers behind one name differ by a few blocks. A head that falls by more than this was never on the chain.
const maxLag = 20n

/**
 * Decides from what was observed since the trigger.
 *
 * Completed: the head is two blocks past the height and the trigger, and the node reports another version than before,
 * or none was ever known. If the old version comes back after an outage, that is a restart. It completes the upgrade
 * only if no known process manager should have changed the version. If the chain itself holds the plan, its blocks past
 * the height are enough proof once `stallTimeout` has passed without a better one. Failed: no block for `stallTimeout`,
 * or blocks without such a sign of a new binary for that long past the height.
 */
export function assessCompletion(
  upgrade: Upgrade,
  sighting: Sighting,
  options: ResolvedPlanOptions,
): Assessment | undefined {
  if (upgrade.evidence === undefined || upgrade.withdrawn === true) return undefined
  const { head, nodeVersion } = sighting
  const moved = head !== undefined && head > upgrade.evidence.head
  const due = dueBlock(upgrade, upgrade.evidence)
  const evidence = observed(upgrade, upgrade.evidence, sighting)
  const cameBack = nodeVersion !== undefined && nodeVersion === evidence.nodeVersion && evidence.outage
  // With `completion: height` the version proves nothing, so it proves no restart either.
  const isRestart = cameBack && options.completion === 'version' && evidence.restarted !== true
  const restart = isRestart ? restartOf(evidence) : undefined
  const floor = due > evidence.block ? due : evidence.block
  const past = head !== undefined && head >= floor + blocksOfProof
  const proof = past ? proofOf(upgrade, evidence, sighting, options) : undefined
  const unconsumed =
    proof === undefined ? assessConsumption(upgrade, evidence, { ...sighting, isPast: past }, options) : undefined
  const seen: CompletionEvidence = {
    ...evidence,
    ...(isRestart && { restarted: true }),
    ...(unconsumed !== undefined && { unconsumed: true }),
  }
  const news = {
    evidence: differingKeysOf(upgrade.evidence, seen).length === 0 ? upgrade.evidence : seen,
    ...defined({ restart, unconsumed }),
  }
  if (proof !== undefined) return { ...news, verdict: 'completed', seen: switchOf(proof, evidence, nodeVersion) }
  const reason =
    upgrade.status === 'failed'
      ? undefined
      : failureOf(upgrade, evidence, { past, cameBack, moved, ...sighting }, options)
  return reason === undefined ? { ...news, verdict: 'waiting' } : { ...news, verdict: 'failed', reason }
}

/** Returns the block from which the plan applies: its height, or the block at which its time was seen to have come. */
function dueBlock({ height }: Upgrade, { block }: CompletionEvidence): bigint {
  return height === undefined ? block : BigInt(height)
}

/**
 * Returns true if only the chain's own report counts. For a plan with a time, nodes that are not ready make blocks too.
 */
function needsChainReport({ held, height }: Upgrade): boolean {
  return held === true && height === undefined
}

function observed(
  upgrade: Upgrade,
  before: CompletionEvidence,
  { head, nodeVersion, hostTime }: Sighting,
): CompletionEvidence {
  const due = dueBlock(upgrade, before)
  const moved = head !== undefined && head > before.head
  const top = head !== undefined && (moved || before.head - head > maxLag) ? head : before.head
  return {
    ...before,
    // Blocks would have to be past a trigger that was never on the chain, which may take hours. The block of a plan
    // with a time says when that time came.
    block: upgrade.height !== undefined && top < before.block ? top : before.block,
    head: top,
    // The time for the switch starts when the height is reached, however early the file was written. If the clock of
    // the host has stepped back, it starts over.
    since: top < due ? hostTime : Math.min(before.since, hostTime),
    movedAt: moved || top < due ? hostTime : Math.min(before.movedAt, hostTime),
    // If another endpoint answers in place of the node, that is an outage of the node too.
    outage:
      before.outage || head === undefined || (moved && before.nodeVersion !== undefined && nodeVersion === undefined),
    ...(before.nodeVersion === undefined && nodeVersion !== undefined && !before.outage && { nodeVersion }),
  }
}

function proofOf(
  upgrade: Upgrade,
  evidence: CompletionEvidence,
  { nodeVersion, hostTime }: Sighting,
  { completion, profile, stallTimeout }: ResolvedPlanOptions,
): VersionSwitch['evidence'] | undefined {
  if (needsChainReport(upgrade)) return undefined
  const old = evidence.nodeVersion
  if (old !== undefined && nodeVersion !== undefined && nodeVersion !== old) return 'version_changed'
  if (old === undefined || completion === 'height') return 'blocks_past_height'
  if (nodeVersion === undefined) return undefined
  if (upgrade.held === true && hostTime - evidence.since > stallTimeout) return 'blocks_past_height'
  // These process managers change the binary and with it the version, so an unchanged version proves nothing.
  return evidence.outage && profile !== 'wemixvisor' && profile !== 'cosmovisor'
    ? 'same_version_after_outage'
    : undefined
}

/** Returns the switch of a node that came back with its old version. */
function restartOf({ nodeVersion }: CompletionEvidence): VersionSwitch {
  return { evidence: 'same_version_after_outage', ...defined({ oldVersion: nodeVersion, newVersion: nodeVersion }) }
}

function switchOf(
  proof: VersionSwitch['evidence'],
  evidence: CompletionEvidence,
  newVersion: string | undefined,
): VersionSwitch {
  const isSame = proof === 'same_version_after_outage' && evidence.formerVersion === undefined
  if (isSame) return restartOf(evidence)
  return { evidence: proof, ...defined({ oldVersion: versionBefore(evidence, newVersion), newVersion }) }
}

/** What follows from a sighting. `moved`: it shows a new block. */
interface Found {
  readonly past: boolean
  readonly cameBack: boolean
  readonly moved: boolean
}

function failureOf(
  upgrade: Upgrade,
  evidence: CompletionEvidence,
  { past, cameBack, moved, head, nodeVersion, hostTime }: Sighting & Found,
  { stallTimeout }: ResolvedPlanOptions,
): string | undefined {
  const wait = durationText(Math.round(stallTimeout / 1000))
  if (hostTime - evidence.movedAt > stallTimeout) {
    return head === undefined
      ? `No answer from the node and no new block for ${wait} after the upgrade was triggered; the last one seen is block ${evidence.head}.`
      : `No new block for ${wait} after the upgrade was triggered; the last one is block ${evidence.head}.`
  }
  if (!past || hostTime - evidence.since <= stallTimeout) return undefined
  const goesOn = `The chain moved on for ${wait}`
  if (needsChainReport(upgrade)) return `${goesOn}, but no node says whether it is carried out.`
  if (nodeVersion === undefined) {
    // A poll without a new block does not ask for the version, so it does not show that the node is silent.
    return moved ? `${goesOn}, but the node itself does not answer: what it runs is not known.` : undefined
  }
  return cameBack
    ? `${goesOn}, but the node came back with ${nodeVersion}, the version it ran before.${earlyText(evidence)}`
    : `${goesOn}, but the node still runs ${nodeVersion} and was never seen to restart.${earlyText(evidence)}`
}
