import { firstValueFrom, forkJoin, map, catchError, of, timeout, asyncScheduler, type SchedulerLike } from 'rxjs'
import { type BranchWatch, type HeldBlock, isLookDue, stepBranchWatch } from '../../domain/blocks/branchSplit.js'
import { isReached } from '../../domain/plans/dueAt.js'
import type { Head } from '../../domain/blocks/head.js'
import type { CrossCheckOptions } from './crossCheck.js'
import { fromAbortable } from '../fromAbortable.js'
import type { GovernanceReader } from '../governance/GovernanceReader.js'

export interface CompareBranchesOptions extends Pick<CrossCheckOptions, 'known' | 'scheduler'> {
  /** Returns the time in Unix milliseconds. */
  readonly now: () => number
  /** One reader per node. */
  readonly nodes: readonly Pick<GovernanceReader, 'readBlock' | 'host'>[]
  /** The file of an upgrade is written so many blocks before its height. */
  readonly leadBlocks: number
}

// Maximum wait for the blocks, in milliseconds, because a reading waits for them.
const limitMs = 3_000

/**
 * Wraps a reader so that its readings tell if the nodes follow different branches, whatever `agreement` is. Every five
 * minutes each node is asked for the block at the height of the head. If the blocks differ, the nodes are asked for the
 * same height again, until they agree or have differed for two minutes.
 */
export function compareBranches(reader: GovernanceReader, options: CompareBranchesOptions): GovernanceReader {
  const { nodes, known, leadBlocks, now, scheduler } = options
  if (nodes.length < 2) return reader
  let watch: BranchWatch = { lookedAt: now() }
  return {
    ...reader,
    async read(request) {
      const reading = await reader.read(request)
      if (!isLookDue(watch, now()) || isUrgent(reading.head, leadBlocks, known())) return reading
      const height = watch.pinned?.height ?? reading.head.number
      const held = await askForBlocks(height, nodes, scheduler)
      const { watch: after, split } = stepBranchWatch(watch, { height, held, now: now() })
      watch = after
      return split === undefined ? reading : { ...reading, split }
    },
  }
}

/** True if a file may be due at this head: nothing may delay it. */
function isUrgent(head: Head, leadBlocks: number, { upgrades }: ReturnType<CrossCheckOptions['known']>): boolean {
  return [...upgrades.values()].some(
    (upgrade) => upgrade.status === 'scheduled' && isReached(upgrade, head, leadBlocks),
  )
}

/** Returns the answers of the nodes; a node that fails or is too slow counts as one that is behind. Never rejects. */
function askForBlocks(
  height: bigint,
  nodes: CompareBranchesOptions['nodes'],
  scheduler: SchedulerLike = asyncScheduler,
): Promise<readonly HeldBlock[]> {
  const answers = nodes.map(({ readBlock, host = 'a node' }) =>
    fromAbortable((signal) => readBlock(height, signal)).pipe(
      timeout({ first: limitMs, scheduler }),
      map((block): HeldBlock => ({ host, block })),
      catchError(() => of<HeldBlock>({ host, block: undefined })),
    ),
  )
  return firstValueFrom(forkJoin(answers), { defaultValue: [] })
}
