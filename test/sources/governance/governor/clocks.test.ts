import { encodeAbiParameters, encodeFunctionData, numberToHex, parseAbi, parseAbiParameters } from 'viem'
import { describe, expect } from 'vitest'
import { deploy } from '../../../../src/localChain/deploy.js'
import { governorActor } from '../../../../src/localChain/governorActor.js'
import { transact } from '../../../../src/localChain/transact.js'
import { withEstimates } from '../../../../src/domain/proposals/withEstimates.js'
import { clockOwnerOf } from '../../../../src/sources/governance/governor/clock.js'
import { newChain } from '../../../../src/domain/newChain.js'
import { stepLine } from '../../../support/line.js'
import type { Chain } from '../../../support/chain.js'
import { follow, readerOf } from './follow.js'
import { onSharedChain as it } from '../../../support/fixtures.js'

const { signal } = new AbortController()

/** A governor that counts in the blocks of another chain, which is at `distant`, and its actors. */
async function distantGovernor(chain: Chain, distant: number) {
  const near = await chain.deploy()
  const from = near.voters[0]!
  const token = await deploy(
    chain.client,
    from,
    'DistantToken',
    encodeAbiParameters(parseAbiParameters('uint48, address[], uint256'), [distant, near.voters, 100n]),
  )
  const governor = await deploy(
    chain.client,
    from,
    'SimpleGovernor',
    encodeAbiParameters(parseAbiParameters('address, uint256, uint256, uint256'), [token, 1n, 10n, 300n]),
  )
  const moveOn = (chain: Chain, blocks: number) =>
    transact(chain.client, {
      from,
      to: token,
      data: encodeFunctionData({ abi: parseAbi(['function moveOn(uint48)']), args: [blocks] }),
    })
  return { governor, moveOn, actor: governorActor(chain.client, { ...near, governor, token }) }
}

describe('a governor that counts in the blocks of another chain', () => {
  it.for([
    ['far behind', 4],
    ['far ahead', 5_000_000],
  ] as const)(
    'that is %s is followed by its own clock through every status',
    async ([_where, distant], { chain, proxy }) => {
      const { governor, moveOn, actor } = await distantGovernor(chain, distant)
      await actor.mine(40)
      const { poll, proposal, restarted } = follow({ urls: [proxy.url], addresses: [governor] })
      await poll()
      const id = await actor.propose({ description: 'Counted elsewhere' })
      await poll()
      expect(proposal(id)).toMatchObject({ status: 'submitted', foreignClock: true })
      await moveOn(chain, 2)
      await poll()
      expect(proposal(id)).toMatchObject({ status: 'voting' })
      for (const voter of [0, 1, 2]) await actor.vote(id, 1, voter)
      await poll()
      expect(proposal(id)).toMatchObject({ status: 'voting', tally: { yes: 300n, quorum: 300n, quorumReached: true } })
      await moveOn(chain, 20)
      const next = restarted(readerOf({ urls: [proxy.url], addresses: [governor] }))
      await next.poll()
      expect(next.proposal(id)).toMatchObject({ status: 'passed' })
      const [report] = await readerOf({ urls: [proxy.url], addresses: [governor] }).check(signal)
      expect(report?.summary).toContain('block clock of eip155:1')
    },
  )

  it('gets no time-out and no estimate, and is not taken for closed', async ({ chain, proxy }) => {
    const { governor, moveOn, actor } = await distantGovernor(chain, 4)
    const { poll, reader } = follow({ urls: [proxy.url], addresses: [governor] })
    const id = await actor.propose({ description: 'Long past here' })
    await moveOn(chain, 2)
    await actor.mine(60, 3_600)
    const reading = await reader.read({ open: [], signal })
    const { state } = stepLine({ diff: { proposalTimeout: 1_000 } })(newChain('local', 0), { type: 'reading', reading })
    const [found] = [...state.proposals.values()]
    expect(found).toMatchObject({ id: id.toString(), status: 'voting' })
    expect(withEstimates(found!, state)).toStrictEqual(found)
    await poll()
  })

  it('is recognised by the block.number of contracts if it has no clock of its own', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy({ version: 'bravo' })
    const id = await actor.propose({ description: 'On a rollup' })
    await actor.toVotingStart(id)
    await actor.mine(1)
    proxy.behave({
      rewrite: (call, answer) =>
        JSON.stringify(call.params ?? []).includes('0x4360005260206000f3')
          ? { result: numberToHex(400_000n, { size: 32 }) }
          : answer,
    })
    const { poll, proposal } = follow({ urls: [proxy.url], addresses: [governor] })
    await poll()
    expect(proposal(id)).toMatchObject({ status: 'voting', foreignClock: true })
    proxy.behave({})
  })

  it('is recognised by the name of its chain or by its distance', () => {
    const owner = (mode: string | undefined, now: bigint | undefined) =>
      clockOwnerOf({ mode, now, head: 1_000n, chainId: 10 })
    expect(owner('mode=blocknumber&from=default', 1_001n)).toStrictEqual({})
    expect(owner('mode=blocknumber&from=eip155:10', 1_000n)).toStrictEqual({})
    expect(owner('mode=blocknumber&from=eip155:1', 1_000n)).toStrictEqual({ isDistant: true, clockOf: 'eip155:1' })
    expect(owner('mode=blocknumber&from=default', 90n)).toStrictEqual({ isDistant: true })
    expect(owner(undefined, 90n)).toStrictEqual({ isDistant: true })
    expect(owner(undefined, undefined)).toStrictEqual({})
    expect(owner('mode=timestamp', 1_700_000_000n)).toStrictEqual({})
  })
})

describe('the start and end of a vote that is counted in blocks', () => {
  const timeOf = async (chain: Chain, block: bigint | undefined) =>
    (await chain.client.getBlock({ blockNumber: block ?? 0n })).timestamp

  it('are the times of its own blocks once they are past, and do not change later', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy()
    const { poll, proposal } = follow({ urls: [proxy.url], addresses: [governor] })
    const id = await actor.propose({ description: 'Timed' })
    await poll()
    expect(proposal(id)).not.toHaveProperty('votingEndsAt')
    await actor.mine(3, 7)
    await poll()
    expect(proposal(id)?.votingStartsAt).toBe(await timeOf(chain, proposal(id)?.votingStart))
    await actor.mine(20, 60)
    await poll()
    expect(proposal(id)?.status).toBe('rejected')
    const end = await timeOf(chain, proposal(id)?.votingEnd)
    expect(proposal(id)?.votingEndsAt).toBe(end)
    await actor.mine(20, 600)
    await poll()
    expect(proposal(id)?.votingEndsAt).toBe(end)
  })

  it('are read for a proposal that closed before the first sync, too', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy()
    const id = await actor.propose({ description: 'Over' })
    await actor.mine(30, 13)
    const { poll, proposal } = follow({ urls: [proxy.url], addresses: [governor] })
    await poll()
    expect(proposal(id)?.votingStartsAt).toBe(await timeOf(chain, proposal(id)?.votingStart))
    expect(proposal(id)?.votingEndsAt).toBe(await timeOf(chain, proposal(id)?.votingEnd))
  })
})
