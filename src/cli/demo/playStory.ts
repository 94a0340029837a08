import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { demoProposals, upgradeHeight } from './demoProposals.js'
import type { ChainClient } from '../../localChain/chainClient.js'
import type { Deployment } from '../../localChain/deployGovernor.js'
import type { Follower } from './followMonitor.js'
import { governorActor, type ProposalDraft, type Support } from '../../localChain/governorActor.js'
import type { LocalNode } from '../../localChain/localNode.js'
import type { Narrator } from './narrator.js'
import { untilFile } from './untilFile.js'

export interface Stage {
  readonly client: ChainClient
  readonly deployment: Deployment
  readonly votesEach: bigint
  readonly node: LocalNode
  readonly narrator: Narrator
  readonly follower: Follower
  /** Where upgrade-info.json will be. */
  readonly data: string
  readonly signal: AbortSignal
}

const names = ['alice', 'bob', 'carol', 'dave', 'erin'] as const
const words = ['against', 'for', 'abstain'] as const
// Enough for the eye.
const beatMs = 150

/** Everything that happens on the chain and around it, from the proposals to the new binary. */
export async function playStory({
  client,
  deployment,
  votesEach,
  node,
  narrator,
  follower,
  data,
  signal,
}: Stage): Promise<void> {
  const { chapter, say } = narrator
  const { told } = follower
  const actor = governorActor(client, deployment)
  const pause = (): Promise<void> => wait(beatMs, undefined, { signal })

  const propose = async (draft: ProposalDraft): Promise<bigint> => {
    const id = await actor.propose(draft)
    say(names[draft.proposer ?? 0] ?? '', `proposes: ${titleOf(draft)}`)
    await told('new_proposal', id)
    await pause()
    return id
  }
  const vote = async (id: bigint, draft: ProposalDraft, supports: readonly Support[]): Promise<void> => {
    say('vote', `on: ${titleOf(draft)}`)
    for (const [voter, support] of supports.entries()) {
      const tallied = follower.tallied(id, votesEach * BigInt(voter + 1))
      await actor.vote(id, support, voter)
      say(names[voter] ?? '', `votes ${words[support]}`)
      await tallied
      await pause()
    }
  }

  await follower.synced()
  say('govstream', `watches it, and writes to ${data}`)

  chapter('Five proposals')
  const drafts = demoProposals(deployment)
  const upgrade = await propose(drafts.upgrade)
  const parameter = await propose(drafts.parameter)
  const text = await propose(drafts.text)
  const spending = await propose(drafts.spending)
  const mistake = await propose(drafts.mistake)
  await actor.cancel(mistake)
  say('erin', 'takes hers back')
  await told('proposal_canceled', mistake)

  chapter('The vote')
  await actor.toVotingStart(spending)
  await told('voting_started', spending)
  await vote(upgrade, drafts.upgrade, [1, 1, 1, 0])
  await vote(parameter, drafts.parameter, [1, 1, 2])
  await vote(text, drafts.text, [1, 1, 1])
  await vote(spending, drafts.spending, [0, 0, 0, 1])
  say('chain', 'mines on to the end of the vote')
  await actor.pastDeadline(spending)
  await Promise.all([
    told('upgrade_scheduled', upgrade),
    told('proposal_passed', text),
    told('proposal_rejected', spending),
  ])

  chapter('Through the timelock')
  const passed = [
    [upgrade, drafts.upgrade],
    [parameter, drafts.parameter],
  ] as const
  for (const [id, draft] of passed) {
    await actor.queue(id)
    say('bob', `queues: ${titleOf(draft)}`)
    await told('proposal_queued', id)
  }
  await actor.pastEta(parameter)
  for (const [id, draft] of passed) {
    await actor.execute(id)
    say('carol', `executes: ${titleOf(draft)}`)
    await told('proposal_executed', id)
  }

  chapter('The queue counts down')
  const file = untilFile(data, 'upgrade-info.json', signal)
  // Whoever waits for it comes later; a stop in between is no stray rejection.
  file.catch(() => undefined)
  const blocks = upgradeHeight - 6 - Number(await client.getBlockNumber())
  if (blocks > 0) {
    say('chain', `mines ${blocks} blocks at once, then one a second`)
    await actor.mine(blocks)
  }
  await told('upgrade_triggered', upgrade)
  narrator.file(join(data, 'upgrade-info.json'), await file)

  chapter('The process manager switches the binary')
  const outage = follower.outage()
  say('manager', 'sees the file and stops the old binary')
  await node.stop()
  await outage
  await told('source_down')
  await node.start()
  say('manager', 'starts v2.0.0 on the same chain')
  await told('upgrade_completed', upgrade)
}

function titleOf({ description }: ProposalDraft): string {
  return description.split('\n')[0]?.replace('# ', '') ?? ''
}
