import {
  combineLatest,
  concat,
  concatMap,
  defer,
  EMPTY,
  filter,
  first,
  from,
  map,
  type Observable,
  of,
  type SchedulerLike,
  switchMap,
  timeout,
} from 'rxjs'
import type { ChainConfig } from '../config/schema.js'
import { blockProblem } from '../domain/blocks/blockProblem.js'
import type { ChainState, Turn } from '../domain/chainState.js'
import { isStillDue } from '../domain/upgrades/isStillDue.js'
import type { Plan, PlanFinding } from '../domain/plans/plan.js'
import type { Proposal } from '../domain/proposals/proposal.js'
import { isSchedulable } from '../domain/upgrades/scheduleProposal.js'
import { withDefaults } from '../domain/upgrades/scheduling.js'
import type { PlanOnFile, Upgrade, WriteOutcome } from '../domain/upgrades/upgrade.js'
import { defined } from '../domain/defined.js'
import { removeUpgradeInfo } from '../sinks/upgradeInfo/removeUpgradeInfo.js'
import { writeUpgradeInfo } from '../sinks/upgradeInfo/writeUpgradeInfo.js'
import { confirmHeight } from '../sources/confirmHeight.js'
import { confirmPlan } from '../sources/confirmPlan.js'
import type { GovernanceReader } from '../sources/governance/GovernanceReader.js'
import { withTimeLimit } from './withTimeLimit.js'
import { tendFile } from './tendFile.js'

export interface ExecutorDeps {
  /** One reader a node that tells of proposals, where several must agree; else none. */
  readonly witnesses: readonly GovernanceReader[]
  /** One reader a node that tells of blocks. @defaultValue none: the head of the reading is believed */
  readonly nodes?: readonly GovernanceReader[]
  readonly findPlan: (proposal: Proposal) => PlanFinding | undefined
  /** @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike
  /** Takes secrets out of what the operator's command prints. @defaultValue changes nothing */
  readonly conceal?: (text: string) => string
}

export type ExecuteTurn = (turn: Turn, latest?: () => ChainState) => Observable<WriteOutcome>

// Longer than any disk or node that works, shorter than a night.
const limitMs = 120_000

/**
 * Makes the hand that carries out turns: first it takes back the file of a plan that is off, then it writes what is
 * due, one after the other. Answers once for each. What else there is to say about the file, such as how the command
 * after a writing went, comes besides.
 *
 * Before it writes, the nodes vouch for the plan where several must agree, and for the block that makes it due. Then
 * it looks once more whether the upgrade is still due by the state as it is by then. Nodes and disk have two minutes
 * each; what was given up, or unsubscribed from, writes nothing any more.
 */
