import { capital } from '../text/text.js'

/** The choices of a tally, in its order. */
export const tallyChoices = ['yes', 'no', 'abstain', 'veto'] as const
export type TallyChoice = (typeof tallyChoices)[number]

/**
 * Returns the text after the number of a quorum that says which votes count towards it, such as ` of Yes and Abstain`.
 * Returns an empty string if that is not known.
 *
 * @param names - The names of the choices, if the text around uses others.
 */
export function quorumCountsText(
  choices: readonly string[] | null | undefined,
  names?: Readonly<Partial<Record<string, string>>>,
): string {
  if (choices === null || choices === undefined || choices.length === 0) return ''
  const isAll = (['yes', 'no', 'abstain'] as const).every((choice) => choices.includes(choice))
  return isAll ? ' of all votes' : ` of ${choices.map((choice) => capital(names?.[choice] ?? choice)).join(' and ')}`
}
