import { map, type Observable } from 'rxjs'
import { canonical } from '../../domain/text/json.js'
import { dueText, isSameDue } from '../../domain/plans/dueAt.js'
import type { Plan } from '../../domain/plans/plan.js'
import type { Proposal } from '../../domain/proposals/proposal.js'
import type { Upgrade } from '../../domain/upgrades/upgrade.js'
import type { GovernanceReader } from '../governance/GovernanceReader.js'
import { quorum, type Vote } from './quorum.js'

/** What came of asking nodes: who vouches, and why that is not enough where it is not. */
export interface Confirmation {
  readonly doubt?: string
  /** Hosts of the nodes that say the same. */
  readonly hosts: readonly string[]
}

export interface ConfirmOptions {
  /** One reader a node. */
  readonly readers: readonly GovernanceReader[]
  /** How many of them must agree. */
  readonly agreement: number
  /** Whether a proposal, as one node tells it, carries its plan into an upgrade now. */
  readonly planOf: (proposal: Proposal) => Plan | undefined
  /** Block the proposal was submitted in, where it is known. */
  readonly near?: bigint
}

/**
 * Asks every node by itself whether an upgrade's proposal has passed with this very plan: name, height, and all of its
 * `info`, the download addresses and checksums in it included. Emits who vouches for it, with the doubt that is left
 * where too few do, as soon as that is certain. Never errors: a node that fails does not agree.
 */
export function confirmPlan(
  upgrade: Upgrade,
  { readers, agreement, planOf, near }: ConfirmOptions,
): Observable<Confirmation> {
  const asked = async (reader: GovernanceReader, signal: AbortSignal): Promise<Vote> => {
    const proposal = await reader.readProposal(upgrade.contract, upgrade.proposalId, signal, near)
    return voteOn(upgrade, proposal === undefined ? undefined : planOf(proposal), reader.host)
  }
  return quorum(readers, agreement, asked).pipe(
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
    : { type: 'no', reason: `${who} tells other info for it, such as another download address or checksum.` }
}
