import { etaAt } from '../../plans/dueAt.js'
import { remindersDue } from '../remindersDue.js'
import type { ReadEvent } from '../PlanEvent.js'
import type { Upgrade } from '../upgrade.js'
import type { ReadRule } from './PlanRule.js'

// Limits of the interval, in milliseconds, at which a check that did not pass is repeated; it shrinks towards the
// height.
const mostMs = 1_800_000
const leastMs = 300_000

/**
 * Requests a check of what an upgrade needs: once for each of `preflightAt`, and again while the last check did not
 * pass. If several leads are due at once, one check serves all of them.
 */
export const askForPreflight: ReadRule = (board, event, { preflightAt }) => {
  if (preflightAt.length === 0) return
  for (const upgrade of [...board.acting.values()]) {
    if (upgrade.status !== 'scheduled' || upgrade.preflight?.owed !== undefined) continue
    const { leads = [] } = upgrade.preflight ?? {}
    const due = remindersDue({ ...upgrade, reminded: leads }, event.head, event.blockTime, preflightAt)
    const tightest = due.at(-1)
    if (tightest !== undefined)
      board.put({
        ...upgrade,
        preflight: {
          ...upgrade.preflight,
          leads: [...leads, ...due.map(({ text }) => text)],
          owed: tightest.text,
        },
      })
    else if (isRecheckDue(upgrade, event))
      board.put({ ...upgrade, preflight: { ...upgrade.preflight, leads, owed: 'again' } })
  }
}

function isRecheckDue(upgrade: Upgrade, { head, blockTime, hostTime }: ReadEvent): boolean {
  const { verdict, checkedAt } = upgrade.preflight ?? {}
  const eta = etaAt(upgrade, head, blockTime)
  const msLeft = eta === undefined ? Infinity : Number(eta - head.timestamp) * 1000
  const againMs = Math.min(mostMs, Math.max(leastMs, msLeft / 6))
  // The absolute difference is used, so that a clock that was set back does not delay the check.
  return verdict !== undefined && verdict !== 'ready' && Math.abs(hostTime - (checkedAt ?? 0)) >= againMs
}
