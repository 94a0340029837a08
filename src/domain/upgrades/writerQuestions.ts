import type { Turn } from '../chainState.js'
import { isFileNews, isCleanup, type WriteOutcome } from './writeOutcome.js'

// A plan that moved has its old file taken back and its new one written: two questions about one proposal.
const aboutFile = (key: string): string => `file ${key}`
const aboutUpgrade = (key: string): string => `upgrade ${key}`

/** What a turn asks of the writer: a name for each question, which its answer gets too. */
export function questionsIn({ due, stale, finished }: Pick<Turn, 'due' | 'stale' | 'finished'>): readonly string[] {
  return [
    ...[stale, finished].flatMap((plan) => (plan === undefined ? [] : [aboutFile(plan.key)])),
    ...due.map(({ key }) => aboutUpgrade(key)),
  ]
}

/** The question that an outcome answers; news answer none. */
export function questionAnsweredBy(outcome: WriteOutcome): string {
  if (isFileNews(outcome)) return `news ${outcome.key}`
  return isCleanup(outcome) ? aboutFile(outcome.key) : aboutUpgrade(outcome.key)
}

/** The turn, less the questions that are answered by now. */
export function withoutAnswered({ stale, finished, ...turn }: Turn, answered: ReadonlySet<string>): Turn {
  const due = turn.due.filter(({ key }) => !answered.has(aboutUpgrade(key)))
  return {
    ...turn,
    due,
    ...(stale !== undefined && !answered.has(aboutFile(stale.key)) && { stale }),
    ...(finished !== undefined && !answered.has(aboutFile(finished.key)) && { finished }),
  }
}
