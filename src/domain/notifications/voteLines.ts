import type { LocalTime } from '../text/localTime.js'
import type { ProposalData } from './proposalData.js'
import { blocksText, countText } from './phrases.js'

/**
 * When the vote opens, where it has not, and when it closes: the time, or the block where no time is known. Nothing
 * that is past at `from`, ISO 8601.
 */
export function voteLines(data: ProposalData, from: string, clock: LocalTime): readonly string[] {
  const { status, votingStart, votingStartsAt, votingEnd, votingEndsAt, votingEndsAtEstimated } = data
  const opens = status === 'submitted' ? ahead(votingStartsAt, votingStart) : undefined
  const closes = ahead(votingEndsAt, votingEnd)
  return [
    ...(opens === undefined ? [] : [`Voting opens ${opens}.`]),
    ...(closes === undefined ? [] : [`Voting closes ${closes}.`]),
  ]

  function ahead(iso: string | null, point: string | null): string | undefined {
    if (iso !== null)
      return Date.parse(iso) > Date.parse(from) ? clock.ahead(iso, from, !votingEndsAtEstimated) : undefined
    if (data.clock !== 'block' || point === null) return undefined
    const left = BigInt(point) - BigInt(data.block)
    return left > 0n ? `at block ${countText(BigInt(point))}, ${blocksText(left)} from now` : undefined
  }
}
