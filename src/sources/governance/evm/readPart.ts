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
  /** Blocks below the cursor to read again. The logs of the blocks in between were read already. */
  readonly again?: Again | undefined
  /** Returns what to read besides the logs. `last` is true if the part reaches the target. */
  readonly wanted: (last: boolean) => Asked
}

/** Blocks whose logs the node may have left out, and the block up to which all others were read. */
export interface Again {
  readonly blocks: readonly bigint[]
  readonly readTo: bigint
}

/** What to read at the last block of a part. */
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
  /** Blocks of the part whose logs the node may have left out. */
  readonly unsure: readonly bigint[]
}

/** Reads the window of blocks that starts at `from`; shrinks the window if the node refuses it. */
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

// Minimum window size reached because of transient failures. No provider is known to accept fewer blocks, and a node
// that is down for a while should not be asked block by block.
const leastNarrowed = 10n

/** Decides whether to retry at once after a failure, and whether with a smaller window. */
function judge(
  cause: unknown,
  failure: RpcFailure,
  width: bigint,
  window: LogWindow,
): { readonly retry: boolean; readonly narrow: boolean } {
  if (cause instanceof SourceError || width === 1n) return { retry: false, narrow: false }
  if (failure.class === 'range-too-large') return { retry: true, narrow: true }
  // Every provider words the refusal differently. A permanent one is due to the range, or it also fails for one block.
  const refused =
    findCause(cause, (error) => error instanceof LogsRefusedError) !== undefined && failure.lagging !== true
  if (refused && failure.class === 'permanent' && failure.known !== true) return { retry: true, narrow: true }
  // A node that fails over a wide range would fail for ever: it times out, its gateway answers with a page, or the
  // connection is cut, although it has just returned its head. Shrinking after a short outage costs little, because the
  // window grows back.
  const narrow = width > leastNarrowed && failure.class === 'transient' && failure.lagging !== true
  // A refusal in unknown words ("limit exceeded") is retried at once: at most ten attempts show whether the range is
  // the reason, and otherwise a first reading would fail in as many polls. If a grown window gets no answer at all, a
  // retry saves the blocks that were already read in this portion.
  return { retry: narrow && (refused || hasGrown(window, width)), narrow }
}

/** A block stays unsure as long as the node returns no logs for it. */
function blocksInDoubt({ logs, isUnsure }: Window, to: bigint, again: Again | undefined): readonly bigint[] {
  const still = (again?.blocks ?? []).filter((number) => number !== to && !logs.some(({ block }) => block === number))
  return isUnsure ? [...still, to] : still
}

/**
 * True if another block has replaced the anchor; `header` is what the node has at that height.
 *
 * @throws SourceError, transient, if the node has no block there.
 */
export function isReplaced({ host, chain }: ChainClient, anchor: Head, header: Head | undefined): boolean {
  if (header !== undefined) return header.hash !== anchor.hash
  throw new SourceError(
    'transient',
    `${host} of ${chain} does not have block ${anchor.number}, although it has newer ones.`,
  )
}
