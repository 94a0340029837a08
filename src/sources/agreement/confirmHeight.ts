import { map, type Observable } from 'rxjs'
import { comparableHash, type Head } from '../../domain/blocks/head.js'
import type { GovernanceReader } from '../governance/GovernanceReader.js'
import { askUntilSettled, type RoundOptions } from './askUntilSettled.js'
import type { Confirmation } from './confirmPlan.js'
import { quorum, type Verdict, type Vote } from './quorum.js'

export interface ConfirmHeightOptions extends Pick<RoundOptions, 'isWanted' | 'patienceMs' | 'scheduler'> {
  /** One reader per node. */
  readonly readers: readonly Pick<GovernanceReader, 'readBlock' | 'host'>[]
  /** How many nodes must have the same block. */
  readonly agreement: number
  /** Returns why a block cannot be the one at that height. `who` is the host of the node, if known. */
  readonly problemOf: (block: Head, who?: string) => string | undefined
}

/**
 * Asks the nodes for the block at a height until enough of them have the same one, because nodes are a few blocks apart
 * and may briefly follow two branches. Emits the hosts that have it, and completes. It emits a doubt instead if too
 * many nodes failed for `patienceMs`, or did not answer at all for a minute, or `isWanted` turns false. Never errors.
 * If nodes just do not reach the height it continues; the caller has to end it.
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
    return problem === undefined
      ? { type: 'yes', value: comparableHash(block) ?? block.hash, host }
      : { type: 'no', reason: problem }
  })
}

function doubtOf(
  height: bigint,
  { agreeing, reasons }: Verdict,
  { readers, agreement }: Pick<ConfirmHeightOptions, 'readers' | 'agreement'>,
): string {
  return `At most ${agreeing} of ${readers.length} nodes have the same block ${height}, ${agreement} must: ${reasons.join(' ')}`.trimEnd()
}
