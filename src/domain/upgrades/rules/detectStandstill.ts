import { defined } from '../../defined.js'
import { type BlockTime, etaOf } from '../../blocks/blockTime.js'
import type { Head } from '../../blocks/head.js'
import type { ProposalKey } from '../../proposals/proposal.js'
import { durationText } from '../../text/time.js'
import { isSure } from '../isStillDue.js'
import type { MissedEvent, ReadEvent } from '../PlanEvent.js'
import type { ResolvedPlanOptions } from '../planOptions.js'
import type { Upgrade } from '../upgrade.js'
import type { UpgradeMove } from '../upgradeMove.js'
import type { PollRule } from './PlanRule.js'

/** Reports once that a chain which holds a plan itself does not get past its height. */
export const detectStandstill: PollRule = (board, event, options) => {
  for (const waiting of [...board.acting.values()]) {
    if (waiting.status !== 'scheduled') continue
    const { upgrade, moves } = standstill(waiting, lookOf(event, waiting.key), options)
    board.put(upgrade)
    board.move(moves)
  }
}

function lookOf(event: ReadEvent | MissedEvent, key: ProposalKey): Look {
  const { hostTime } = event
  if (event.type === 'read')
    return { head: event.head, isSure: isSure(event.proposals.get(key)), hostTime, time: event.head.timestamp }
  const { time, last } = event
  return { isSure: true, hostTime, time, ...defined({ last }) }
}

/** What a poll reports about the position of a chain. */
interface Look {
  /** Absent if the node did not answer. */
  readonly head?: Head
  /** The last answer before this poll, if the node did not answer now. `readAt` is host time, Unix milliseconds. */
  readonly last?: { readonly head: Head; readonly blockTime: BlockTime; readonly readAt: number }
  /** True if the chain says whether the plan still stands. */
  readonly isSure: boolean
  /** Host clock, Unix milliseconds. */
  readonly hostTime: number
  /** Chain time, Unix seconds. */
  readonly time: bigint
}

/**
 * Detects whether the nodes of a chain that holds a plan itself get past its height: they stop at the block before it,
 * and continue only with the new binary. If there is no progress for `stallTimeout`, that is reported once. The upgrade
 * still waits and continues as soon as the chain does.
 *
 * The wait begins at the last block before the height. If the node stopped answering shortly before that, the wait
 * begins when the height should have come. If the chain does not say what became of the plan, the wait begins at the
 * height itself.
 */
function standstill(
  upgrade: Upgrade,
  look: Look,
  { stallTimeout }: Pick<ResolvedPlanOptions, 'stallTimeout'>,
): { readonly upgrade: Upgrade; readonly moves: readonly UpgradeMove[] } {
  if (upgrade.held !== true) return { upgrade, moves: [] }
  const { hostTime, time } = look
  if (!isWaiting(upgrade, look, stallTimeout)) return { upgrade: freed(upgrade), moves: [] }
  // The minimum is used, so that after the clock was set back the wait does not last until it has caught up.
  const waitsSince = Math.min(upgrade.waitsSince ?? hostTime, hostTime)
  const waiting: Upgrade = waitsSince === upgrade.waitsSince ? upgrade : { ...upgrade, waitsSince }
  if (upgrade.stuck !== undefined || hostTime - waitsSince <= stallTimeout) return { upgrade: waiting, moves: [] }
  const stuck = reasonOf(upgrade, look, durationText(Math.round(stallTimeout / 1000)))
  const told: Upgrade = { ...waiting, stuck, reasons: [...upgrade.reasons, stuck] }
  return { upgrade: told, moves: [{ type: 'failed', upgrade: told, time, silent: false, isStuck: true }] }
}

function isWaiting({ height, waitsSince }: Upgrade, { head, last, isSure, hostTime }: Look, limit: number): boolean {
  // Nodes stop before a height, but not before a time.
  if (height === undefined) return false
  const due = BigInt(height)
  if (head !== undefined) return head.number === due - 1n || (head.number >= due && !isSure)
  if (waitsSince !== undefined) return true
  if (last === undefined) return false
  if (last.head.number >= due - 1n) return true
  const eta = etaOf(due, last.head, last.blockTime)
  if (eta === undefined) return false
  // Durations are compared, because the clocks of the host and the chain may differ.
  const left = Number(eta - last.head.timestamp) * 1000
  return left <= limit && hostTime - last.readAt >= left
}

/** Removes the note of a standstill: the chain has continued, or has not reached the height yet. */
function freed(upgrade: Upgrade): Upgrade {
  const { waitsSince, stuck, ...free } = upgrade
  if (waitsSince === undefined && stuck === undefined) return upgrade
  return { ...free, reasons: upgrade.reasons.filter((reason) => reason !== stuck) }
}

function reasonOf({ height }: Upgrade, { head, last }: Look, wait: string): string {
  if (head === undefined)
    return `The node has not come back for ${wait}${last === undefined ? '' : `: block ${last.head.number} is the last one it reported`}.`
  return height !== undefined && head.number < BigInt(height)
    ? `No new block for ${wait}: the chain stands at block ${head.number}, the last one before the height.`
    : `Past its height for ${wait}, the chain does not say whether it carried the plan out.`
}
