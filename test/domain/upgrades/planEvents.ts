import { keyOf, type Proposal } from '../../../src/domain/proposals/proposal.js'
import { type PlanOptions, resolvePlanOptions } from '../../../src/domain/upgrades/planOptions.js'
import type { Upgrade } from '../../../src/domain/upgrades/upgrade.js'
import type { PlanEvent } from '../../../src/domain/upgrades/PlanEvent.js'
import { stepPlan } from '../../../src/domain/upgrades/stepPlan.js'
import { block, byKey, genesis, queued, steadyPace, upgradeProposal } from '../../support/builders.js'

/** A proposal that passed, with a plan. */
export const passed = (id = '1', name = 'v2', height = 100, parts: Partial<Proposal> = {}): Proposal =>
  upgradeProposal(id, name, height, { status: 'passed', ...parts })
export const key = keyOf(passed())

/** A caught-up reading at this block. */
export function read(
  head: number,
  proposals: readonly Proposal[],
  parts: Partial<Extract<PlanEvent, { type: 'read' }>> = {},
): PlanEvent {
  return {
    type: 'read',
    head: block(head),
    hostTime: head * 1000,
    proposals: byKey(...proposals),
    retracted: [],
    blockTime: steadyPace(head),
    caughtUpAt: { head: BigInt(head - 1), time: (head - 1) * 1000 },
    ...parts,
  }
}
/** A poll without an answer. */
export const missed = (second: number): PlanEvent => ({
  type: 'missed',
  hostTime: second * 1000,
  time: genesis + BigInt(second),
})

/** Moves and due names after each event. */
export function told(
  events: readonly PlanEvent[],
  options: PlanOptions = {},
  known: readonly Upgrade[] = [],
): readonly string[] {
  let upgrades = queued(...known)
  return events.map((event) => {
    const step = stepPlan({ upgrades }, event, resolvePlanOptions({ minUpgradeDelay: 0, ...options }))
    upgrades = step.upgrades
    return [
      ...step.moves.map((move) => `${move.silent ? 'silent ' : ''}${move.type} ${move.upgrade.name}`),
      ...step.due.map(({ name }) => `due ${name}`),
    ].join(', ')
  })
}
