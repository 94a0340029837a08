import { describe, expect } from 'vitest'
import { chainOf, watch } from './watching.js'
import { onSharedChain as it } from '../support/fixtures.js'

describe('our missing vote', () => {
  it.for(['5', '4-bravo', 'bravo'] as const)(
    'at a governor of version %s causes reminders until it is cast, each once, across a restart',
    async (kind, { chain, place }) => {
      const { governor, actor, voters } = await chain.deploy({ version: kind, votingPeriod: 300 })
      const ours = voters[1] ?? ''
      const config = {
        state: place.state,
        notifier: { handlers: [], reminders: ['5m'], voters: [ours.toLowerCase()] },
        chains: [chainOf(chain.url, governor)],
      }
      const id = await actor.propose({ description: 'Ours to decide' })
      await actor.mine(200, 2)
      {
        await using watching = watch(config)
        // The contract is asked about the votes on a proposal from the poll after the one that
        // found it.
        await watching.told('new_proposal', id)
        await actor.mine(1)
        expect(await watching.told('not_voted', id)).toMatchObject({
          priority: 'high',
          data: { reminder: '5m', status: 'voting', ownVotes: [{ address: ours, vote: 'not_voted' }] },
        })
        expect(watching.events(id)).toContain('voting_ending_soon')
        await actor.vote(id, 1, 0)
        await watching.settle()
        expect(watching.events(id).filter((event) => event === 'not_voted' || event === 'voted')).toStrictEqual([
          'not_voted',
        ])
      }
      await using watching = watch(config)
      await actor.mine(1)
      await watching.settle()
      expect(watching.events(id)).toStrictEqual([])
      await actor.vote(id, 1, 1)
      expect(await watching.told('voted', id)).toMatchObject({
        priority: 'low',
        data: { reminder: null, ownVotes: [{ address: ours, vote: 'voted' }] },
      })
      await actor.mine(1)
      await watching.settle()
      expect(watching.events(id)).toStrictEqual(['voted'])
    },
  )
})
