import { capital } from '../text/text.js'

/** The choices of a tally, in the order in which it has them. */
export const tallyChoices = ['yes', 'no', 'abstain', 'veto'] as const
export type TallyChoice = (typeof tallyChoices)[number]

/**
 * Which votes count towards a quorum, as it stands after its number: ` of Yes and Abstain`; empty where not known.
 *
 * @param names - Where they are called otherwise beside it.
 */
export function quorumCountsText(
  choices: readonly string[] | null | undefined,
  names?: Readonly<Partial<Record<string, string>>>,
): string {
  if (choices === null || choices === undefined || choices.length === 0) return ''
  const isAll = (['yes', 'no', 'abstain'] as const).every((choice) => choices.includes(choice))
  return isAll ? ' of all votes' : ` of ${choices.map((choice) => capital(names?.[choice] ?? choice)).join(' and ')}`
}
