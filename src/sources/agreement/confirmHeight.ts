import { asyncScheduler, defer, first, map, type Observable, repeat, type SchedulerLike, timer } from 'rxjs'
import type { Head } from '../../domain/blocks/head.js'
import type { GovernanceReader } from '../governance/GovernanceReader.js'
import type { Confirmation } from './confirmPlan.js'
import { quorum, type Verdict, type Vote } from './quorum.js'

export interface ConfirmHeightOptions {
  /** One reader a node. */
  readonly readers: readonly Pick<GovernanceReader, 'readBlock' | 'host'>[]
  /** How many of them must have the same block there. */
  readonly agreement: number
  /** Why the block that a node tells cannot be the one of that height; `who` is the host of the node, where known. */
  readonly problemOf: (block: Head, who?: string) => string | undefined
  /** False once nobody needs the answer any more. @defaultValue it is wanted */
  readonly isWanted?: () => boolean
  /** @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike
}

// A node that is a block behind has caught up by then.
const everyMs = 1_000
// A request is lost now and then: that is nothing to wake people for.
const failingMs = 3_000

/**
 * Asks the nodes for the block of a height until enough of them have the same one: nodes are a few blocks apart, and
 * stand on two branches for a moment. Emits who has it, with the doubt that is left where they never will within this
 * call: too many failed to answer for three seconds, or nobody wants to know any more. Never errors; where nodes just
 * do not get there it goes on, and is for the caller to end.
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

export interface RoundOptions extends Pick<ConfirmHeightOptions, 'isWanted' | 'scheduler'> {
  /** How many nodes may fail to answer in one round. */
  readonly mayFail: number
}

/**
 * Asks in rounds, each a second after the one before has ended, and emits the verdict of the round that settles it: the
 * nodes agree, more of them failed than may for three seconds of rounds, or nobody wants to know any more.
 * Unsubscribing cuts off the round.
 *
 * ```text
 * rounds:  --n|          --y|       n: not yet, y: agreed
 * output:  -----------------(y|)    a second apart
 * ```
 */
export function askUntilSettled(
  round$: Observable<Verdict>,
  { mayFail, isWanted = () => true, scheduler = asyncScheduler }: RoundOptions,
): Observable<Verdict> {
  return defer(() => {
    let begunAt = 0
    let failingSince: number | undefined
    const isFailing = ({ failed }: Verdict): boolean => {
      failingSince = failed > mayFail ? (failingSince ?? begunAt) : undefined
      return failingSince !== undefined && scheduler.now() - failingSince >= failingMs
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

/** One round of {@link confirmHeight}. */
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

/** One spelling: some servers write hashes with `0x`, some in capitals. */
function hashText(hash: string): string {
  return hash.toLowerCase().replace(/^0x/, '')
}
