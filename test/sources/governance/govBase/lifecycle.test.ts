import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Chain, startChain } from '../../../support/chain.js'
import { deployGovBase, followGovBase } from './govBaseChain.js'

let chain: Chain
beforeAll(async () => {
  chain = await startChain()
})
afterAll(() => chain.stop())

describe('a proposal', () => {
  it('is followed from its submission to its execution by the deciding vote', async () => {
    const validators = await deployGovBase(chain, 'GovBaseValidator')
    const { poll, proposal } = followGovBase(chain.url, validators)
    await poll()

    const id = await validators.propose(0, 'proposeGasTip', 5_000_000_000n)
    const first = await poll()
    expect(first.votes).toMatchObject([{ voter: validators.members[0], choice: 'yes', weight: 1n, id: '1' }])
    expect(proposal(id)).toMatchObject({
      system: 'gov-base', contract: validators.address, title: 'Set gas tip to 5 gwei', type: 'parameter', status: 'voting', derived: false,
      proposer: validators.members[0], clock: 'timestamp',
      tally: { yes: 1n, no: 0n, abstain: 0n, unit: 'members', quorum: 3n, electorate: 5n, turnout: 0.2, thresholdMet: false, quorumReached: false },
    })
  })
})
