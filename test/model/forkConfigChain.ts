import type { Plan } from './story.js'

// The forks of an EVM chain, as the releases of its nodes have them in their configuration.

export interface Fork {
  readonly id: string
  /** Its first block. */
  readonly block: number
}

/** A release of the node's program, or a new configuration. */
export interface Release {
  readonly block: number
  /** All forks that it knows, in the order of their blocks. */
  readonly forks: readonly Fork[]
  /** Blocks after which the operator of each node has installed it. */
  readonly delays: readonly number[]
}

export interface ForkTruth {
  /** In the order of their blocks; every node has installed one before it gets the next. */
  readonly releases: readonly Release[]
}

/** Active from the first block on. */
export const genesis: Fork = { id: '0x00000001', block: 0 }

/** The id of a fork contains its time and what was before it. */
export function forkAfter({ id }: Fork, block: number): Fork {
  const seed = (Number(id) * 31 + block) % 0xffff_ffff
  return { id: `0x${seed.toString(16).padStart(8, '0')}`, block }
}

/** The forks in the configuration of a node at a block. */
export function forksOf({ releases }: ForkTruth, node: number, block: number): readonly Fork[] {
  return [
    genesis,
    ...(releases.findLast((release) => release.block + (release.delays[node] ?? 0) <= block)?.forks ?? []),
  ]
}

function planOf({ id, block }: Fork): Plan {
  return { name: `fork-${id}`, height: block }
}

/** The forks that all nodes have in their configuration; the second is named once the first is active. */
export function plansInForce({ releases }: ForkTruth, newest: number): readonly Plan[] {
  const installed = releases.findLast(({ block, delays }) => block + Math.max(...delays) <= newest)
  const coming = releases.findLast(({ block }) => block <= newest)
  return (installed?.forks ?? []).filter((fork) => coming?.forks.some(({ id }) => id === fork.id) === true).map(planOf)
}
