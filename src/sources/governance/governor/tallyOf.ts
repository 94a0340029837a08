import type { Tally } from '../../../domain/proposals/proposal.js'
import { defined } from '../../../domain/defined.js'
import type { Split } from './splitOf.js'
import type { TokenUnit } from './tokenUnit.js'

/** Which votes count towards the quorum. */
export type QuorumRule = ReadonlySet<'for' | 'against' | 'abstain'>

export interface TallyRules {
  /** Absent where the contract counts in a way of its own. */
  readonly quorumRule?: QuorumRule | undefined
  readonly quorum?: bigint | undefined
  readonly electorate?: bigint | undefined
  readonly unit?: TokenUnit | undefined
}

/** The tally of a governor: for must exceed against, and the quorum be reached. Unknown parts are absent. */
export function tallyOf({ yes, no, abstain }: Split, { quorumRule, quorum, electorate, unit }: TallyRules): Tally {
  const counted =
    quorumRule === undefined
      ? undefined
      : (quorumRule.has('for') ? yes : 0n) +
        (quorumRule.has('against') ? no : 0n) +
        (quorumRule.has('abstain') ? abstain : 0n)
  return {
    yes,
    no,
    abstain,
    unit: unit?.symbol ?? 'votes',
    ...defined({ decimals: unit?.decimals }),
    threshold: 0.5,
    thresholdMet: yes > no,
    ...defined({ quorum }),
    ...(quorum !== undefined &&
      counted !== undefined && {
        quorumReached: counted >= quorum,
        quorumMissing: counted >= quorum ? 0n : quorum - counted,
      }),
    ...defined({ electorate }),
    ...(electorate !== undefined && electorate > 0n && { turnout: share(yes + no + abstain, electorate) }),
  }
}

/** Reads `support=bravo&quorum=for,abstain`. Compound's own contracts have no such text: there only for counts. */
export function quorumRuleOf(countingMode: string | undefined): QuorumRule | undefined {
  if (countingMode === undefined) return new Set(['for'])
  const words = new URLSearchParams(countingMode).get('quorum')?.split(',') ?? []
  const rule = new Set<'for' | 'against' | 'abstain'>()
  for (const word of words) {
    if (word === 'for' || word === 'against' || word === 'abstain') rule.add(word)
    else if (word === 'bravo') rule.add('for')
    else return undefined
  }
  return rule.size === 0 ? undefined : rule
}

// Six digits are enough for a share, and keep it out of the reach of float noise.
function share(part: bigint, whole: bigint): number {
  return Math.min(1, Number((part * 1_000_000n) / whole) / 1_000_000)
}
