import { firstBlock, type Plan } from './story.js'

// What is decided on a chain of the Cosmos SDK, block by block.

export interface CosmosProposal {
  readonly id: number
  readonly kind: 'upgrade' | 'cancel' | 'text'
  readonly plan: Plan
  readonly submitted: number
  readonly end: number
  /** `dropped`: the chain deletes it at the end. */
  readonly ending: 'PASSED' | 'REJECTED' | 'FAILED' | 'dropped'
}

export interface CosmosTruth {
  readonly proposals: readonly CosmosProposal[]
  /** A plan that the validators agree to skip at its height. */
  readonly skipped: string | undefined
}

type Word = 'VOTING_PERIOD' | 'PASSED' | 'REJECTED' | 'FAILED'

/** The state of the chain after a block. */
export interface CosmosState {
  readonly words: ReadonlyMap<number, Word>
  /** The plan that x/upgrade has scheduled. */
  readonly plan: Plan | undefined
  /** Heights at which plans were applied, by name. */
  readonly applied: ReadonlyMap<string, number>
  /** The plans whose height came while they were scheduled, whether they were skipped or not. */
  readonly due: readonly Plan[]
}

const states = new WeakMap<CosmosTruth, CosmosState[]>()
const before: CosmosState = { words: new Map(), plan: undefined, applied: new Map(), due: [] }
// Some proposals were submitted before a story begins.
const origin = firstBlock - 5

export function stateAfter(truth: CosmosTruth, block: number): CosmosState {
  const known = states.get(truth) ?? [before]
  states.set(truth, known)
  while (known.length <= block - origin) known.push(nextState(truth, known.at(-1) ?? before, origin + known.length))
  return known[Math.max(0, block - origin)] ?? before
}

/** A plan is applied at the beginning of its block; votes end at the end of theirs. */
function nextState({ proposals, skipped }: CosmosTruth, state: CosmosState, block: number): CosmosState {
  const words = new Map(state.words)
  const applied = new Map(state.applied)
  const carriedOut = state.plan?.height === block ? state.plan : undefined
  let plan = carriedOut === undefined ? state.plan : undefined
  if (carriedOut !== undefined && carriedOut.name !== skipped) applied.set(carriedOut.name, block)
  for (const proposal of proposals) {
    if (proposal.submitted === block) words.set(proposal.id, 'VOTING_PERIOD')
    if (proposal.end !== block) continue
    const isTooLate = proposal.plan.height <= block || applied.has(proposal.plan.name)
    const word = proposal.ending === 'PASSED' && proposal.kind === 'upgrade' && isTooLate ? 'FAILED' : proposal.ending
    if (word === 'dropped') words.delete(proposal.id)
    else words.set(proposal.id, word)
    if (word === 'PASSED' && proposal.kind !== 'text') plan = proposal.kind === 'upgrade' ? proposal.plan : undefined
  }
  return { words, plan, applied, due: carriedOut === undefined ? state.due : [...state.due, carriedOut] }
}
