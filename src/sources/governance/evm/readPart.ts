import type { Head } from '../../../domain/blocks/head.js'
import { SourceError } from '../../../domain/errors.js'
import { classifyRpcError, type RpcFailure } from '../../rpc/errors/classifyRpcError.js'
import { afterGood, afterRefusal, hasGrown, type LogWindow } from '../../rpc/logs/logWindow.js'
import type { Call } from '../../rpc/readCalls.js'
import { LogsRefusedError } from '../../rpc/logs/readLogs.js'
import { usableWindow } from '../../rpc/logs/suggestedRange.js'
import { findCause } from '../../rpc/errors/findCause.js'
import type { ChainClient, EvmContext, EvmMemory } from './context.js'
import type { Target } from './target.js'
import { type LogFilter, readWindow, type Window } from './readWindow.js'

export interface PartQuery<Asked extends Wanted> {
  readonly filter: LogFilter
  /** First block to read logs of. */
  readonly from: bigint
  readonly target: Target
  /** Blocks below the cursor to be read again: of those in between, logs were read already. */
  readonly again?: Again | undefined
  /** What is wanted beside the logs; `last` where the part reaches the target. */
  readonly wanted: (last: boolean) => Asked
}

/** Blocks whose logs the node may have held back, and how far all others were read. */
export interface Again {
  readonly blocks: readonly bigint[]
  readonly readTo: bigint
}

/** What is asked at the last block of a part. */
export interface Wanted {
  readonly calls: readonly Call[]
  readonly headers: readonly bigint[]
}

/** A part of the way to the target. */
export interface Part<Asked extends Wanted = Wanted> {
  readonly from: bigint
  readonly to: bigint
  readonly window: Window
  readonly asked: Asked
  /** Blocks of it whose logs may have been held back. */
  readonly unsure: readonly bigint[]
}

/** Reads the window of blocks that starts at `from`, a narrower one where the node refuses it. */
export async function readPart<Asked extends Wanted>(
  node: ChainClient,
  { filter, from, target, again, wanted }: PartQuery<Asked>,
  { maxLogRange }: Pick<EvmContext, 'maxLogRange'>,
  memory: EvmMemory,
): Promise<Part<Asked>> {
  const max = BigInt(maxLogRange)
  for (;;) {
    const window: LogWindow = memory.window ?? { size: max, good: 0 }
    const end = from + window.size - 1n
    const last = end >= target.number
    const to = last ? target.number : end
    const width = to - from + 1n
    const asked = wanted(last)
    try {
      const read = await readWindow(node, {
        filter,
        from,
        to,
        hash: last ? target.hash : undefined,
        calls: asked.calls,
        headers: asked.headers,
      })
      memory.window = afterGood(window, width, max)
      const logs =
        again === undefined
          ? read.logs
          : read.logs.filter(({ block }) => block > again.readTo || again.blocks.includes(block))
      return { from, to, window: { ...read, logs }, asked, unsure: blocksInDoubt({ ...read, logs }, to, again) }
    } catch (cause) {
      const failure = classifyRpcError(cause)
      const { retry, narrow } = judge(cause, failure, width, window)
      if (narrow) memory.window = afterRefusal(width, usableWindow({ from, to }, failure.suggestedRange))
      if (!retry) throw cause
    }
  }
}

// No provider is known to take fewer blocks, and a node that is down for a while shall not be asked block by block.
const leastNarrowed = 10n

/** Whether a failure deserves another try at once, and whether the next try is narrower. */
function judge(
  cause: unknown,
  failure: RpcFailure,
  width: bigint,
  window: LogWindow,
): { readonly retry: boolean; readonly narrow: boolean } {
  if (cause instanceof SourceError || width === 1n) return { retry: false, narrow: false }
  if (failure.class === 'range-too-large') return { retry: true, narrow: true }
  // Every provider words it in its own way. What looks lasting is either the range, or fails in the narrowest one too.
  const refused =
    findCause(cause, (error) => error instanceof LogsRefusedError) !== undefined && failure.lagging !== true
  if (refused && failure.class === 'permanent' && failure.known !== true) return { retry: true, narrow: true }
  // A node that gives up over a wide range would do so for ever: it runs out of time, its gateway answers with a page,
  // the connection is cut. Its head it told just before. A hiccup costs little: the window grows back.
  const narrow = width > leastNarrowed && failure.class === 'transient' && failure.lagging !== true
  // A node that answers in words nobody knows ("limit exceeded") is tried on: ten tries at the most tell whether it is
  // the range, and a first reading would be lost for as many polls. Where nothing answers, what was read up to here
  // would be lost, and be read again up to here.
  return { retry: narrow && (refused || hasGrown(window, width)), narrow }
}

/** A block stays in doubt while it answers without logs. */
function blocksInDoubt({ logs, isUnsure }: Window, to: bigint, again: Again | undefined): readonly bigint[] {
  const still = (again?.blocks ?? []).filter((number) => number !== to && !logs.some(({ block }) => block === number))
  return isUnsure ? [...still, to] : still
}

/**
 * Whether another block has come in the place of the anchor; `header` is what the node has at its height.
 *
 * @throws SourceError, transient, where the node has nothing there.
 */
export function isReplaced({ host, chain }: ChainClient, anchor: Head, header: Head | undefined): boolean {
  if (header !== undefined) return header.hash !== anchor.hash
  throw new SourceError(
    'transient',
    `${host} of ${chain} does not have block ${anchor.number}, though it has newer ones.`,
  )
}
