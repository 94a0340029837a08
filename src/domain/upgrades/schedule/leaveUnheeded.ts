import { dueText, isSameDue } from '../../plans/dueAt.js'
import { type Plan, shownPlanName } from '../../plans/plan.js'
import type { Upgrade } from '../upgrade.js'
import type { UpgradeMove } from '../upgradeMove.js'
import { carriesPlan } from './draftUpgrade.js'

/**
 * Records once that the operator's change to an upgrade in progress has no effect, because the node is already carrying
 * it out; removes the note if the change is undone. Does nothing if the upgrade is not in progress.
 */
export function leaveUnheeded(upgrade: Upgrade, wanted: Plan | undefined, time: bigint): readonly UpgradeMove[] {
  const note = unheededEdit(upgrade, wanted)
  const { unheeded: told, ...free } = upgrade
  if (upgrade.status !== 'in_progress' || note === told) return []
  const rest = upgrade.reasons.filter((reason) => reason !== told)
  const noted: Upgrade =
    note === undefined ? { ...free, reasons: rest } : { ...free, unheeded: note, reasons: [...rest, note] }
  return [{ type: 'unheeded', upgrade: noted, time, silent: true }]
}

/**
 * Returns the sentence for an operator's plan that differs from that of an upgrade in progress, or was removed
 * (`wanted` is `undefined`). Returns `undefined` if it is the same.
 */
export function unheededEdit(upgrade: Upgrade, wanted: Plan | undefined): string | undefined {
  if (upgrade.status !== 'in_progress' || (wanted !== undefined && carriesPlan(upgrade, wanted))) return undefined
  return `Your plan ${shownPlanName(upgrade)} was ${changeOf(upgrade, wanted)} while its upgrade is in progress: the change is ignored, and it continues as it was, at ${dueText(upgrade)}. If the node must not switch, stop its process manager; for a later plan use another name.`
}

function changeOf(upgrade: Upgrade, wanted: Plan | undefined): string {
  if (wanted === undefined) return 'taken back'
  if (wanted.name !== upgrade.name) return `changed to ${shownPlanName(wanted)} at ${dueText(wanted)}`
  return isSameDue(upgrade, wanted) ? 'given another info' : `moved to ${dueText(wanted)}`
}
