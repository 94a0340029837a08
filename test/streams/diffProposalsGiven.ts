import { pipe } from 'rxjs'
import type { Turn } from '../../src/domain/chainState.js'
import type { Change } from '../../src/domain/proposals/change.js'
import { newChain } from '../../src/domain/newChain.js'
import type { Reading } from '../../src/domain/reading.js'
import type { DiffOptions } from '../../src/domain/proposals/stepDiff.js'
import { diffProposals } from '../../src/streams/diffProposals.js'
import { eventOf } from '../../src/streams/draft.js'
import { followHead } from '../../src/streams/followHead.js'
import { ignoreOlder } from '../../src/streams/ignoreOlder.js'
import { stepThrough } from '../support/line.js'

/** The turn of each reading, up to this stage. */
export function run(readings: readonly Reading[], options: DiffOptions = {}): readonly Turn[] {
  const step = stepThrough(pipe(ignoreOlder(), followHead(), diffProposals(options)))
  let state = newChain('local', 0)
  return readings.map((each) => {
    const turn = step(state, eventOf(each))
    state = turn.state
    return turn
  })
}

/** The changes of each reading, in short. */
export const told = (...given: Parameters<typeof run>): readonly (readonly string[])[] =>
  run(...given).map(({ changes }) => changes.map(inShort))

export function inShort(change: Change): string {
  switch (change.type) {
    case 'voteCast':
      return `vote ${change.vote.block}.${change.vote.index}`
    case 'statusMoved':
      return `${change.proposal.id} ${change.from} -> ${change.proposal.status}`
    case 'proposalAppeared':
      return `${change.backfill ? 'there was' : 'new'} ${change.proposal.id} ${change.proposal.status}`
    default:
      return `${change.type} ${change.proposal.id}`
  }
}
