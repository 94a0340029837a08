// The entry point `govstream/streams`: the stages that process each turn, the fold that runs them, and the views of the
// result. It loads only rxjs and pure functions.
export { announce } from './announce.js'
export { assessHealth } from './assessHealth.js'
export { diffProposals } from './diffProposals.js'
export type { ChainEvent, Draft, ReadStart } from './draft.js'
export { followHead } from './followHead.js'
export { forgetOld } from './forgetOld.js'
export { ignoreOlder } from './ignoreOlder.js'
export { pipeStages, type StageOptions, type Stages, stagesOf } from './pipeStages.js'
export { type PlanStageOptions, planUpgrades } from './planUpgrades.js'
export { remindOfVotes } from './remindOfVotes.js'
export { rereadKeptBack, type Rereading } from './rereadKeptBack.js'
export { shareState } from './shareState.js'
export { type Stage, stage } from './stage.js'
export { type AsyncIterableOptions, type IterableStream, toAsyncIterable } from './toAsyncIterable.js'
export {
  changes,
  heads,
  health,
  type KnownStates,
  notifications,
  type ProposalState,
  trackProposals,
  trackUpgrades,
} from './views.js'
export { watchChain, type WatchPorts } from './watchChain.js'
export { type Clocks, watchClock } from './watchClock.js'
export { newChain } from '../domain/newChain.js'
