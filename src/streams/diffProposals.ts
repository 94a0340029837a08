import { type DiffOptions, stepDiff } from '../domain/proposals/stepDiff.js'
import { defined } from '../domain/defined.js'
import { atOf } from './followHead.js'
import { type Stage, stage } from './stage.js'

/** Compares a reading with the known proposals and adds every difference, in the order of {@link stepDiff}. */
export function diffProposals(options: DiffOptions = {}): Stage {
  return stage('diffProposals', (draft) => {
    const { event, before, state } = draft
    if (event.type !== 'reading') return draft
    const { synced, proposals, lastVote, proposalsReadTo } = before
    const { known, changes } = stepDiff(
      { synced, proposals, ...defined({ at: proposalsReadTo, lastVote }) },
      { ...event.reading, at: atOf(event.reading, state.clock) },
      state.blockTime,
      options,
    )
    const { at: _at, ...next } = known
    return { ...draft, state: { ...state, ...next }, changes }
  })
}
