import { asyncScheduler, defer, first, map, type Observable, repeat, type SchedulerLike, timer } from 'rxjs'
import type { Head } from '../../domain/blocks/head.js'
import type { GovernanceReader } from '../governance/GovernanceReader.js'
import type { Confirmation } from './confirmPlan.js'
import { quorum, type Verdict, type Vote } from './quorum.js'

export interface ConfirmHeightOptions {
  /** One reader per node. */
  readonly readers: readonly Pick<GovernanceReader, 'readBlock' | 'host'>[]
  /** How many nodes must have the same block. */
  readonly agreement: number
  /** Returns why a block cannot be the one at that height. `who` is the host of the node, if known. */
  readonly problemOf: (block: Head, who?: string) => string | undefined
  /** Returns false once the answer is no longer needed. @defaultValue always needed */
  readonly isWanted?: () => boolean
  /** How long nodes must keep failing to end the call, in milliseconds. @defaultValue three seconds */
  readonly patienceMs?: number
  /** @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike
}

// Wait between two rounds, in milliseconds. A node that is one block behind has caught up by then.
const everyMs = 1_000
// In milliseconds. A single lost request is not worth an alert.
const failingMs = 3_000

/**
 * Asks the nodes for the block at a height until enough of them have the same one, because nodes are a few blocks apart
 * and may briefly follow two branches. Emits the hosts that have it, and completes. It emits a doubt instead if too
 * many nodes failed to answer for `patienceMs`, or `isWanted` turns false. Never errors. If nodes just do not reach
 * the height it continues; the caller has to end it.
 */
export function confirmHeight(height: bigint, options: ConfirmHeightOptions): Observable<Confirmation> {
  return askUntilSettled(askForBlock(height, options), {
    ...options,
    mayFail: options.readers.length - options.agreement,
  }).pipe(
    map((verdict) => ({
      hosts: verdict.hosts,
      ...(!verdict.isAgreed && { doubt: doubtOf(height, verdict, options) }),
    })),
  )
}

export interface RoundOptions extends Pick<ConfirmHeightOptions, 'isWanted' | 'patienceMs' | 'scheduler'> {
  /** How many nodes may fail to answer in one round. */
  readonly mayFail: number
}

/**
 * Repeats a round, each one second after the last has ended, and emits the verdict of the round that settles it: the
 * nodes agree, or more than `mayFail` of them have failed for `patienceMs`, or `isWanted` returns false. Unsubscribing
 * cancels the round.
 *
 * ```text
 * rounds:  --n|          --y|       n: not yet, y: agreed
 * output:  -----------------(y|)    a second apart
 * ```
 */
export function askUntilSettled(
  round$: Observable<Verdict>,
  { mayFail, isWanted = () => true, patienceMs = failingMs, scheduler = asyncScheduler }: RoundOptions,
): Observable<Verdict> {
  return defer(() => {
    let begunAt = 0
    let failingSince: number | undefined
    const isFailing = ({ failed }: Verdict): boolean => {
      failingSince = failed > mayFail ? (failingSince ?? begunAt) : undefined
      return failingSince !== undefined && scheduler.now() - failingSince >= patienceMs
    }
    return defer(() => {
      begunAt = scheduler.now()
      return round$
    }).pipe(
      repeat({ delay: () => timer(everyMs, scheduler) }),
      first((verdict) => verdict.isAgreed || isFailing(verdict) || !isWanted()),
    )
  })
}

/** Runs one round of {@link confirmHeight}. */
export function askForBlock(
  height: bigint,
  { readers, agreement, problemOf }: ConfirmHeightOptions,
): Observable<Verdict> {
  return quorum(readers, agreement, async (reader, signal): Promise<Vote> => {
    const { host } = reader
    const block = await reader.readBlock(height, signal)
    if (block === undefined) return { type: 'no', reason: `${host ?? 'A node'} does not have block ${height}.` }
    const problem = problemOf(block, host)
    return problem === undefined ? { type: 'yes', value: hashText(block.hash), host } : { type: 'no', reason: problem }
  })
}

function doubtOf(
  height: bigint,
  { agreeing, reasons }: Verdict,
  { readers, agreement }: Pick<ConfirmHeightOptions, 'readers' | 'agreement'>,
): string {
  return `At most ${agreeing} of ${readers.length} nodes have the same block ${height}, ${agreement} must: ${reasons.join(' ')}`.trimEnd()
}

/** Normalises a hash, because some servers write `0x` or capitals. */
function hashText(hash: string): string {
  return hash.toLowerCase().replace(/^0x/, '')
}
