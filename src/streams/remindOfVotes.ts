import { type RemindOptions, stepRemind } from '../domain/notifications/stepRemind.js'
import { keyOf } from '../domain/proposals/proposal.js'
import { headOf } from './draft.js'
import { type Stage, stage } from './stage.js'

/**
 * Finds votes that end soon and votes in which our voters have not voted. It acts only on readings that have caught up
 * with the chain, because a backlog may contain a vote or the end of one.
 */
export function remindOfVotes({ reminders = [], voters = [] }: RemindOptions = {}): Stage {
  const isAsked = reminders.length > 0 || voters.length > 0
  return stage('remindOfVotes', (draft) => {
    const { event, before, state } = draft
    const head = headOf(state)
    if (!isAsked || event.type !== 'reading' || event.reading.backlog > 0n || head === undefined) return draft
    const read = new Map(event.reading.proposals.map((proposal) => [keyOf(proposal), proposal]))
    const due = stepRemind({ before, state, read, at: event.reading.at.number, head }, { reminders, voters })
    return due.length === 0 ? draft : { ...draft, reminders: due }
  })
}
