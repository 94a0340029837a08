import { combineLatest, concat, first, map, type Observable, of, type SchedulerLike, switchMap, timeout } from 'rxjs'
import type { ChainConfig } from '../../config/schema.js'
import { blockProblem } from '../../domain/blocks/blockProblem.js'
import type { ChainState } from '../../domain/chainState.js'
import { defined } from '../../domain/defined.js'
import type { Plan } from '../../domain/plans/plan.js'
import type { Proposal } from '../../domain/proposals/proposal.js'
import { isStillDue } from '../../domain/upgrades/isStillDue.js'
import { isOwn, type Upgrade } from '../../domain/upgrades/upgrade.js'
import type { VouchedBy } from '../../domain/upgrades/writeOutcome.js'
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

/** Who vouches for a due upgrade, and what speaks against writing it, where something does. */
interface Vouched {
  readonly doubt?: string
  readonly by: VouchedBy
}

/** `latest` tells the state as it is by then. */
export type Vouch = (
  upgrade: Upgrade,
  reached: bigint,
  start: ChainState,
  latest: () => ChainState,
) => Observable<Vouched>

/** Asks the nodes for the plan, where several must agree, and for the block that makes it due. Answers once. */
export function vouchForUpgrade(
  { rpc: { agreement } }: Pick<ChainConfig, 'rpc'>,
  { witnesses, nodes, planOf, limitMs, scheduler }: VouchOptions,
): Vouch {
  const timing = defined({ scheduler })
  return (upgrade, reached, { head: start, proposals }, latest) => {
    const near = proposals.get(upgrade.key)?.origin?.block
    const tellers = witnesses.length === 0 ? nodes : witnesses
    const askFor$ = (readers: readonly GovernanceReader[]): Observable<Vouched> =>
      confirmPlan(upgrade, {
        readers,
        agreement: Math.min(agreement, readers.length),
        planOf,
        ...defined({ near }),
      }).pipe(map(({ hosts, doubt }) => ({ by: { plan: hosts }, ...defined({ doubt }) })))
    function askForHeight(known: NonNullable<typeof start>): Observable<Vouched> {
      return confirmHeight(reached, {
        readers: nodes,
        agreement: Math.min(agreement, nodes.length),
        // What is known by then: readings go on meanwhile.
        problemOf: (block, who) => {
          const { head = known, blockTime } = latest()
          return blockProblem(block, reached, { head, blockTime }, who)
        },
        isWanted: () => isStillDue(upgrade, reached, latest()),
        ...timing,
      }).pipe(
        map(({ hosts, doubt }): Vouched => ({ by: { block: hosts }, ...defined({ doubt }) })),
        // Below the head that is believed nothing is read: only the nodes know whether the plan was called off there.
        switchMap((vouched) =>
          vouched.doubt === undefined && latest().health.lagging === true && !isOwn(upgrade)
            ? askFor$(tellers).pipe(map((plan) => together([plan, vouched])))
            : of(vouched),
        ),
      )
    }
    // A name that no file can hold, no question about a plan that was carried out can hold either: past the height the
    // nodes would seem not to know it.
    // For a plan of the operator's own nobody but the operator vouches.
    const isAskedFor = witnesses.length > 0 && upgrade.unwritten !== true && !isOwn(upgrade)
    const plan$ = isAskedFor ? askFor$(witnesses) : of(unasked)
    const height$ = nodes.length === 0 || start === undefined ? of(unasked) : askForHeight(start)
    const late = `The nodes did not vouch for ${upgrade.name} at block ${reached} within ${limitMs / 1000} s: govstream does not act on it before they do. Look at the nodes in rpc.urls.`
    return untilDoubted([plan$, height$]).pipe(
      timeout({ first: limitMs, ...timing, with: () => of({ doubt: late, by: {} }) }),
    )
  }
}

const unasked: Vouched = { by: {} }

/** The first doubt is enough; without one, all have to answer. */
function untilDoubted(answers$: readonly Observable<Vouched>[]): Observable<Vouched> {
  const open = answers$.map((answer$) => concat(of(undefined), answer$))
  return combineLatest(open).pipe(
    map((answers) => answers.filter((answer) => answer !== undefined)),
    first((answers) => answers.some(({ doubt }) => doubt !== undefined) || answers.length === answers$.length),
    map(together),
  )
}

function together(answers: readonly Vouched[]): Vouched {
  const [doubt] = answers.flatMap((answer) => answer.doubt ?? [])
  const by = answers.reduce<VouchedBy>((all, one) => ({ ...all, ...one.by }), {})
  return { by, ...defined({ doubt }) }
}
