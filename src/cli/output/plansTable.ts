import { labelsText } from '../../domain/labels.js'
import { withCommas } from '../../domain/notifications/phrases.js'
import { cleanLine } from '../../domain/text/text.js'
import { type ListedPlan, reasonsOf } from '../../views/planView.js'
import type { Terminal } from '../Terminal.js'
import { foldLines } from './foldLines.js'
import { type Column, renderTable } from './renderTable.js'
import { timeOfMsText } from './times.js'
import { plainPlace } from './duePlace.js'

/** Renders the operator's own plans, one per line, with remarks below. */
export function plansTable(plans: readonly ListedPlan[], terminal: Terminal): string {
  const columns: readonly Column<ListedPlan>[] = [
    { title: 'CHAIN', text: ({ chain }) => chain },
    { title: 'HEIGHT', text: ({ plan }) => plainPlace(plan), align: 'right' },
    { title: 'NAME', text: ({ plan }) => plan.name, shrinks: true, least: 12 },
    { title: 'STATUS', text: statusText },
    ...(plans.some(isLabelled) ? [{ title: 'LABELS', text: labelsOf, shrinks: true, least: 10, yields: 3 }] : []),
    { title: 'BY', text: ({ added }) => (added === undefined ? 'configuration' : cleanLine(added.by, 100)), yields: 2 },
    { title: 'ADDED', text: ({ added }) => (added === undefined ? '-' : timeOfMsText(added.at)), yields: 1 },
  ]
  const reasons = plans.flatMap((listed) =>
    reasonsOf(listed).map((reason) =>
      foldLines(
        `${listed.chain} ${listed.plan.name} (${statusText(listed)}): ${withCommas(reason, [listed.plan.name])}`,
        terminal.width,
      ),
    ),
  )
  return [renderTable(columns, plans, terminal), ...(reasons.length === 0 ? [] : ['', ...reasons])].join('\n')
}

/** Returns the labels of a plan, and those of its chain once a poll has applied it. */
function labelsOf({ labels = {}, upgrade }: ListedPlan): string {
  return labelsText(upgrade?.labels ?? labels) || '-'
}

function isLabelled(listed: ListedPlan): boolean {
  return labelsOf(listed) !== '-'
}

function statusText({ upgrade, setAside }: ListedPlan): string {
  if (setAside !== undefined) return 'set aside'
  return upgrade === undefined ? 'not seen yet' : upgrade.status.replace('_', ' ')
}
