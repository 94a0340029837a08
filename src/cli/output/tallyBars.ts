import { countText, percent } from '../../domain/notifications/phrases.js'
import type { Tally } from '../../domain/proposals/proposal.js'

/** A bar for each choice, and what the result needs. */
export function tallyBars(
  { yes, no, abstain, veto, unit, decimals, quorum, quorumReached, threshold, thresholdMet, turnout }: Tally,
  width: number,
): readonly string[] {
  const choices: readonly (readonly [string, bigint | undefined])[] = [
    ['yes', yes],
    ['no', no],
    ['abstain', abstain],
    ['veto', veto],
  ]
  const cast = yes + no + abstain + (veto ?? 0n)
  const size = Math.max(10, Math.min(40, width - 40))
  const bars = choices.flatMap(([name, votes]) => {
    if (votes === undefined) return []
    const share = cast === 0n ? 0 : Number((votes * 10_000n) / cast) / 10_000
    const filled = Math.round(share * size)
    return [
      `${name.padEnd(8)}${'█'.repeat(filled)}${'░'.repeat(size - filled)} ${percent(share).padStart(6)}  ${countText(votes, decimals)} ${unit}`,
    ]
  })
  const needs = [
    ...(quorum === undefined
      ? []
      : [`quorum ${countText(quorum, decimals)} ${unit}${verdict(quorumReached, 'reached')}`]),
    ...(threshold === undefined ? [] : [`threshold ${percent(threshold)}${verdict(thresholdMet, 'met')}`]),
    ...(turnout === undefined ? [] : [`turnout ${percent(turnout)}`]),
  ]
  return [...bars, ...(needs.length === 0 ? [] : [needs.join(', ')])]
}

function verdict(holds: boolean | undefined, word: string): string {
  return holds === undefined ? '' : holds ? ` (${word})` : ` (not ${word})`
}
