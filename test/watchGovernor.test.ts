import { filter, map, pipe, share, take, toArray } from 'rxjs'
import { createPublicClient, http } from 'viem'
import { describe, expect } from 'vitest'
import { changes, stage, trackUpgrades, watchGovernor } from '../src/index.js'
import { upgradeDraft } from './monitor/upgradeStory.js'
import { soon } from './monitor/watching.js'
import type { Chain } from './support/chain.js'
import { onSharedChain as it } from './support/fixtures.js'

const clientOf = (chain: Chain) => createPublicClient({ transport: http(chain.url) })

describe('watchGovernor', () => {
  it('takes a viem client and an address, and emits the changes of each poll', async ({ chain }) => {
    const people = await chain.deploy()
    const change$ = watchGovernor(clientOf(chain), { address: people.governor, periodMs: 50 }).pipe(changes(), share())
    const told = soon(change$.pipe(take(2), toArray()), 'two changes')
    const id = await people.actor.propose(upgradeDraft(people, { name: 'v2', height: 900_000 }))
    await people.actor.toVotingStart(id)
    await people.actor.vote(id, 1, 0)

    expect(await told).toMatchObject([
      { type: 'proposalAppeared', chain: 'chain', proposal: { title: 'Upgrade to v2' } },
      {},
    ])
  })

  it('continues from the state of an earlier watch', async ({ chain }) => {
    const people = await chain.deploy()
    await people.actor.propose({ description: '# Thank you' })
    const options = { address: [people.governor], name: 'mine', periodMs: 50 } as const
    const { state } = await soon(watchGovernor(clientOf(chain), options), 'a turn')
    const next = await soon(watchGovernor(clientOf(chain), { ...options, seed: state }), 'a turn')

    expect(state.chain).toBe('mine')
    expect([...state.proposals.values()]).toMatchObject([{ title: 'Thank you' }])
    expect(next.changes).toStrictEqual([])
    expect(next.state.proposals.size).toBe(1)
  })

  it('accepts an operator between the stages', async ({ chain }) => {
    const people = await chain.deploy()
    await people.actor.propose(upgradeDraft(people, { name: 'v2', height: 900_000 }))
    const seen: string[] = []
    const noting = stage('noting', (draft) => {
      seen.push(...draft.changes.map(({ type }) => type))
      return draft
    })
    const queue$ = watchGovernor(clientOf(chain), {
      address: people.governor,
      stages: ({ ignoreOlder, followHead, diffProposals, planUpgrades }) =>
        pipe(ignoreOlder, followHead, diffProposals, noting, planUpgrades),
    }).pipe(
      trackUpgrades(),
      map(({ upgrades }) => upgrades),
      filter((upgrades) => upgrades.length > 0),
    )

    expect(await soon(queue$, 'an upgrade')).toMatchObject([{ name: 'v2', status: 'pending' }])
    expect(seen).toContain('proposalAppeared')
  })

  it('emits turns with a failure for an unreachable node, without its URL', async () => {
    const client = createPublicClient({ transport: http('http://127.0.0.1:1/s3cr3t', { retryCount: 0 }) })
    const turn = await soon(watchGovernor(client, { address: `0x${'12'.repeat(20)}` }), 'a turn')

    expect(turn.failure).toMatchObject({ kind: 'transient' })
    expect(JSON.stringify(turn.failure)).not.toContain('s3cr3t')
  })
})
