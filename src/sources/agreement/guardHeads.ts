import { defer, first, firstValueFrom, map, merge, type Observable } from 'rxjs'
import { SourceError } from '../../domain/errors.js'
import { isHeadJump, type KnownHead } from '../../domain/blocks/headJump.js'
import { type Head, isSameBlock } from '../../domain/blocks/head.js'
import { defined } from '../../domain/defined.js'
import { askForBlock } from './confirmHeight.js'
import {
  apart,
  askDeniers,
  askDiffering,
  askSynced,
  deniedText,
  createPaceCheck,
  type KnownBefore,
  type PaceOptions,
} from './paceCheck.js'
import { stopped } from '../fromAbortable.js'
import type { GovernanceReader, UnvouchedReading } from '../governance/GovernanceReader.js'
import { unnamedHost } from '../rpc/unnamedHost.js'
import { nothingHeard, type Verdict } from './quorum.js'

export interface GuardOptions extends PaceOptions {
  /** Returns what was known before the reading. */
  readonly known: () => KnownBefore
}

// Accepted difference of block times, in seconds: far less than would matter for a deadline, far more than the clocks
// of servers differ by.
const slack = 3_600n
// Maximum number of blocks of a first reading that are compared.
const mostAnchors = 3

/**
 * Wraps a reader so that a head that jumps is confirmed. Every node is asked for that block. If none serves it, the
 * reading counts as failed at its endpoint and the next endpoint is read. So one absurd answer neither moves a mark nor
 * triggers an upgrade, and a node that repeats it cannot hide the real chain. A head at the usual pace of the chain
 * costs nothing; a jump and the very first head cost one small request per node, or two where several must agree. One
 * node that serves the block is enough here, because a chain must be readable while other nodes are down; writing a
 * file takes `agreement` nodes.
 *
 * But where so many nodes have the block that is sixteen below the last one that was read, or are synced, and lack the
 * one that is sixteen below this one, it is not believed: nothing could be written any more, because they would all
 * count as nodes that are behind. The very first head is not believed if so many nodes are synced below it, or have
 * another block where one of that reading is to be recorded: after it, the blocks of all others would look like those
 * of another chain. A node may also run ahead or fall behind in small steps, see {@link createPaceCheck}.
 */
export function guardHeads(reader: GovernanceReader, options: GuardOptions): GovernanceReader {
  const { nodes, agreement, known, now } = options
  const problemOf = createPaceCheck(options)
  const unbelievedError = (number: bigint, before: KnownHead, why: string): SourceError =>
    new SourceError(
      'transient',
      `${reader.chain}: a node says that its newest block is ${number}${jumpText(before)}, and that is not confirmed. ${why} It is ignored.`,
    )

  async function vouch(told: UnvouchedReading, signal: AbortSignal): Promise<void> {
    const { head, at } = told
    const before = known()
    const last = before.head?.number
    if (nodes.length === 0) return
    const isUsual = last !== undefined && !isHeadJump(head, before, now())
    if (isUsual && agreement === 1) return
    const stopped$ = stopped(signal, `The read of ${reader.chain} was stopped.`)
    if (isUsual) {
      const problem$ = defer(() => problemOf(head.number, before))
      const problem = await firstValueFrom(merge(problem$, stopped$), { defaultValue: undefined })
      if (problem !== undefined) throw unbelievedError(head.number, before, problem)
      return
    }
    // A single node has already been asked twice.
    if (nodes.length === 1 && reader.traits?.readsBlockByNumber === true && isSameBlock(head, at)) return
    const verdict$ = askForBlock(head.number, {
      readers: nodes,
      agreement: 1,
      problemOf: ({ number, timestamp }, who = 'A node') =>
        number === head.number && distance(timestamp, head.timestamp) <= slack
          ? undefined
          : `${who} reports another block ${head.number}.`,
    })
    const { isAgreed, reasons } = await firstValueFrom(merge(verdict$, stopped$), { defaultValue: nothingHeard })
    if (!isAgreed) throw unbelievedError(head.number, before, reasons.join(' '))
    if (agreement === 1) return
    const denial = await firstValueFrom(merge(denialOf(told, before, options), stopped$), {
      defaultValue: undefined,
    })
    if (denial !== undefined) throw unbelievedError(head.number, before, denial)
  }
  return {
    ...reader,
    async read(request) {
      let believed: Head | undefined
      let host: string | undefined
      const reading = await reader.read({
        ...request,
        async vouch(told) {
          // A reader may ask twice: about its head, and about the whole reading.
          if (believed === undefined || !isSameBlock(believed, told.head)) await vouch(told, request.signal)
          believed = told.head
          if (told.host !== unnamedHost) host = told.host
        },
      })
      // A reader from outside this package may not have called `vouch`.
      if (believed === undefined || !isSameBlock(believed, reading.head)) await vouch(reading, request.signal)
      return { ...defined({ host }), ...reading }
    },
  }
}

/**
 * Emits why so many nodes contradict a head that jumps, or the very first one; undefined if too few do. Honest nodes
 * are some blocks behind the one that is read, above all on a fast chain; a jump is longer than that.
 */
function denialOf(
  { head, anchors = [] }: UnvouchedReading,
  before: KnownHead,
  options: GuardOptions,
): Observable<string | undefined> {
  const height = head.number - apart
  const last = before.head?.number
  if (last === undefined) {
    const denials = [
      textOf(askSynced(height, options), (count) => `${count} nodes are synced and lack block ${height}.`),
      ...anchors
        .slice(0, mostAnchors)
        .map((block) =>
          textOf(askDiffering(block, options), (count) => `${count} nodes have another block ${block.number}.`),
        ),
    ]
    return merge(...denials).pipe(first((problem) => problem !== undefined, undefined))
  }
  const reached = last > apart ? last - apart : 1n
  return textOf(askDeniers(height, reached, before, options), (count) => deniedText(count, height, reached))
}

/** Emits the text for the number of nodes that agree; undefined if they are too few. */
function textOf(verdict$: Observable<Verdict>, textFor: (count: number) => string): Observable<string | undefined> {
  return verdict$.pipe(map(({ isAgreed, agreeing }) => (isAgreed ? textFor(agreeing) : undefined)))
}

function jumpText({ head }: KnownHead): string {
  return head === undefined ? '' : `, after block ${head.number} at the last reading`
}

function distance(a: bigint, b: bigint): bigint {
  return a < b ? b - a : a - b
}
