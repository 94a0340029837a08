import {
  asyncScheduler,
  combineLatest,
  concat,
  delay,
  first,
  map,
  type Observable,
  of,
  type SchedulerLike,
  switchMap,
  takeUntil,
  timeout,
} from 'rxjs'
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
  /** One reader for each node that reports proposals, if several must agree; otherwise empty. */
  readonly witnesses: readonly GovernanceReader[]
  /** One reader for each node that reports blocks. If empty, the head of the reading is trusted. */
  readonly nodes: readonly GovernanceReader[]
  /** Returns the plan of a proposal, if it may be acted on. */
  readonly planOf: (proposal: Proposal) => Plan | undefined
  /** Maximum wait for all answers, in milliseconds. */
  readonly limitMs: number
  readonly scheduler?: SchedulerLike
}

// How long nodes may fail in any way, in milliseconds, if their chain stops them at the height: their process managers
// restart them then, and the file is written by the nodes themselves.
const switchMs = 60_000
// How long nodes are still asked after the chain is stopped, in milliseconds. Nothing is lost, because they are asked
// again when it starts, and a reload may be about the very nodes that do not answer.
const stopMs = 3_000

/** The nodes that vouch for a due upgrade, and the reason against writing it, if there is one. */
interface Vouched {
  readonly doubt?: string
  readonly by: VouchedBy
}

/** `latest` returns the state at the time of the call. `stopping$` emits when the chain is stopped. */
export type Vouch = (
  upgrade: Upgrade,
  reached: bigint,
  start: ChainState,
  latest: () => ChainState,
  stopping$: Observable<unknown>,
) => Observable<Vouched>

/**
 * Asks the nodes to confirm the block that makes the plan due and, if several must agree, the plan itself. Emits once,
 * or not at all if the chain is stopped meanwhile.
 */
export function vouchForUpgrade(
  { rpc: { agreement } }: Pick<ChainConfig, 'rpc'>,
  { witnesses, nodes, planOf, limitMs, scheduler }: VouchOptions,
): Vouch {
  const timing = defined({ scheduler })
  return (upgrade, reached, { head: start, proposals }, latest, stopping$) => {
    const near = proposals.get(upgrade.key)?.origin?.block
    const patience = { ...timing, ...(upgrade.held === true && { patienceMs: switchMs }) }
    const tellers = witnesses.length === 0 ? nodes : witnesses
    const askFor$ = (readers: readonly GovernanceReader[]): Observable<Vouched> =>
      confirmPlan(upgrade, {
        readers,
        agreement: Math.min(agreement, readers.length),
        planOf,
        ...defined({ near }),
        ...patience,
      }).pipe(map(({ hosts, doubt }) => ({ by: { plan: hosts }, ...defined({ doubt }) })))
    function askForHeight(known: NonNullable<typeof start>): Observable<Vouched> {
      return confirmHeight(reached, {
        readers: nodes,
        agreement: Math.min(agreement, nodes.length),
        // Uses the current state, because readings go on meanwhile.
        problemOf: (block, who) => {
          const { head = known, blockTime } = latest()
          return blockProblem(block, reached, { head, blockTime }, who)
        },
        isWanted: () => isStillDue(upgrade, reached, latest()),
        ...patience,
      }).pipe(
        map(({ hosts, doubt }): Vouched => ({ by: { block: hosts }, ...defined({ doubt }) })),
        // While the answering node is below the known head, new events are not seen. Only the nodes can tell whether
        // the plan was called off since, so they are asked for it.
        switchMap((vouched) =>
          vouched.doubt === undefined && latest().health.lagging === true && !isOwn(upgrade)
            ? askFor$(tellers).pipe(map((plan) => combineVouched([plan, vouched])))
            : of(vouched),
        ),
      )
    }
    // The nodes are not asked about a plan whose name no file can hold: no query by name can contain it either, so they
    // would seem not to know the plan after the height. For a plan of the operator's own only the operator vouches.
    const isAskedFor = witnesses.length > 0 && upgrade.unwritten !== true && !isOwn(upgrade)
    const plan$ = isAskedFor ? askFor$(witnesses) : of(unasked)
    const height$ = nodes.length === 0 || start === undefined ? of(unasked) : askForHeight(start)
    const late = `The nodes did not confirm ${upgrade.name} at block ${reached} within ${limitMs / 1000} s: govstream does not act on it until they do. Check the nodes in rpc.urls.`
    return untilDoubted([plan$, height$]).pipe(
      timeout({ first: limitMs, ...timing, with: () => of({ doubt: late, by: {} }) }),
      takeUntil(stopping$.pipe(delay(stopMs, scheduler ?? asyncScheduler))),
    )
  }
}

const unasked: Vouched = { by: {} }

/** The first doubt ends the wait; without one, all answers are needed. */
function untilDoubted(answers$: readonly Observable<Vouched>[]): Observable<Vouched> {
  const open = answers$.map((answer$) => concat(of(undefined), answer$))
  return combineLatest(open).pipe(
    map((answers) => answers.filter((answer) => answer !== undefined)),
    first((answers) => answers.some(({ doubt }) => doubt !== undefined) || answers.length === answers$.length),
    map(combineVouched),
  )
}

function combineVouched(answers: readonly Vouched[]): Vouched {
  const [doubt] = answers.flatMap((answer) => answer.doubt ?? [])
  const by = answers.reduce<VouchedBy>((all, one) => ({ ...all, ...one.by }), {})
  return { by, ...defined({ doubt }) }
}
