import type { SchedulerLike } from 'rxjs'
import type { Proposal } from '../../domain/proposals/proposal.js'
import type { GovernanceReader, ReadRequest } from '../governance/GovernanceReader.js'
import { askWitnesses, type Testimony } from './askWitnesses.js'
import { oncePast } from './oncePast.js'

/** Which nodes are asked, and how many of them must agree. */
export interface AskOptions {
  /** One reader per node. */
  readonly witnesses: readonly GovernanceReader[]
  readonly agreement: number
  readonly scheduler?: SchedulerLike
}

interface AskIfKnownOptions extends AskOptions {
  /** Returns the time in milliseconds, by a clock that is never set. */
  readonly now: () => number
}

// How long nodes are not asked again if too few of them answered, in milliseconds: every reading would wait for one
// that hangs, several times, and a first sync with every portion.
const againMs = 60_000

/** Returns the function that asks the nodes whether `agreement` of them know a proposal. Never rejects. */
export function askIfKnown({
  witnesses,
  agreement,
  now,
  scheduler,
}: AskIfKnownOptions): NonNullable<ReadRequest['isKnown']> {
  let askedFrom = -Infinity
  const areEnough = (heard: readonly Testimony[], counts: (one: Testimony) => boolean): boolean =>
    heard.filter(counts).length >= agreement
  return async (contract, id) => {
    if (now() < askedFrom) return undefined
    const heard = await askWitnesses(
      witnesses,
      { contract, id },
      { isEnough: (all) => areEnough(all, knows) || areEnough(all, knowsNone), scheduler },
    )
    if (areEnough(heard, knows)) return true
    if (areEnough(heard, knowsNone)) return false
    if (heard.some((one) => !knows(one) && !knowsNone(one))) askedFrom = now() + againMs
    return undefined
  }
}

/**
 * True if `agreement` nodes do not know a proposal that was read at a block which they have: a node that is behind does
 * not know it yet. The block in which it was submitted may be a wrong one: without it, a node whose contract knows the
 * proposal searches its history, and one that keeps no old logs does not say that there is none.
 */
export async function isUnknownAt(
  block: bigint,
  proposal: Proposal,
  { witnesses, agreement, scheduler }: AskOptions,
): Promise<boolean> {
  const areEnough = (heard: readonly Testimony[]): boolean => heard.filter(knowsNone).length >= agreement
  const reached = witnesses.map((witness) => oncePast(witness, block, () => block))
  const areUnaware = async (asked: Pick<Proposal, 'contract' | 'id' | 'origin'>): Promise<boolean> =>
    areEnough(await askWitnesses(reached, asked, { isEnough: areEnough, scheduler }))
  const { origin, ...unplaced } = proposal
  return (await areUnaware(proposal)) && (origin === undefined || areUnaware(unplaced))
}

/** True also for a node that cannot show what it knows. */
function knows({ proposal, withholds }: Testimony): boolean {
  return proposal !== undefined || withholds === true
}

export function knowsNone({ proposal, hasFailed }: Testimony): boolean {
  return proposal === undefined && hasFailed !== true
}
