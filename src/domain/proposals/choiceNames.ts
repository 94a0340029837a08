import type { Tally } from './proposal.js'
import type { TallyChoice } from './quorumCounts.js'

/** A word for each choice, as it stands in a sentence. */
export type ChoiceNames = Readonly<Record<TallyChoice, string>>

const governor: ChoiceNames = { yes: 'for', no: 'against', abstain: 'abstain', veto: 'veto' }
const cosmos: ChoiceNames = { ...governor, yes: 'yes', no: 'no' }

const named: ReadonlyMap<string, ChoiceNames> = new Map([
  ['governor', governor],
  ['gov-base', { ...governor, yes: 'approve', no: 'reject' }],
  ['wemix', { ...governor, yes: 'accept', no: 'reject' }],
])

/** What voters of a governance system call its choices, where people read of them; JSON calls all of them the same. */
export function choiceNamesOf(system: string | undefined): ChoiceNames {
  return (system === undefined ? undefined : named.get(system)) ?? cosmos
}

/** False in a council, whose members approve or reject: a row of zeros says nothing. */
export function hasAbstentions({ abstain }: Pick<Tally, 'abstain'>, system: string | undefined): boolean {
  return abstain > 0n || !(system === 'gov-base' || system === 'wemix')
}
