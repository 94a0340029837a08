import { defined } from '../defined.js'
import type { ChainState, Turn } from '../chainState.js'
import { isAbout } from './applyWriteOutcome.js'
import type { Upgrade } from './upgrade.js'
import { questionAnsweredBy, questionsIn, withoutAnswered } from './writerQuestions.js'
import { isCleanup, isFileNews, type WriteOutcome } from './writeOutcome.js'

/**
 * The one turn that is carried out beside the readings, and the one that waits for it. Only the latest reading waits,
 * without the questions that were answered since it came.
 */
export interface Execution {
  readonly isBusy: boolean
  /** The turn to begin now. */
  readonly begin?: Turn
  readonly waiting?: Turn
  readonly answered: ReadonlySet<string>
}

export const idle: Execution = { isBusy: false, answered: new Set() }

/** Handles a committed turn. Turns about an answer or news ask for nothing new. */
export function afterTurn({ isBusy, waiting, answered }: Execution, turn: Turn): Execution {
  const rest: Execution = { isBusy, answered, ...defined({ waiting }) }
  if (turn.cause === 'write' || turn.cause === 'news') return rest
  if (!isBusy) return { isBusy: true, begin: turn, answered: idle.answered }
  // A failed reading says nothing new about what must be written.
  if (turn.cause !== 'reading') return rest
  return { isBusy, answered: idle.answered, ...(questionsIn(turn).length > 0 && { waiting: turn }) }
}

/** Handles an answer. One about a plan that has changed since is none to the turn that waits. */
export function afterAnswer(execution: Execution, outcome: WriteOutcome): Execution {
  if (execution.waiting?.due.some((upgrade) => isOfFormerPlan(outcome, upgrade)) === true) return execution
  return { ...execution, answered: new Set([...execution.answered, questionAnsweredBy(outcome)]) }
}

/** Handles the end of a turn. The waiting turn is next, without the questions that were answered meanwhile. */
export function afterExecution({ waiting, answered }: Execution, state: ChainState): Execution {
  const left = waiting === undefined ? undefined : { ...withoutAnswered(waiting, answered), state }
  return left === undefined || questionsIn(left).length === 0
    ? { isBusy: false, answered }
    : { isBusy: true, begin: left, answered }
}

function isOfFormerPlan(outcome: WriteOutcome, upgrade: Upgrade): boolean {
  if (isCleanup(outcome) || isFileNews(outcome)) return false
  return outcome.key === upgrade.key && !isAbout(outcome, upgrade)
}
