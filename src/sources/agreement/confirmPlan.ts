import { map, type Observable } from 'rxjs'
import { canonical } from '../../domain/text/json.js'
import { dueText, isSameDue } from '../../domain/plans/dueAt.js'
import type { Plan } from '../../domain/plans/plan.js'
import type { Proposal } from '../../domain/proposals/proposal.js'
import type { Upgrade } from '../../domain/upgrades/upgrade.js'
import type { GovernanceReader } from '../governance/GovernanceReader.js'
import { askUntilSettled, type RoundOptions } from './askUntilSettled.js'
import { quorum, type Vote } from './quorum.js'

/** The result of asking the nodes: which of them agree, and a doubt if they are too few. */
export interface Confirmation {
  readonly doubt?: string
  /** Hosts of the nodes that agree. */
  readonly hosts: readonly string[]
}

export interface ConfirmOptions extends Pick<RoundOptions, 'patienceMs' | 'scheduler'> {
  /** One reader per node. */
  readonly readers: readonly GovernanceReader[]
  /** How many nodes must agree. */
  readonly agreement: number
  /** Returns the plan of a proposal, as one node reports it, if the proposal turns it into an upgrade now. */
  readonly planOf: (proposal: Proposal) => Plan | undefined
  /** The block the proposal was submitted in, if known. */
  readonly near?: bigint
}

/**
 * Asks every node whether the proposal of an upgrade has passed with exactly this plan: name, height, and all of
 * `info`, including download addresses and checksums. Emits the hosts that confirm it as soon as the result is certain,
 * with a doubt if they are too few. Never errors: nodes that fail are asked again for `patienceMs`, those that do not
 * answer at all for a minute, and then do not confirm.
 */
export function confirmPlan(
  upgrade: Upgrade,
  { readers, agreement, planOf, near, ...patience }: ConfirmOptions,
): Observable<Confirmation> {
  const asked = async (reader: GovernanceReader, signal: AbortSignal): Promise<Vote> => {
    const proposal = await reader.readProposal(upgrade.contract, upgrade.proposalId, signal, near)
    return voteOn(upgrade, proposal === undefined ? undefined : planOf(proposal), reader.host)
  }
  return askUntilSettled(quorum(readers, agreement, asked), {
    ...patience,
    mayFail: 0,
    isRefused: ({ agreeing, away }) => agreeing + away < agreement,
    // Too many deny it: those that failed could not change that.
    isFinal: ({ agreeing, failed }) => agreeing + failed < agreement,
  }).pipe(
    map(({ isAgreed, agreeing, hosts, reasons }) => ({
      hosts,
      ...(!isAgreed && {
        doubt: `At most ${agreeing} of ${readers.length} nodes confirm ${upgrade.name} at ${dueText(upgrade)}, ${agreement} must: ${reasons.join(' ')}`,
      }),
    })),
  )
}

function voteOn(upgrade: Upgrade, plan: Plan | undefined, host: string | undefined): Vote {
  const who = host ?? 'A node'
  if (plan === undefined || plan.name !== upgrade.name || !isSameDue(plan, upgrade))
    return { type: 'no', reason: `${who} does not confirm it.` }
  return canonical(plan.info ?? null) === canonical(upgrade.info ?? null)
    ? { type: 'yes', value: '', host }
    : { type: 'no', reason: `${who} reports different info for it, such as another download address or checksum.` }
}
