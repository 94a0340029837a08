import { concat, map, type Observable, of, switchMap } from 'rxjs'
import type { ChainState } from '../../domain/chainState.js'
import { defined } from '../../domain/defined.js'
import { dueText, hasHeight } from '../../domain/plans/dueAt.js'
import { planRef } from '../../domain/plans/plan.js'
import { isStillDue } from '../../domain/upgrades/isStillDue.js'
import type { ResolvedPlanOptions } from '../../domain/upgrades/planOptions.js'
import type { Upgrade } from '../../domain/upgrades/upgrade.js'
import type { VouchedBy, WriteOutcome } from '../../domain/upgrades/writeOutcome.js'
import type { WriteUpgradeInfo } from '../../sinks/upgradeInfo/writeUpgradeInfo.js'
import type { Vouch } from './vouchForUpgrade.js'
import type { TimeLimit } from './withTimeLimit.js'

export interface WriteDueOptions {
  readonly scheduling: Pick<ResolvedPlanOptions, 'leadBlocks' | 'when'>
  readonly vouch: Vouch
  /** Absent if no file is written. */
  readonly write?: WriteUpgradeInfo | undefined
  readonly limited: TimeLimit
  /** The reason to report if the disk does not answer. */
  readonly lateDisk: string
}

/** What a write takes into account while it waits. */
export interface WriteCourse {
  readonly latest: () => ChainState
  /** Emits when the chain is stopped. */
  readonly stopping$: Observable<unknown>
  /** Takes back, right before the write, the file that is in its way. Its outcome precedes that of the write. */
  readonly takeAway: (isWanted: () => boolean) => Observable<WriteOutcome>
}

/**
 * Writes the file of one due upgrade when the nodes vouch for it, and emits the outcome. Immediately before the write
 * it checks against the current state that the upgrade is still due. Emits nothing if the chain is stopped before that.
 */
export function writeDue(
  options: WriteDueOptions,
): (upgrade: Upgrade, course: WriteCourse) => Observable<WriteOutcome> {
  const { scheduling, vouch, write, limited, lateDisk } = options
  return (upgrade, { latest, stopping$, takeAway }) => {
    const { key, name } = upgrade
    // An answer without its plan would be taken for one about the plan that the upgrade has by then.
    const plan = { ...planRef(upgrade), ...defined({ info: upgrade.info }) }
    const held: WriteOutcome = {
      result: 'held',
      key,
      plan,
      reason: `${name} at ${dueText(upgrade)} is not asked for any more.`,
    }
    const start = latest()
    if (start.head === undefined) return of(held)
    const { number: head } = start.head
    const reached = reachedFor(upgrade, head, scheduling)
    const isWanted = (): boolean => isStillDue(upgrade, reached, latest())
    if (!isWanted()) return of(held)
    return vouch(upgrade, reached, start, latest, stopping$).pipe(
      switchMap(({ doubt, by }): Observable<WriteOutcome> => {
        if (!isWanted()) return of(held)
        const withFile = write !== undefined && upgrade.unwritten !== true && hasHeight(upgrade)
        if (doubt !== undefined)
          return of({
            result: 'failed',
            key,
            reason: doubt,
            vouchedBy: by,
            plan,
            ...(!withFile && { isFileless: true }),
          })
        if (!withFile) return of({ result: 'skipped', key, vouchedBy: by, plan })
        // The nodes vouched for this block, whereas the head of a reading comes from a single node.
        const newest = latest().head?.number ?? reached
        const written$ = limited<WriteOutcome>(
          (signal) => write(upgrade, { head: reached, newest, isWanted: () => !signal.aborted && isWanted() }),
          { result: 'failed', key, reason: lateDisk },
        ).pipe(map((outcome) => ({ ...withVouchers(outcome, by), plan })))
        return concat(takeAway(isWanted), written$)
      }),
    )
  }
}

/** Refused and held outcomes depend only on the file or the state, so no node is named in them. */
function withVouchers(outcome: WriteOutcome, vouchedBy: VouchedBy): WriteOutcome {
  switch (outcome.result) {
    case 'written':
    case 'unchanged':
    case 'skipped':
    case 'failed':
      return { ...outcome, vouchedBy }
    default:
      return outcome
  }
}

/**
 * The block that makes an upgrade due: its height less the lead. It is the current head if the file is written on
 * schedule before that block, or if the plan has a time instead of a height.
 */
function reachedFor({ height }: Upgrade, head: bigint, { leadBlocks, when }: WriteDueOptions['scheduling']): bigint {
  if (height === undefined) return head
  if (head >= BigInt(height)) return BigInt(height)
  const ahead = BigInt(height) - BigInt(leadBlocks)
  return when === 'on-schedule' && head < ahead ? head : ahead > 0n ? ahead : 0n
}
