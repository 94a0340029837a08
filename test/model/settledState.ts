import type { ChainState } from '../../src/domain/chainState.js'
import type { Proposal } from '../../src/domain/proposals/proposal.js'
import type { Upgrade } from '../../src/domain/upgrades/upgrade.js'
import type { Plan, Story } from './story.js'

/**
 * Promise 4: after all has settled, the state is that of a run without faults. The plans in `excused` may have been
 * missed. If a node lied, only what decides about plans is compared: the rest is believed of any one node.
 */
export function settledWrongly(
  { phases }: Pick<Story<unknown, unknown>, 'phases'>,
  state: ChainState,
  calm: ChainState,
  excused: readonly Plan[],
): readonly string[] {
  const isDeceived = phases.some(({ nodes }) =>
    nodes.some(({ lie, cutsLists }) => lie !== undefined || cutsLists === true),
  )
  const seen = new Map(
    [...calm.proposals].filter(([key, one]) => state.proposals.has(key) || !isTraceless(one, excused)),
  )
  return [
    ...differences(
      proposalsIn(state, { real: calm, isDeceived, excused }),
      proposalsIn({ proposals: seen }, { real: calm, isDeceived, excused }),
    ),
    ...differences(upgradesIn(state, excused), upgradesIn(calm, excused)),
  ]
}

function differences(found: ReadonlyMap<string, string>, expected: ReadonlyMap<string, string>): readonly string[] {
  return [...new Set([...found.keys(), ...expected.keys()])]
    .filter((key) => found.get(key) !== expected.get(key))
    .map((key) => `In the end ${key} was ${String(found.get(key))}; without faults it is ${String(expected.get(key))}.`)
}

const inEffect: readonly string[] = ['passed', 'queued', 'executed']

/** A proposal that a node invented stays known, as one whose upgrade was cancelled. */
function proposalsIn(
  { proposals }: Pick<ChainState, 'proposals'>,
  {
    real,
    isDeceived,
    excused,
  }: { readonly real: ChainState; readonly isDeceived: boolean; readonly excused: readonly Plan[] },
): ReadonlyMap<string, string> {
  const decisive = [...proposals].filter(([key, { status, finding }]) => {
    if (!isDeceived) return true
    const known = real.proposals.get(key)
    if (known === undefined || finding === undefined || finding.withdrawn !== undefined) return false
    // Of a plan that may have been missed, what a node said while the others did not answer may be all that is known.
    const plans = [finding.plan, known.finding?.plan ?? finding.plan]
    return inEffect.includes(status) && !plans.some((plan) => isExcused(plan, excused))
  })
  return new Map(decisive.map(([, one]) => [`proposal ${one.id}`, isDeceived ? 'in effect' : wordOf(one)]))
}

/**
 * True for a proposal of which its chain keeps nothing: one that it deleted, or a version to which it has switched. A
 * run whose nodes stood still meanwhile does not know it.
 */
function isTraceless({ system, derived, status, finding }: Proposal, excused: readonly Plan[]): boolean {
  if (system === 'signal') return finding !== undefined && isExcused(finding.plan, excused)
  return system === 'cosmos' && derived && (status === 'canceled' || status === 'expired')
}

/** Whether a passed proposal was also executed is known only of those that were watched meanwhile. */
function wordOf({ status }: Proposal): string {
  return status === 'executed' ? 'passed' : status
}

/** How the upgrades ended; one that is not carried out is as good as one that never was. */
function upgradesIn({ upgrades }: ChainState, excused: readonly Plan[]): ReadonlyMap<string, string> {
  return new Map(
    [...upgrades.values()]
      .filter(({ status }) => ['scheduled', 'in_progress', 'completed', 'failed'].includes(status))
      .filter((one) => !isExcused(one, excused))
      .map((one: Upgrade) => [`upgrade ${one.name} at ${one.height}`, one.status]),
  )
}

/** A plan that is bound to a time has no height. */
function isExcused(plan: Pick<Upgrade, 'name' | 'height'>, excused: readonly Plan[]): boolean {
  return excused.some(({ name, height }) => plan.name === name && (plan.height ?? height) === height)
}
