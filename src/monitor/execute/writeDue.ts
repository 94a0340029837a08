import { map, type Observable, of, switchMap } from 'rxjs'
import type { ChainState } from '../../domain/chainState.js'
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
  /** Absent where nothing is written. */
  readonly write?: WriteUpgradeInfo | undefined
  readonly limited: TimeLimit
  /** What is said where the disk does not answer. */
  readonly lateDisk: string
}

/**
 * Writes the file of one due upgrade once it is vouched for, and answers for it. Right before the writing it looks once
 * more whether the upgrade is still due by the state as it is by then.
 */
export function writeDue(
  options: WriteDueOptions,
): (upgrade: Upgrade, latest: () => ChainState) => Observable<WriteOutcome> {
  const { scheduling, vouch, write, limited, lateDisk } = options
  return (upgrade, latest) => {
    const { key, name } = upgrade
    const held: WriteOutcome = {
      result: 'held',
      key,
      reason: `${name} at ${dueText(upgrade)} is not asked for any more.`,
    }
    const start = latest()
    if (start.head === undefined) return of(held)
    const { number: head } = start.head
    const reached = reachedFor(upgrade, head, scheduling)
    const isWanted = (): boolean => isStillDue(upgrade, reached, latest())
    if (!isWanted()) return of(held)
    return vouch(upgrade, reached, start, latest).pipe(
      switchMap(({ doubt, by }): Observable<WriteOutcome> => {
        if (!isWanted()) return of(held)
        const withFile = write !== undefined && upgrade.unwritten !== true && hasHeight(upgrade)
        if (doubt !== undefined)
          return of({
            result: 'failed',
            key,
            reason: doubt,
            vouchedBy: by,
            ...(!withFile && { isFileless: true }),
          })
        if (!withFile) return of({ result: 'skipped', key, vouchedBy: by })
        // The nodes vouched for that block; the head of a reading is what one of them says.
        const newest = latest().head?.number ?? reached
        return limited<WriteOutcome>(
          (signal) => write(upgrade, { head: reached, newest, isWanted: () => !signal.aborted && isWanted() }),
          { result: 'failed', key, reason: lateDisk },
        ).pipe(map((outcome) => withVouchers(outcome, by)))
      }),
      map((outcome) => ({ ...outcome, plan: planRef(upgrade) })),
    )
  }
}

/** A refusal and a hold are about the file: no node has a part in them. */
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
 * The block that makes it due: its height, less the lead; where it is written on schedule, or counts in times, the head
 * that was read.
 */
function reachedFor({ height }: Upgrade, head: bigint, { leadBlocks, when }: WriteDueOptions['scheduling']): bigint {
  if (height === undefined) return head
  if (head >= BigInt(height)) return BigInt(height)
  const ahead = BigInt(height) - BigInt(leadBlocks)
  return when === 'on-schedule' && head < ahead ? head : ahead > 0n ? ahead : 0n
}
