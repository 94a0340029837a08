import { combineLatest, concat, first, map, type Observable, of, type SchedulerLike, switchMap, timeout } from 'rxjs'
import type { ChainConfig } from '../../config/schema.js'
import { blockProblem } from '../../domain/blocks/blockProblem.js'
import type { ChainState } from '../../domain/chainState.js'
import { defined } from '../../domain/defined.js'
import type { Plan } from '../../domain/plans/plan.js'
import type { Proposal } from '../../domain/proposals/proposal.js'
import { isStillDue } from '../../domain/upgrades/isStillDue.js'
import { isOwn, type Upgrade } from '../../domain/upgrades/upgrade.js'
import { confirmHeight } from '../../sources/agreement/confirmHeight.js'
import { confirmPlan } from '../../sources/agreement/confirmPlan.js'
import type { GovernanceReader } from '../../sources/governance/GovernanceReader.js'

export interface VouchOptions {
  /** One reader a node that tells of proposals, where several must agree; else none. */
  readonly witnesses: readonly GovernanceReader[]
  /** One reader a node that tells of blocks; none: the head of the reading is believed. */
  readonly nodes: readonly GovernanceReader[]
  /** The plan that a proposal carries, where it may be acted on. */
  readonly planOf: (proposal: Proposal) => Plan | undefined
  /** Longest wait for all answers, in milliseconds. */
  readonly limitMs: number
  readonly scheduler?: SchedulerLike
}

/**
 * What speaks against writing a due upgrade; `undefined` where nothing does. `latest` tells the state as it is by then.
 */
export type Vouch = (
  upgrade: Upgrade,
  reached: bigint,
  start: ChainState,
  latest: () => ChainState,
) => Observable<string | undefined>

/** Asks the nodes for the plan, where several must agree, and for the block that makes it due. Answers once. */
export function vouchForUpgrade(
  { rpc: { agreement } }: Pick<ChainConfig, 'rpc'>,
  { witnesses, nodes, planOf, limitMs, scheduler }: VouchOptions,
): Vouch {
  const timing = defined({ scheduler })
  return (upgrade, reached, { head: start, proposals }, latest) => {
    const near = proposals.get(upgrade.key)?.origin?.block
    const tellers = witnesses.length === 0 ? nodes : witnesses
    const askFor$ = (readers: readonly GovernanceReader[]): Observable<string | undefined> =>
      confirmPlan(upgrade, {
        readers,
        agreement: Math.min(agreement, readers.length),
        planOf,
        ...defined({ near }),
      })
    function askForHeight(known: NonNullable<typeof start>): Observable<string | undefined> {
      return confirmHeight(reached, {
        readers: nodes,
        agreement: Math.min(agreement, nodes.length),
        // What is known by then: readings go on meanwhile.
        problemOf: (block) => {
          const { head = known, blockTime } = latest()
          return blockProblem(block, reached, { head, blockTime })
        },
        isWanted: () => isStillDue(upgrade, reached, latest()),
        ...timing,
      }).pipe(
        // Below the head that is believed nothing is read: only the nodes know whether the plan was called off there.
        switchMap((doubt) =>
          doubt === undefined && latest().health.lagging === true && !isOwn(upgrade) ? askFor$(tellers) : of(doubt),
        ),
      )
    }
    // A name that no file can hold, no question about a plan that was carried out can hold either: past the height the
    // nodes would seem not to know it.
    // For a plan of the operator's own nobody but the operator vouches.
    const isAskedFor = witnesses.length > 0 && upgrade.unwritten !== true && !isOwn(upgrade)
    const plan$ = isAskedFor ? askFor$(witnesses) : of(undefined)
    const height$ = nodes.length === 0 || start === undefined ? of(undefined) : askForHeight(start)
    const late = `The nodes did not vouch for ${upgrade.name} at block ${reached} within ${limitMs / 1000} s: nothing is written before they do. Look at the nodes in rpc.urls.`
    return firstDoubt([plan$, height$]).pipe(timeout({ first: limitMs, ...timing, with: () => of(late) }))
  }
}

/** The first doubt is enough; without one, all have to answer. */
function firstDoubt(answers$: readonly Observable<string | undefined>[]): Observable<string | undefined> {
  const open = answers$.map((answer$) => concat(of(undefined), answer$.pipe(map((doubt) => ({ doubt })))))
  return combineLatest(open).pipe(
    first(
      (answers) =>
        answers.some((answer) => answer?.doubt !== undefined) || answers.every((answer) => answer !== undefined),
    ),
    map((answers) => answers.find((answer) => answer?.doubt !== undefined)?.doubt),
  )
}
