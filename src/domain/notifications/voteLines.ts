import type { LocalTime, Viewpoint } from '../text/localTime.js'
import type { ProposalData } from './events/proposalData.js'
import { blocksText, countText } from './phrases.js'

/**
 * Returns when the vote opens, if it has not, and when it closes: the time, or the block if no time is known. If the
 * notification is late and the vote's end is past at `from`, only the sentence that it was to close is returned.
 */
export function voteLines(data: ProposalData, { from, isLate }: Viewpoint, clock: LocalTime): readonly string[] {
  const { status, votingStart, votingStartsAt, votingEnd, votingEndsAt, votingEndsAtEstimated } = data
  const opens = status === 'submitted' ? ahead(votingStartsAt, votingStart) : undefined
  const closes = ahead(votingEndsAt, votingEnd)
  return [
    ...(opens === undefined ? [] : [`Voting opens ${opens}.`]),
    ...(closes === undefined ? [] : [`Voting closes ${closes}.`]),
    ...(isLate && votingEndsAt !== null && !isAhead(votingEndsAt)
      ? [`Voting was to close ${clock.full(votingEndsAt)}.`]
      : []),
  ]

  function ahead(iso: string | null, point: string | null): string | undefined {
    if (iso !== null) return isAhead(iso) ? clock.ahead(iso, from, !votingEndsAtEstimated) : undefined
    if (data.clock !== 'block' || point === null) return undefined
    const left = BigInt(point) - BigInt(data.block)
    if (isLate) return `at block ${countText(BigInt(point))}`
    return left > 0n ? `at block ${countText(BigInt(point))}, ${blocksText(left)} from now` : undefined
  }

  function isAhead(iso: string): boolean {
    return Date.parse(iso) > Date.parse(from)
  }
}