export function turnExecutor(
  config: ChainConfig,
  { witnesses, nodes = [], findPlan, scheduler, conceal = (text) => text }: ExecutorDeps,
): ExecuteTurn {
  const {
    rpc,
    upgradeInfo: { home, profile, when },
  } = config
  const scheduling = withDefaults({ ...config.scheduler, when, profile, findPlan })
  const file = home === undefined || when === 'never' ? undefined : { home, profile }
  const write = file === undefined ? undefined : writeUpgradeInfo(file)
  const remove = file === undefined ? undefined : removeUpgradeInfo(file)
  const timing = scheduler === undefined ? {} : { scheduler }
  const patient = withTimeLimit({ limitMs, ...timing })
  const seconds = limitMs / 1000
  const lateDisk = `No answer within ${seconds} s: look whether the disk of ${home ?? 'the node'} hangs.`
  const lateNodes = (what: string): string =>
    `The nodes did not vouch for ${what} within ${seconds} s: nothing is written before they do. Look at the nodes in rpc.urls.`

  const care = tendFile(config, { conceal })

  const planOf = (proposal: Proposal): Plan | undefined => {
    const finding = isSchedulable(proposal, scheduling) ? findPlan(proposal) : undefined
    return finding?.withdrawn === undefined && finding?.unsure === undefined ? finding?.plan : undefined
  }

  /** The block that makes it due: its height, less the lead; where it is written on schedule, the head that was read. */
  const reachedFor = ({ height }: Upgrade, head: bigint): bigint => {
    if (head >= BigInt(height)) return BigInt(height)
    const ahead = BigInt(height) - BigInt(scheduling.leadBlocks)
    return when === 'on-schedule' && head < ahead ? head : ahead > 0n ? ahead : 0n
  }

  function vouched(
    upgrade: Upgrade,
    { head: start, proposals }: ChainState,
    reached: bigint,
    latest: () => ChainState,
  ): Observable<string | undefined> {
    const near = proposals.get(upgrade.key)?.origin?.block
    const tellers = witnesses.length === 0 ? nodes : witnesses
    const askFor$ = (readers: readonly GovernanceReader[], agreement: number): Observable<string | undefined> =>
      confirmPlan(upgrade, { readers, agreement, planOf, ...defined({ near }) })
    const plan$ = witnesses.length === 0 ? of(undefined) : askFor$(witnesses, rpc.agreement)
    const height$ =
      nodes.length === 0 || start === undefined
        ? of(undefined)
        : confirmHeight(reached, {
            readers: nodes,
            agreement: Math.min(rpc.agreement, nodes.length),
            // What is known by then: readings go on meanwhile.
            problemOf: (block) => {
              const { head = start, blockTime } = latest()
              return blockProblem(block, reached, { head, blockTime })
            },
            isWanted: () => isStillDue(upgrade, reached, latest()),
            ...timing,
          }).pipe(
            // Below the head that is believed nothing is read: only the nodes know whether the plan was called off there.
            switchMap((doubt) =>
              doubt === undefined && latest().health.lagging === true
                ? askFor$(tellers, Math.min(rpc.agreement, tellers.length))
                : of(doubt),
            ),
          )
    const doubts = [plan$, height$].map((answer$) => answer$.pipe(map((doubt) => ({ doubt }))))
    return combineLatest(doubts.map((doubt$) => concat(of(undefined), doubt$))).pipe(
      // The first doubt is enough.
      first(
        (answers) =>
          answers.some((answer) => answer?.doubt !== undefined) || answers.every((answer) => answer !== undefined),
      ),
      map((answers) => answers.find((answer) => answer?.doubt !== undefined)?.doubt),
      timeout({ first: limitMs, ...timing, with: () => of(lateNodes(`${upgrade.name} at block ${reached}`)) }),
    )
  }

  function carryOut(upgrade: Upgrade, latest: () => ChainState): Observable<WriteOutcome> {
    const { key, name, height } = upgrade
    const held: WriteOutcome = { result: 'held', key, reason: `${name} at height ${height} is not asked for any more.` }
    const start = latest()
    if (start.head === undefined) return of(held)
    const reached = reachedFor(upgrade, start.head.number)
    const isWanted = (): boolean => isStillDue(upgrade, reached, latest())
    if (!isWanted()) return of(held)
    return vouched(upgrade, start, reached, latest).pipe(
      switchMap((doubt): Observable<WriteOutcome> => {
        if (!isWanted()) return of(held)
        if (doubt !== undefined) return of({ result: 'failed', key, reason: doubt })
        if (write === undefined || upgrade.unwritten === true) return of({ result: 'skipped', key })
        const head = nodes.length === 0 ? (start.head?.number ?? reached) : reached
        const newest = latest().head?.number ?? head
        return patient<WriteOutcome>(
          (signal) => write(upgrade, { head, newest, isWanted: () => !signal.aborted && isWanted() }),
          { result: 'failed', key, reason: lateDisk },
        )
      }),
      map((outcome) => ({ ...outcome, plan: { name, height } })),
    )
  }

  async function takeBack(plan: PlanOnFile, head: bigint): Promise<WriteOutcome> {
    const { key } = plan
    if (remove === undefined)
      return { result: 'kept', key, path: '', reason: 'No file is written here by configuration.' }
    const outcome = await remove(plan, { head })
    return outcome.result === 'failed' ? { ...outcome, result: 'stuck', key } : { ...outcome, key }
  }

  return (turn, latest = () => turn.state) => {
    const {
      state: { head },
      stale,
      finished,
      due,
    } = turn
    if (head === undefined) return EMPTY
    const stuck = ({ key }: PlanOnFile): WriteOutcome => ({ result: 'stuck', key, path: home ?? '', reason: lateDisk })
    return concat(
      stale === undefined ? EMPTY : patient(() => takeBack(stale, head.number), stuck(stale)),
      finished === undefined ? EMPTY : patient(() => care.archive(finished), stuck(finished)),
      patient(() => care.look(turn), undefined).pipe(filter((outcome) => outcome !== undefined)),
      from(due).pipe(
        concatMap((upgrade) =>
          defer(() => carryOut(upgrade, latest)).pipe(
            // The time of the operator's command is its own.
            concatMap((outcome) => {
              const answer = care.marked(outcome, upgrade)
              return 'hook' in answer ? concat(of(answer), care.actAfterWrite(upgrade)) : of(answer)
            }),
          ),
        ),
      ),
      care.actOnOwed(turn),
    )
  }
}
