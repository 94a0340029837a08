import type { Proposal } from '../../../../src/domain/proposals/proposal.js'
import type { ScheduleContext } from '../../../../src/domain/upgrades/schedule/ScheduleContext.js'
import { scheduleProposal } from '../../../../src/domain/upgrades/schedule/scheduleProposal.js'
import { type PlanOptions, resolvePlanOptions } from '../../../../src/domain/upgrades/planOptions.js'
import type { Upgrade } from '../../../../src/domain/upgrades/upgrade.js'
import type { UpgradeMove } from '../../../../src/domain/upgrades/upgradeMove.js'
import { block, genesis, queued, upgrade, upgradeProposal } from '../../../support/builders.js'

export const context: ScheduleContext = { head: block(60), hostTime: 60_000, caughtUpAt: { head: 59n, time: 59_000 } }

export const passed = (name = 'v2', height = 100, parts: Partial<Proposal> = {}): Proposal =>
  upgradeProposal('1', name, height, { status: 'passed', ...parts })

export function moves(
  one: Proposal,
  known: readonly Upgrade[] = [],
  options: PlanOptions = {},
  at: ScheduleContext = context,
): readonly UpgradeMove[] {
  return scheduleProposal(one, queued(...known), at, resolvePlanOptions(options))
}

export const typesOf = (made: readonly UpgradeMove[]): readonly string[] =>
  made.map(({ type, silent }) => (silent ? `(${type})` : type))

export const waiting = upgrade('1', 'v2', 100, { scheduledAt: genesis + 55n, reminded: ['24h'] })
