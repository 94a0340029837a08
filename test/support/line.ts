import { of } from 'rxjs'
import type { ChainState, Turn } from '../../src/domain/chainState.js'
import { type ChainEvent, beginDraft, type Draft, turnOf } from '../../src/streams/draft.js'
import { pipeStages, type StageOptions, stagesOf } from '../../src/streams/pipeStages.js'
import { type Stage, withLine } from '../../src/streams/stage.js'

/** What one stage makes of a draft. */
export function throughStage(stage: Stage, draft: Draft): Draft {
  const answers: (Draft | undefined)[] = []
  withLine(stage, (send) => of(send(draft))).subscribe((answer) => answers.push(answer))
  const [answer] = answers
  if (answer === undefined) throw new Error('The stage answered nothing.')
  return answer
}

/** What one event leads to, sent through stages without the fold around them. Throws where they answer nothing. */
export function stepThrough(stages: Stage): (state: ChainState, event: ChainEvent) => Turn {
  return (state, event) => turnOf(throughStage(stages, beginDraft(state, event)))
}

/** What one event leads to, sent through the whole line. */
export function stepLine(options: StageOptions = {}): (state: ChainState, event: ChainEvent) => Turn {
  return stepThrough(pipeStages(stagesOf(options)))
}
