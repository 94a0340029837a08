import type { Turn } from '../chainState.js'
import { isFileNews, isCleanup, type WriteOutcome } from './writeOutcome.js'

// If a plan moved, its old file is removed and its new one written: these are two questions about one proposal.
const aboutFile = (key: string): string => `file ${key}`
const aboutUpgrade = (key: string): string => `upgrade ${key}`

/** Returns what a turn asks of the writer: one name per question, which the answer to it has too. */
export function questionsIn({ due, stale, finished }: Pick<Turn, 'due' | 'stale' | 'finished'>): readonly string[] {
  return [
    ...[stale, finished].flatMap((plan) => (plan === undefined ? [] : [aboutFile(plan.key)])),
    ...due.map(({ key }) => aboutUpgrade(key)),
  ]
}

/** Returns the question that an outcome answers. News answers none. */
export function questionAnsweredBy(outcome: WriteOutcome): string {
  if (isFileNews(outcome)) return `news ${outcome.key}`
  return isCleanup(outcome) ? aboutFile(outcome.key) : aboutUpgrade(outcome.key)
}

/** Returns the turn without the questions that were already answered. */
export function withoutAnswered({ stale, finished, ...turn }: Turn, answered: ReadonlySet<string>): Turn {
  const due = turn.due.filter(({ key }) => !answered.has(aboutUpgrade(key)))
  return {
    ...turn,
    due,
    ...(stale !== undefined && !answered.has(aboutFile(stale.key)) && { stale }),
    ...(finished !== undefined && !answered.has(aboutFile(finished.key)) && { finished }),
  }
}
