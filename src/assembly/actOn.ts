import { concat, concatMap, from, ignoreElements, type Observable, of, tap } from 'rxjs'
import type { ChainConfig } from '../config/schema.js'
import type { Turn } from '../domain/chainState.js'
import type { Plan, PlanFinding } from '../domain/plan.js'
import type { Proposal } from '../domain/proposal.js'
import { isSchedulable } from '../domain/scheduleProposal.js'
import type { Upgrade, UpgradeMove, WriteOutcome } from '../domain/upgrade.js'
import { type RemoveOutcome, removeUpgradeInfo } from '../sinks/upgradeInfo/removeUpgradeInfo.js'
import { writeUpgradeInfo } from '../sinks/upgradeInfo/writeUpgradeInfo.js'
import { confirmPlan } from '../sources/confirmPlan.js'
import { fromAbortable } from '../sources/fromAbortable.js'
import type { GovernanceReader } from '../sources/governance/GovernanceReader.js'

export interface ActDeps {
  /** One reader a node, where several must agree; else none. */
  readonly witnesses: readonly GovernanceReader[]
  readonly findPlan: (proposal: Proposal) => PlanFinding | undefined
}

/** `onRemoved` hears what became of the file of a plan that was withdrawn. */
export type Act = (turn: Turn, onRemoved: (upgrade: Upgrade, outcome: RemoveOutcome) => void) => Observable<WriteOutcome>

/**
 * Makes the hand that carries out turns: first it takes back the files of plans that were withdrawn after they
 * were written ahead, then it writes what is due, one after the other. Answers once for each due upgrade.
 */
export function actOn(config: ChainConfig, { witnesses, findPlan }: ActDeps): Act {
  const { rpc, scheduler, upgradeInfo: { home, profile, when } } = config
  const file = home === undefined || when === 'never' ? undefined : { home, profile }
  const write = file === undefined ? undefined : writeUpgradeInfo(file)
  const remove = file === undefined ? undefined : removeUpgradeInfo(file)

  const planOf = (proposal: Proposal): Plan | undefined => {
    const finding = isSchedulable(proposal, scheduler) ? findPlan(proposal) : undefined
    return finding?.withdrawn === undefined ? finding?.plan : undefined
  }

  async function carryOut(upgrade: Upgrade, head: bigint, near: bigint | undefined, signal: AbortSignal): Promise<WriteOutcome> {
    const doubt = witnesses.length === 0
      ? undefined
      : await confirmPlan(upgrade, { readers: witnesses, agreement: rpc.agreement, planOf, signal, ...(near !== undefined && { near }) })
    if (doubt !== undefined) return { result: 'failed', key: upgrade.key, reason: doubt }
    return write === undefined ? { result: 'skipped', key: upgrade.key } : write(upgrade, { head })
  }

  return ({ state: { head, proposals }, moves, due }, onRemoved) => {
    if (head === undefined) return of()
    const { number } = head
    return concat(
      from(moves.flatMap(withdrawn)).pipe(
        concatMap((upgrade) => (remove === undefined ? of() : from(remove(upgrade, { head: number })).pipe(tap((outcome) => onRemoved(upgrade, outcome))))),
        ignoreElements(),
      ),
      from(due).pipe(concatMap((upgrade) => fromAbortable((signal) => carryOut(upgrade, number, proposals.get(upgrade.key)?.origin?.block, signal)))),
    )
  }
}

/** The upgrade as it stands in a file that is no longer true. */
function withdrawn({ type, before }: UpgradeMove): readonly Upgrade[] {
  return (type === 'cancelled' || type === 'rescheduled' || type === 'refused') && before?.writtenAt !== undefined ? [before] : []
}
