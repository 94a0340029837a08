import { concat, concatMap, defer, EMPTY, filter, from, NEVER, type Observable, of, type SchedulerLike } from 'rxjs'
import type { ChainConfig } from '../../config/schema.js'
import type { ChainState, Turn } from '../../domain/chainState.js'
import { defined } from '../../domain/defined.js'
import type { Plan, PlanFinding } from '../../domain/plans/plan.js'
import type { Proposal } from '../../domain/proposals/proposal.js'
import { isSchedulable } from '../../domain/upgrades/schedule/proposalStage.js'
import { type ResolvedPlanOptions, resolvePlanOptions } from '../../domain/upgrades/planOptions.js'
import { isOnlyInTheWay, staleFile } from '../../domain/upgrades/planOnFile.js'
import type { PlanOnFile, Upgrade } from '../../domain/upgrades/upgrade.js'
import type { WriteOutcome } from '../../domain/upgrades/writeOutcome.js'
import { type RemoveUpgradeInfo, removeUpgradeInfo } from '../../sinks/upgradeInfo/removeUpgradeInfo.js'
import { writeUpgradeInfo } from '../../sinks/upgradeInfo/writeUpgradeInfo.js'
import type { GovernanceReader } from '../../sources/governance/GovernanceReader.js'
import { createAfterWrite } from './afterWrite.js'
import { createFileCleanup } from './fileCleanup.js'
import { vouchForUpgrade } from './vouchForUpgrade.js'
import { withTimeLimit } from './withTimeLimit.js'
import { type WriteCourse, writeDue } from './writeDue.js'

export interface ExecutorDeps {
  /** One reader for each node that reports proposals, if several must agree; otherwise empty. */
  readonly witnesses: readonly GovernanceReader[]
  /** One reader for each node that reports blocks. @defaultValue none, so no block is confirmed */
  readonly nodes?: readonly GovernanceReader[]
  readonly findPlan: (proposal: Proposal) => PlanFinding | undefined
  /** @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike
  /** Removes secrets from the output of the operator's command. @defaultValue changes nothing */
  readonly conceal?: (text: string) => string
}

/**
 * Returns undefined for a turn that asks for nothing, as most do. `stopping$` emits when the chain is stopped, also to
 * those that subscribe later.
 */
export type ExecuteTurn = (
  turn: Turn,
  latest?: () => ChainState,
  stopping$?: Observable<unknown>,
) => Observable<WriteOutcome> | undefined

// Time limit in milliseconds: longer than a working disk or node needs, but shorter than a night.
const limitMs = 120_000

/**
 * Executes what turns ask for. It first takes back the file of a plan that has been called off, then writes what is
 * due, one after the other, and emits one outcome for each. A file that is only in the way of a lower plan is taken
 * back right before that one is written. Further outcomes about the file, such as the result of the hook, are emitted
 * in addition.
 *
 * The vouching nodes and the disk have two minutes each. A call that was given up or unsubscribed from writes nothing
 * afterwards.
 */
export function turnExecutor(
  config: ChainConfig,
  { witnesses, nodes = [], findPlan, scheduler, conceal = (text) => text }: ExecutorDeps,
): ExecuteTurn {
  const { home, profile, when } = config.upgradeInfo
  const scheduling = resolvePlanOptions({ ...config.scheduler, when, profile, findPlan })
  const file = home === undefined || when === 'never' ? undefined : { home, profile }
  const timing = { limitMs, ...defined({ scheduler }) }
  const limited = withTimeLimit(timing)
  const lateDisk = `No answer within ${limitMs / 1000} s: check whether the disk of ${home ?? 'the node'} hangs.`
  const care = createFileCleanup(config)
  const hook = createAfterWrite(config, conceal)
  const takeBack = takeBackWith(file === undefined ? undefined : removeUpgradeInfo(file))
  const write = writeDue({
    scheduling,
    vouch: vouchForUpgrade(config, { witnesses, nodes, planOf: planBy(scheduling), ...timing }),
    write: file === undefined ? undefined : writeUpgradeInfo(file),
    limited,
    lateDisk,
  })
  const stuck = ({ key }: PlanOnFile): WriteOutcome => ({ result: 'stuck', key, path: home ?? '', reason: lateDisk })

  const takenBack = (stale: PlanOnFile, latest: () => ChainState, isWanted = () => true): Observable<WriteOutcome> =>
    limited((signal) => {
      const { head } = latest()
      return takeBack(stale, head?.number ?? 0n, () => !signal.aborted && isWanted() && isStale(latest()))
    }, stuck(stale))

  const writeInTurn = (due: readonly Upgrade[], course: WriteCourse): Observable<WriteOutcome> =>
    from(due).pipe(
      concatMap((upgrade) =>
        defer(() => write(upgrade, course)).pipe(
          // The operator's command has a time limit of its own.
          concatMap((outcome) => {
            const answer = hook.marked(outcome, upgrade)
            return 'hook' in answer ? concat(of(answer), hook.run(upgrade)) : of(answer)
          }),
        ),
      ),
    )

  return (turn, latest = () => turn.state, stopping$ = NEVER) => {
    const { stale, finished, due, state } = turn
    if (state.head === undefined) return undefined
    const inTheWay = stale !== undefined && isOnlyInTheWay(stale, state.upgrades) ? stale : undefined
    const takeAway = (isWanted: () => boolean): Observable<WriteOutcome> =>
      defer(() => (inTheWay !== undefined && isStale(latest()) ? takenBack(inTheWay, latest, isWanted) : EMPTY))
    const work$ = [
      stale === undefined || stale === inTheWay ? undefined : takenBack(stale, latest),
      finished && limited((signal) => care.archive(finished, () => !signal.aborted), stuck(finished)),
      care.mayLook(turn)
        ? limited(() => care.look(turn), undefined).pipe(filter((outcome) => outcome !== undefined))
        : undefined,
      due.length === 0 ? undefined : writeInTurn(due, { latest, stopping$, takeAway }),
      hook.runOwed(turn),
    ].filter((part$) => part$ !== undefined)
    return work$.length === 0 ? undefined : concat(...work$)
  }
}

/** Uses the current state, because readings go on while the disk is slow, and at the height it is too late. */
function isStale({ file, upgrades, head }: ChainState): boolean {
  return head !== undefined && staleFile(file, upgrades, [], head.number) !== undefined
}

/** The plan of a proposal, if it may be acted on. */
function planBy(scheduling: ResolvedPlanOptions): (proposal: Proposal) => Plan | undefined {
  return (proposal) => {
    const finding = isSchedulable(proposal, scheduling) ? scheduling.findPlan(proposal) : undefined
    return finding?.withdrawn === undefined && finding?.unsure === undefined ? finding?.plan : undefined
  }
}

function takeBackWith(
  remove: RemoveUpgradeInfo | undefined,
): (plan: PlanOnFile, head: bigint, isWanted: () => boolean) => Promise<WriteOutcome> {
  return async (plan, head, isWanted) => {
    const { key } = plan
    if (remove === undefined)
      return { result: 'kept', key, path: '', reason: 'No file is written here by configuration.' }
    const outcome = await remove(plan, { head, isWanted })
    return outcome.result === 'failed' ? { ...outcome, result: 'stuck', key } : { ...outcome, key }
  }
}
