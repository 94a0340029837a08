import type { Proposal } from '../../domain/proposal.js'
import type { Terminal } from '../Terminal.js'
import type { Style } from './paint.js'
import { type Column, renderTable } from './renderTable.js'
import { timeText } from './times.js'

const styles: Readonly<Record<string, Style>> = {
  voting: 'green', passed: 'green', queued: 'green', failed: 'red', rejected: 'dim', expired: 'dim', canceled: 'dim',
}

/** Proposals, one a line. */
export function proposalsTable(proposals: readonly Proposal[], terminal: Terminal): string {
  const columns: readonly Column<Proposal>[] = [
    { title: 'CHAIN', text: ({ chain }) => chain },
    { title: 'ID', text: ({ id }) => (id.length > 14 && terminal.width < Infinity ? `${id.slice(0, 12)}…` : id) },
    { title: 'TYPE', text: ({ type }) => type },
    { title: 'STATUS', text: statusText, style: ({ status }) => styles[status] },
    { title: 'VOTING ENDS', text: endText },
    { title: 'TITLE', text: ({ title }) => title, shrinks: true },
  ]
  return renderTable(columns, proposals, terminal)
}

/** A block clock's end is a block; its time, where the pace is known, an estimate. */
function endText({ clock, votingEnd, votingEndsAt }: Proposal): string {
  if (votingEndsAt === undefined && clock === 'block' && votingEnd !== undefined) return `block ${votingEnd}`
  return timeText(votingEndsAt)
}

/** A derived status is what the chain implies, though nobody has written it down there. */
export function statusText({ status, derived }: Pick<Proposal, 'status' | 'derived'>): string {
  return derived ? `${status} (derived)` : status
}
