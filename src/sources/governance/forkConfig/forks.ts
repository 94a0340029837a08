import { defined } from '../../../domain/defined.js'
import type { Head } from '../../../domain/blocks/head.js'
import { isoOf } from '../../../domain/text/time.js'
import type { UnreadyNode } from '../../../domain/plans/plan.js'
import type { SaidFork } from './cursor.js'
import { type Fork, isSameFork } from './decode.js'
import type { NodeForks } from './node.js'

/** What all nodes say together at one moment. */
export interface Snapshot {
  /** The newest block of the node that is read first. */
  readonly head: Head
  /** As they answer now. */
  readonly nodes: readonly NodeForks[]
  /** What each said last, those included that are silent now. */
  readonly said: readonly SaidFork[]
}

/** What becomes of the fork that comes after another one. */
export type Fate =
  | { readonly kind: 'ahead'; readonly fork: Fork; readonly unready: readonly UnreadyNode[] }
  | { readonly kind: 'running' | 'undecided'; readonly fork: Fork }
  | { readonly kind: 'missed' | 'withdrawn'; readonly fork: Fork; readonly reason: string }

// Servers behind one address differ by some blocks: before that a node that is not on it may only be behind.
const settledAfter = 60n
// More than a reader wants to hear of.
const mostNamed = 10

/** What follows the fork `after`; `known` is what was said of it before. Nothing where nobody names any. */
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
  if (head.timestamp >= known.time) return afterItsTime(known, onIt, nodes)
  // It is not its time yet: who is on it all the same has blocks that the first node has not.
  return onIt.length > 0
    ? { kind: 'undecided', fork: known }
    : { kind: 'withdrawn', fork: known, reason: `No node names ${known.id} as the fork after ${after} any more.` }
}

/** True of a node that runs a fork, or has gone beyond it. */
function isOn(current: Fork, fork: Fork): boolean {
  return isSameFork(current, fork) || current.time > fork.time
}

/** The forks that nodes name as the one after `after` and that are still to come, one entry a node. */
function namedAfter(after: string, { said, head }: Snapshot): readonly Fork[] {
  return said.flatMap((one) => {
    const next = believedNext(one)
    return one.current.id === after && next !== undefined && next.time > head.timestamp ? [next] : []
  })
}

/** The next fork that counts as what a node names. */
function believedNext({ held, next }: SaidFork): Fork | undefined {
  return held === undefined ? next : { id: held.id, time: held.time }
}

// Servers of two releases behind one address answer by turns. In seconds.
const turnsWithin = 600n

/** What a node says, given what it said before: a fork that it names no longer counts until nobody behind it does. */
export function saidNext(was: SaidFork | undefined, { name, current, next, last }: SaidFork, head: Head): SaidFork {
  const said: SaidFork = { name, current, ...defined({ next, last }) }
  const before = was?.current.id === current.id ? believedNext(was) : undefined
  if (before === undefined || (next !== undefined && isSameFork(next, before))) return said
  const soonest = was?.held?.until ?? head.timestamp + turnsWithin
  // Short before its time there is no time to wait.
  const until = before.time - turnsWithin < soonest ? before.time - turnsWithin : soonest
  return head.timestamp < until ? { ...said, held: { ...before, until } } : said
}

/** What most name; of as many the one that was known, else the one that comes first in `rpc.urls`. */
function mostNamedOf(named: readonly Fork[], known: Fork | undefined): Fork {
  const count = (fork: Fork): number => named.filter((other) => isSameFork(other, fork)).length
  const isKnown = (fork: Fork): number => (known !== undefined && isSameFork(fork, known) ? 0.5 : 0)
  return named.reduce((best, fork) => (count(fork) + isKnown(fork) > count(best) + isKnown(best) ? fork : best))
}

/** Which nodes would not run a fork as they are; one that is silent did not become ready by that. */
function unreadyFor(fork: Fork, after: string, { said, nodes }: Snapshot): readonly UnreadyNode[] {
  const unserved = new Set(nodes.flatMap(({ name, isUnserved }) => (isUnserved === true ? [name] : [])))
  const unready = said.flatMap(({ name, current, next, last }) => {
    if (unserved.has(name) || [current, next, last].some((one) => one !== undefined && isSameFork(one, fork))) return []
    const instead =
      current.id !== after
        ? `runs the fork ${current.id} instead of ${after}`
        : next === undefined
          ? `names no fork after ${after}`
          : `names ${next.id} at ${isoOf(next.time)} as the next fork instead`
    return [{ host: name, reason: `${name} ${instead}, and is not ready for it.` }]
  })
  return unready.slice(0, mostNamed)
}

function afterItsTime(fork: Fork, onIt: readonly NodeForks[], nodes: readonly NodeForks[]): Fate {
  const others = nodes.filter((node) => node.config !== undefined && !onIt.includes(node))
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

// The words stay the same from block to block: each other one would be told, and kept, as a change.
function leftBehind({ name, config }: NodeForks, fork: Fork): string {
  return `${name} still runs the fork ${config?.current.id ?? ''} after the time of ${fork.id}: it was not ready, and is on a chain of its own.`
}
