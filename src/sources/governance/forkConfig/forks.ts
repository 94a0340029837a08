import { defined } from '../../../domain/defined.js'
import type { Head } from '../../../domain/blocks/head.js'
import { secondText } from '../../../domain/text/time.js'
import type { UnreadyNode } from '../../../domain/plans/plan.js'
import type { ReportedFork } from './cursor.js'
import { type Fork, isSameFork } from './decode.js'
import type { NodeForks } from './node.js'
import { countingOf } from './statement.js'

/** The statements of all nodes at one moment. */
export interface Snapshot {
  /** The newest block of the node that is read first. */
  readonly head: Head
  /** The current answers. */
  readonly nodes: readonly NodeForks[]
  /** The last statement of each node, including nodes that do not answer now. */
  readonly said: readonly ReportedFork[]
}

/** The state of the fork that follows another one. */
export type Fate =
  | { readonly kind: 'ahead'; readonly fork: Fork; readonly unready: readonly UnreadyNode[] }
  | { readonly kind: 'running' | 'undecided'; readonly fork: Fork }
  | { readonly kind: 'missed' | 'withdrawn'; readonly fork: Fork; readonly reason: string }

// Seconds after the fork time before a node counts as left behind. Servers behind one address differ by some blocks.
const settledAfter = 60n
// Maximum number of nodes named in a report; more would not be read.
const mostNamed = 10

/**
 * The state of the fork that follows `after`. `known` is that fork as recorded before. `undefined` if no node names
 * one.
 */
export function fateOf(after: string, known: Fork | undefined, snapshot: Snapshot): Fate | undefined {
  const { head, nodes } = snapshot
  const onIt =
    known === undefined ? [] : nodes.filter(({ config }) => config !== undefined && isOn(config.current, known))
  const named = namedAfter(after, snapshot)
  if (onIt.length === 0 && named.length > 0) {
    const fork = mostNamedOf(named, known)
    return { kind: 'ahead', fork, unready: unreadyFor(fork, after, snapshot) }
  }
  if (known === undefined) return undefined
  if (head.timestamp >= known.time) return afterItsTime(known, onIt, snapshot)
  // Before the fork time, a node that is already on the fork has blocks that the first node does not have.
  return onIt.length > 0
    ? { kind: 'undecided', fork: known }
    : { kind: 'withdrawn', fork: known, reason: `No node names ${known.id} as the fork after ${after} any more.` }
}

/** True if a node runs this fork or a later one. */
function isOn(current: Fork, fork: Fork): boolean {
  return isSameFork(current, fork) || current.time > fork.time
}

/** The forks that nodes name as the one after `after` and that are not due yet; one entry per node. */
function namedAfter(after: string, { said, head }: Snapshot): readonly Fork[] {
  return said.map(countingOf).flatMap(({ current, next }) => {
    return current.id === after && next !== undefined && next.time > head.timestamp ? [next] : []
  })
}

/** The fork that most nodes name. In a tie the known one wins, then the first in `rpc.urls`. */
function mostNamedOf(named: readonly Fork[], known: Fork | undefined): Fork {
  const count = (fork: Fork): number => named.filter((other) => isSameFork(other, fork)).length
  const isKnown = (fork: Fork): number => (known !== undefined && isSameFork(fork, known) ? 0.5 : 0)
  return named.reduce((best, fork) => (count(fork) + isKnown(fork) > count(best) + isKnown(best) ? fork : best))
}

/** The nodes that are not configured for a fork. A node that no longer answers does not become ready by that. */
function unreadyFor(fork: Fork, after: string, { said, nodes, head }: Snapshot): readonly UnreadyNode[] {
  const unserved = new Set(nodes.flatMap(({ name, isUnserved }) => (isUnserved === true ? [name] : [])))
  const unready = said.flatMap((one) => {
    const { name, current, next, last, lapsed } = one
    if (unserved.has(name) || [current, next, last].some((known) => known !== undefined && isSameFork(known, fork)))
      return []
    // The node has not reached the block of the others yet, so what it would name there is unknown.
    if (next !== undefined && next.time <= head.timestamp) return []
    const readyUntil = lapsed !== undefined && isSameFork(lapsed, fork) ? lapsed.until : undefined
    const still = readyUntil === undefined ? 'not' : 'no longer'
    return [
      {
        host: name,
        reason: `${name} ${insteadOf(after, one)}, and is ${still} ready for it.`,
        ...defined({ readyUntil }),
      },
    ]
  })
  return unready.slice(0, mostNamed)
}

/** What the node says instead, as a clause that follows its name. */
function insteadOf(after: string, { current, next, counting }: ReportedFork): string {
  // The text stays the same although the answers change.
  if (counting?.isUnsteady === true) return 'names a different fork in each answer'
  if (current.id !== after) return `runs the fork ${current.id} instead of ${after}`
  return next === undefined
    ? `names no fork after ${after}`
    : `names ${next.id} at ${secondText(next.time)} as the next fork instead`
}

function afterItsTime(fork: Fork, onIt: readonly NodeForks[], snapshot: Snapshot): Fate {
  const answering = snapshot.nodes.filter((node) => node.config !== undefined && !onIt.includes(node))
  const others = [...answering, ...silentWithout(fork, snapshot)]
  const left = others.filter(({ head }) => head !== undefined && head.timestamp >= fork.time + settledAfter)
  if (left.length > 0)
    return {
      kind: 'missed',
      fork,
      reason: left
        .slice(0, mostNamed)
        .map((node) => leftBehind(node, fork))
        .join(' '),
    }
  return { kind: onIt.length > 0 && others.length === 0 ? 'running' : 'undecided', fork }
}

/**
 * Nodes that do not answer and whose last statement does not include a fork. Their silence does not make them ready.
 */
function silentWithout(fork: Fork, { nodes, said, head }: Snapshot): readonly NodeForks[] {
  const silent = new Set(
    nodes.filter(({ config, isUnserved }) => config === undefined && isUnserved !== true).map(({ name }) => name),
  )
  return said.flatMap(({ name, current, next, last }) =>
    !silent.has(name) ||
    isOn(current, fork) ||
    [next, last].some((known) => known !== undefined && isSameFork(known, fork)) ||
    (next !== undefined && next.time <= head.timestamp)
      ? []
      : [{ name, head, config: { current } }],
  )
}

// The text stays the same from block to block, because a different text would be reported and stored as a change.
function leftBehind({ name, config }: NodeForks, fork: Fork): string {
  return `${name} still runs the fork ${config?.current.id ?? ''} after the time of ${fork.id}, according to its last answer: it was not ready, and is now on its own chain.`
}
