import { hexToBigInt, size, slice } from 'viem'
import { defined } from '../../../domain/defined.js'
import type { Tally } from '../../../domain/proposals/proposal.js'
import type { TallyChoice } from '../../../domain/proposals/quorumCounts.js'
import type { QuorumRule, TokenUnit } from './context.js'
import type { Cast } from './decode.js'

export interface TallyRules {
  /** Absent if the contract counts in its own way. */
  readonly quorumRule?: QuorumRule | undefined
  readonly quorum?: bigint | undefined
  readonly electorate?: bigint | undefined
  readonly unit?: TokenUnit | undefined
}

/** The tally of a governor: `for` must exceed `against`, and the quorum must be reached. Unknown parts are absent. */
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
    ...(quorum !== undefined && quorumRule !== undefined && { quorumCounts: choicesOf(quorumRule) }),
    ...defined({ electorate }),
    ...(electorate !== undefined && electorate > 0n && { turnout: share(yes + no + abstain, electorate) }),
  }
}

function choicesOf(rule: QuorumRule): readonly TallyChoice[] {
  const choices = [
    ['for', 'yes'],
    ['against', 'no'],
    ['abstain', 'abstain'],
  ] as const
  return choices.filter(([word]) => rule.has(word)).map(([, choice]) => choice)
}

/**
 * Parses a COUNTING_MODE such as `support=bravo&quorum=for,abstain`. Compound's own contracts have none; there only
 * `for` counts.
 */
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

// Six digits are enough for a share, and are safe from floating-point errors.
function share(part: bigint, whole: bigint): number {
  return Math.min(1, Number((part * 1_000_000n) / whole) / 1_000_000)
}

/** How one vote counts. */
interface Split {
  readonly yes: bigint
  readonly no: bigint
  readonly abstain: bigint
}

/**
 * The three counts of a vote; `undefined` if the meaning of `support` is unknown.
 *
 * GovernorCountingFractional uses support 255 with 48 bytes of parameters: against, for and abstain, 16 bytes each.
 */
export function splitOf({ support, weight, params }: Pick<Cast, 'support' | 'weight' | 'params'>): Split | undefined {
  switch (support) {
    case 0:
      return { yes: 0n, no: weight, abstain: 0n }
    case 1:
      return { yes: weight, no: 0n, abstain: 0n }
    case 2:
      return { yes: 0n, no: 0n, abstain: weight }
    case 255:
      return params !== undefined && size(params) === 48
        ? { no: part(params, 0), yes: part(params, 16), abstain: part(params, 32) }
        : undefined
    default:
      return undefined
  }
}

function part(params: `0x${string}`, at: number): bigint {
  return hexToBigInt(slice(params, at, at + 16))
}
