import { blocksText } from '../../domain/notifications/phrases.js'
import fs from 'fs-extra'
import { watch } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { ChainClient } from '../../localChain/chainClient.js'
import type { Deployment } from '../../localChain/deployGovernor.js'
import { type GovernorActor, governorActor, type ProposalDraft, type Support } from '../../localChain/governorActor.js'
import type { LocalNode } from '../../localChain/localNode.js'
import { demoProposals, upgradeHeight } from './demoProposals.js'
import type { Follower } from './followMonitor.js'
import type { Narrator } from './narrator.js'

interface StoryDeps {
  readonly client: ChainClient
  readonly deployment: Deployment
  readonly votesEach: bigint
  readonly node: LocalNode
  readonly narrator: Narrator
  readonly follower: Follower
  /** Directory in which upgrade-info.json will appear. */
  readonly data: string
  readonly signal: AbortSignal
}

const names = ['alice', 'bob', 'carol', 'dave', 'erin'] as const
const words = ['against', 'for', 'abstain'] as const
// A pause that the eye can follow, in milliseconds.
const beatMs = 150

/** Plays everything that happens on and around the chain, from the proposals to the new binary. */
export async function playStory(deps: StoryDeps): Promise<void> {
  const { follower, narrator, data, client, deployment } = deps
  await follower.synced()
  narrator.say('govstream', `watches it, and writes to ${data}`)
  const story: Story = { ...deps, actor: governorActor(client, deployment), drafts: demoProposals(deployment) }
  const proposals = await proposeFive(story)
  await voteOnThem(story, proposals)
  await queueAndExecute(story, proposals)
  await countDown(story, proposals)
  await switchTheBinary(story, proposals)
}

/** The dependencies with the accounts and their proposals. */
interface Story extends StoryDeps {
  readonly actor: GovernorActor
  readonly drafts: ReturnType<typeof demoProposals>
}

/** Ids of the proposals of the story. */
interface Proposals {
  readonly upgrade: bigint
  readonly parameter: bigint
  readonly text: bigint
  readonly spending: bigint
}

function pause({ signal }: Story): Promise<void> {
  return wait(beatMs, undefined, { signal })
}

async function proposeFive(story: Story): Promise<Proposals> {
  const { narrator, actor, drafts } = story
  narrator.chapter('Five proposals')
  const upgrade = await propose(story, drafts.upgrade)
  const parameter = await propose(story, drafts.parameter)
  const text = await propose(story, drafts.text)
  const spending = await propose(story, drafts.spending)
  const mistake = await propose(story, drafts.mistake)
  await actor.cancel(mistake)
  narrator.say('erin', 'takes hers back')
  await story.follower.told('proposal_canceled', mistake)
  return { upgrade, parameter, text, spending }
}

async function propose(story: Story, draft: ProposalDraft): Promise<bigint> {
  const id = await story.actor.propose(draft)
  story.narrator.say(names[draft.proposer ?? 0] ?? '', `proposes: ${titleOf(draft)}`)
  await story.follower.told('new_proposal', id)
  await pause(story)
  return id
}

async function voteOnThem(story: Story, { upgrade, parameter, text, spending }: Proposals): Promise<void> {
  const { narrator, actor, drafts } = story
  const { told } = story.follower
  narrator.chapter('The vote')
  await actor.toVotingStart(spending)
  await told('voting_started', spending)
  await vote(story, upgrade, drafts.upgrade, [1, 1, 1, 0])
  await vote(story, parameter, drafts.parameter, [1, 1, 2])
  await vote(story, text, drafts.text, [1, 1, 1])
  await vote(story, spending, drafts.spending, [0, 0, 0, 1])
  narrator.say('chain', 'mines on to the end of the vote')
  await actor.pastDeadline(spending)
  await Promise.all([
    told('upgrade_scheduled', upgrade),
    told('proposal_passed', text),
    told('proposal_rejected', spending),
  ])
}

async function vote(story: Story, id: bigint, draft: ProposalDraft, supports: readonly Support[]): Promise<void> {
  const { narrator, actor, follower, votesEach } = story
  narrator.say('vote', `on: ${titleOf(draft)}`)
  for (const [voter, support] of supports.entries()) {
    const tallied = follower.tallied(id, votesEach * BigInt(voter + 1))
    await actor.vote(id, support, voter)
    narrator.say(names[voter] ?? '', `votes ${words[support]}`)
    await tallied
    await pause(story)
  }
}

async function queueAndExecute({ narrator, actor, drafts, follower }: Story, proposals: Proposals): Promise<void> {
  narrator.chapter('Through the timelock')
  const passed = [
    [proposals.upgrade, drafts.upgrade],
    [proposals.parameter, drafts.parameter],
  ] as const
  for (const [id, draft] of passed) {
    await actor.queue(id)
    narrator.say('bob', `queues: ${titleOf(draft)}`)
    await follower.told('proposal_queued', id)
  }
  await actor.pastEta(proposals.parameter)
  for (const [id, draft] of passed) {
    await actor.execute(id)
    narrator.say('carol', `executes: ${titleOf(draft)}`)
    await follower.told('proposal_executed', id)
  }
}

async function countDown(
  { narrator, actor, follower, client, data, signal }: Story,
  { upgrade }: Proposals,
): Promise<void> {
  narrator.chapter('The queue counts down')
  const file = untilFile(data, 'upgrade-info.json', signal)
  // The file is awaited later; this avoids an unhandled rejection if the demo stops before.
  file.catch(() => undefined)
  const blocks = upgradeHeight - 6 - Number(await client.getBlockNumber())
  if (blocks > 0) {
    narrator.say('chain', `mines ${blocksText(blocks)} at once, then one a second`)
    await actor.mine(blocks)
  }
  await follower.told('upgrade_triggered', upgrade)
  narrator.file(join(data, 'upgrade-info.json'), await file)
}

async function switchTheBinary({ narrator, follower, node }: Story, { upgrade }: Proposals): Promise<void> {
  narrator.chapter('The process manager switches the binary')
  const outage = follower.outage()
  narrator.say('manager', 'sees the file and stops the old binary')
  await node.stop()
  await outage
  await follower.told('source_down')
  await node.start()
  narrator.say('manager', 'starts v2.0.0 on the same chain')
  await follower.told('upgrade_completed', upgrade)
}

function titleOf({ description }: ProposalDraft): string {
  return description.split('\n')[0]?.replace('# ', '') ?? ''
}

/** Resolves with the content of a file once it appears in an existing directory. */
async function untilFile(directory: string, name: string, signal: AbortSignal): Promise<string> {
  for await (const { filename } of watch(directory, { signal })) {
    if (filename === name) return fs.readFile(join(directory, name), 'utf8')
  }
  throw new Error(`${directory} is not watched any more.`)
}
