import type { Tally } from './proposal.js'
import type { TallyChoice } from './quorumCounts.js'

/** The word for each choice, as used in a sentence. */
export type ChoiceNames = Readonly<Record<TallyChoice, string>>

const governor: ChoiceNames = { yes: 'for', no: 'against', abstain: 'abstain', veto: 'veto' }
const cosmos: ChoiceNames = { ...governor, yes: 'yes', no: 'no' }

const named: ReadonlyMap<string, ChoiceNames> = new Map([
  ['governor', governor],
  ['gov-base', { ...governor, yes: 'approve', no: 'reject' }],
  ['wemix', { ...governor, yes: 'accept', no: 'reject' }],
])

/**
 * Returns the words of a governance system for its choices, for text that people read. JSON uses the same names for
 * all.
 */
export function choiceNamesOf(system: string | undefined): ChoiceNames {
  return (system === undefined ? undefined : named.get(system)) ?? cosmos
}

/**
 * Returns false for a council without abstentions: its members approve or reject, so that a row of zeros says nothing.
 */
export function hasAbstentions({ abstain }: Pick<Tally, 'abstain'>, system: string | undefined): boolean {
  return abstain > 0n || !isCouncil(system)
}

/** Returns true for a council, whose vote is over as soon as enough of its members have decided. */
export function isCouncil(system: string | undefined): boolean {
  return system === 'gov-base' || system === 'wemix'
}
