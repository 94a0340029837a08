import { describe, expect, onTestFinished } from 'vitest'
import { startBalancer } from '../../../support/servers/balancer.js'
import { deployGovBase, followGovBase } from '../govBase/govBaseChain.js'
import { follow } from '../governor/follow.js'
import { onSharedChain as it } from '../../../support/fixtures.js'

it('servers behind one address that are on two branches serve every poll', async ({ chain }) => {
  const { governor, actor } = await chain.deploy({ votingPeriod: 1_000 })
  await actor.mine(10)
  const balancer = await startBalancer(chain.url, { lag: 0, branch: true })
  onTestFinished(() => balancer.stop())
  const { poll, proposals } = follow({ urls: [balancer.url], addresses: [governor] })
  for (let round = 0; round < 8; round++) {
    await actor.propose({ description: `Round ${round}` })
    await actor.mine(2)
    await poll()
  }
  expect([...proposals.values()].map(({ title }) => title).sort()).toStrictEqual(
    Array.from({ length: 8 }, (_, round) => `Round ${round}`),
  )
})

describe.each([{ lag: 1 }, { lag: 2 }, { lag: 2, silent: true }, { lag: 5 }])(
  'servers behind one address, $lag blocks apart',
  (manner) => {
    it('serve every poll, and no new proposal is lost', async ({ chain }) => {
      const { governor, actor } = await chain.deploy({ votingPeriod: 1_000 })
      await actor.mine(10)
      const balancer = await startBalancer(chain.url, manner)
      onTestFinished(() => balancer.stop())
      const { poll, proposals } = follow({ urls: [balancer.url], addresses: [governor] })
      for (let round = 0; round < 8; round++) {
        await actor.propose({ description: `Round ${round}` })
        await actor.mine(round % 3)
        await poll()
      }
      await actor.mine(6)
      // Both servers have it by now, whichever answers.
      await poll()
      await poll()
      expect([...proposals.values()].map(({ title }) => title).sort()).toStrictEqual(
        Array.from({ length: 8 }, (_, round) => `Round ${round}`),
      )
    })

    it('serve a reader of another system, too', async ({ chain }) => {
      const council = await deployGovBase(chain, 'GovBaseCouncil')
      await chain.client.mine({ blocks: 10 })
      const balancer = await startBalancer(chain.url, manner)
      onTestFinished(() => balancer.stop())
      const { poll } = followGovBase(balancer.url, council)
      for (let round = 0; round < 4; round++) {
        await chain.client.mine({ blocks: 1 + round })
        await expect(poll()).resolves.toMatchObject({ ok: true })
      }
    })
  },
)
