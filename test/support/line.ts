import { of } from 'rxjs'
import type { ChainState, Turn } from '../../src/domain/chainState.js'
import { type ChainEvent, beginDraft, type Draft, turnOf } from '../../src/streams/draft.js'
import { pipeStages, type StageOptions, stagesOf } from '../../src/streams/pipeStages.js'
import { type Stage, withLine } from '../../src/streams/stage.js'

/** The result of one stage for a draft. */
export function throughStage(stage: Stage, draft: Draft): Draft {
  const answers: (Draft | undefined)[] = []
  withLine(stage, (send) => of(send(draft))).subscribe((answer) => answers.push(answer))
  const [answer] = answers
  if (answer === undefined) throw new Error('The stage answered nothing.')
  return answer
}

/**
 * The result of one event, sent through stages without the fold around them. Throws if they
 * emit nothing.
 */
export function stepThrough(stages: Stage): (state: ChainState, event: ChainEvent) => Turn {
  return (state, event) => turnOf(throughStage(stages, beginDraft(state, event)))
}

/** The result of one event, sent through all stages. */
export function stepLine(options: StageOptions = {}): (state: ChainState, event: ChainEvent) => Turn {
  return stepThrough(pipeStages(stagesOf(options)))
}
