import { durationText } from '../../domain/text/time.js'
import { isActive, type Proposal } from '../../domain/proposals/proposal.js'
import type { Terminal } from '../Terminal.js'
import type { Shown } from '../../views/proposalView.js'
import { type Column, leastTitle, renderTable } from './renderTable.js'
import type { ShortId } from './shortIds.js'
import { proposalStyles } from './statusStyles.js'
import { dateText, timeText } from './times.js'

export interface TableOptions {
  readonly terminal: Terminal
  readonly short: ShortId
  /** Unix milliseconds. */
  readonly now: number
}

/**
 * Renders proposals, one per line. A terminal shows the time left of an open vote, and the end date of a closed one.
 */
export function proposalsTable(shown: readonly Shown[], { terminal, short, now }: TableOptions): string {
  const isNarrow = terminal.width < Infinity
  const columns: readonly Column<Shown>[] = [
    { title: 'CHAIN', text: ({ proposal }) => proposal.chain, yields: 2 },
    { title: 'ID', text: ({ proposal }) => short(proposal.id) },
    { title: 'TYPE', text: ({ proposal }) => proposal.type, yields: 1 },
    {
      title: 'STATUS',
      text: ({ proposal }) => (isNarrow ? `${proposal.status}${proposal.derived ? '*' : ''}` : statusText(proposal)),
      style: ({ proposal }) => proposalStyles[proposal.status],
    },
    { title: isNarrow ? 'VOTE ENDS' : 'VOTING ENDS', text: (row) => (isNarrow ? endSoon(row, now) : endText(row)) },
    { title: 'TITLE', text: ({ proposal }) => proposal.title, shrinks: true, least: leastTitle },
  ]
  const derived =
    isNarrow && shown.some(({ proposal }) => proposal.derived)
      ? ['', '* implied by the chain, not recorded there yet']
      : []
  return [renderTable(columns, shown, terminal), ...derived].join('\n')
}

/** The end of a vote by a block clock is a block; its time is an estimate, if the block time is known. */
function endText({ proposal: { clock, votingEnd, votingEndsAt } }: Shown): string {
  if (votingEndsAt === undefined && clock === 'block' && votingEnd !== undefined) return `block ${votingEnd}`
  return timeText(votingEndsAt)
}

function endSoon(row: Shown, now: number): string {
  const { votingEndsAt } = row.proposal
  if (votingEndsAt === undefined) return endText(row)
  const left = votingEndsAt - BigInt(Math.floor(now / 1000))
  // A cancelled vote does not end at that time.
  if (left > 0n && !isActive(row.proposal)) return '-'
  return left > 0n ? `in ${durationText(left)}` : dateText(votingEndsAt)
}

/** A derived status follows from the chain's rules but is not recorded on the chain yet. */
export function statusText({ status, derived }: Pick<Proposal, 'status' | 'derived'>): string {
  return derived ? `${status} (derived)` : status
}
