import type { Chain } from '../support/chain.js'
import type { Watching } from './watching.js'
import type { GovernorActor, ProposalDraft } from '../../src/localChain/governorActor.js'
import type { Deployment } from '../../src/localChain/deployGovernor.js'
import { upgradeCall, type UpgradePlan } from '../../src/localChain/upgradeCall.js'

export type People = Deployment & { readonly actor: GovernorActor }

/** A proposal that calls `scheduleUpgrade`. */
export function upgradeDraft(
  { registry }: Deployment,
  plan: UpgradePlan,
  more: Partial<ProposalDraft> = {},
): ProposalDraft {
  const { target, calldata } = upgradeCall(registry, plan)
  return { description: `# Upgrade to ${plan.name}`, targets: [target], calldatas: [calldata], ...more }
}

/** Proposes, lets three of five vote for it, and ends the vote. */
export async function pass({ actor }: People, draft: ProposalDraft): Promise<bigint> {
  const id = await actor.propose(draft)
  await carry(actor, id)
  return id
}

/** The upgrade to v2 passes and is scheduled, for so many blocks after the newest. */
export async function scheduleV2(
  watching: Watching,
  people: People,
  chain: Chain,
  blocks = 60,
): Promise<{ readonly id: bigint; readonly height: number }> {
  await watching.settle()
  const height = await chain.heightIn(blocks)
  const id = await pass(people, upgradeDraft(people, { name: 'v2', height }))
  await watching.told('upgrade_scheduled', id)
  return { id, height }
}

/** Three of five vote for it, and the vote ends. */
export async function carry(actor: GovernorActor, id: bigint): Promise<void> {
  await actor.toVotingStart(id)
  for (const voter of [0, 1, 2]) await actor.vote(id, 1, voter)
  await actor.pastDeadline(id)
}

/** Executes a passed proposal at once, or through a timelock, awaiting `queued` in between. */
export async function carryOut({ actor, timelock }: People, id: bigint, queued: () => Promise<unknown>): Promise<void> {
  if (timelock !== undefined) {
    await actor.queue(id)
    await queued()
    await actor.pastEta(id)
  }
  await actor.execute(id)
}

/** The events of an upgrade from its proposal to its scheduling. */
export const eventsToSchedule = [
  'new_proposal',
  'voting_started',
  'quorum_reached',
  'voting_ended',
  'proposal_passed',
  'upgrade_scheduled',
] as const
