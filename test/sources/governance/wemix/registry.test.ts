import { describe, expect } from 'vitest'
import { encodeFunctionData, parseAbi, parseEther } from 'viem'
import { transact } from '../../../../src/localChain/transact.js'
import type { CountingProxy } from '../../../support/servers/countingProxy.js'
import { follow, readerOf, fresh } from './follow.js'
import type { WemixChain } from './wemixChain.js'
import { onWemix as it } from './onWemix.js'

/** A node whose block 0 was mined by `miner`. */
const minedBy = (proxy: CountingProxy, miner: string) => {
  proxy.behave({
    rewrite: (call, answer) =>
      call.method === 'eth_getBlockByNumber' && call.params?.[0] === '0x0'
        ? { result: { ...Object(answer['result']), miner } }
        : answer,
  })
}
const founder = async (chain: WemixChain, address: `0x${string}`, nonce: number): Promise<`0x${string}`> => {
  await chain.client.setBalance({ address, value: parseEther('100') })
  await chain.client.impersonateAccount({ address })
  await chain.client.setNonce({ address, nonce })
  return address
}

describe('the registry', () => {
  it.for([0, 1, 9])(
    'is found like the nodes find it, deployed with nonce %i by the miner of block 0',
    async (nonce, { chain, proxy }) => {
      const deployer = await founder(chain, `0x00000000000000000000000000000000000${nonce}f00d`, nonce)
      const { registry, changeEnv } = await chain.wemix({ deployer })
      const id = await changeEnv('blocksPer', [2n])
      minedBy(proxy, deployer)
      const { poll, proposal, reader } = follow({ urls: [proxy.url] })
      await poll()
      expect(proposal(id)).toMatchObject({ status: 'submitted' })
      expect((await reader.check(fresh()))[0]?.summary).toContain(`registry ${registry}`)
    },
  )

  it('is reported as missing on a private chain, with what to do', async ({ chain, proxy }) => {
    const { registry } = await chain.wemix({
      deployer: await founder(chain, '0x00000000000000000000000000000000000aF00d', 10),
    })
    minedBy(proxy, '0x00000000000000000000000000000000000af00d')
    const found = readerOf({ urls: [proxy.url] }).check(fresh())
    await expect(found).rejects.toMatchObject({
      name: 'SourceError',
      kind: 'permanent',
      message:
        'No WEMIX registry was found on local: none of the first 10 contracts of the miner of block 0 answers magic(). Set governance.address to the registry.',
    })
    expect(await readerOf({ urls: [proxy.url], registry }).check(fresh())).toHaveLength(1)
  })

  it('is not accepted if it is another contract', async ({ chain }) => {
    const { gov } = await chain.wemix()
    await expect(follow({ urls: [chain.url], registry: gov }).poll()).rejects.toThrow(
      `${gov} on local is not a WEMIX registry`,
    )
    await expect(
      follow({ urls: [chain.url], registry: '0x00000000000000000000000000000000000000ff' }).poll(),
    ).rejects.toMatchObject({ kind: 'permanent' })
  })

  it.for(['GovernanceContract', 'BallotStorage', 'EnvStorage'] as const)(
    'without a %s is an error that names it',
    async (name, { chain }) => {
      const { registry } = await chain.wemix({ without: [name] })
      await expect(follow({ urls: [chain.url], registry }).poll()).rejects.toThrow(
        `The registry ${registry} of local names no ${name}`,
      )
    },
  )

  it('that names another contract for governance is an error', async ({ chain }) => {
    const { registry, env, point } = await chain.wemix()
    await point('GovernanceContract', env)
    await expect(follow({ urls: [chain.url], registry }).poll()).rejects.toThrow(
      `${env}, which the registry of local names as GovernanceContract, is not a WEMIX governance contract: it has no ballotLength().`,
    )
  })

  it('that names a new governance is followed, also during a vote, with the weights of the new members', async ({
    chain,
  }) => {
    const { registry, people, changeEnv, vote, successor, point } = await chain.wemix({ members: 2 })
    const { poll, proposal } = follow({ urls: [chain.url], registry })
    await poll()
    const id = await changeEnv('blocksPer', [2n])
    await vote(id, true, 0)
    await poll()
    expect(proposal(id)?.tally).toMatchObject({ yes: 5_000n, thresholdMet: false })

    const next = await successor(people.slice(0, 5))
    await point('GovernanceContract', next)
    await chain.client.impersonateAccount({ address: people[1]! })
    await poll()
    expect(proposal(id)).toMatchObject({ status: 'voting', tally: { yes: 5_000n } })
    await voteAt(chain, next, id, people[1]!)
    const { votes } = await poll()
    expect(votes).toMatchObject([{ voter: people[1], weight: 2_000n, index: 2 }])
    expect(proposal(id)).toMatchObject({ status: 'executed', tally: { yes: 7_000n, thresholdMet: true } })
  })

  it('that names a new ballot storage is followed: open ballots are canceled, and old ones are not announced', async ({
    chain,
  }) => {
    const { registry, ballots, changeEnv, cancel, newBallots, point } = await chain.wemix()
    const { poll, proposals, reader } = follow({ urls: [chain.url], registry })
    await changeEnv('blocksPer', [2n])
    await poll()
    const moved = await newBallots()
    await point('BallotStorage', moved)
    await changeEnv('maxBaseFee', [10n ** 13n])
    const { retracted } = await poll()

    expect(retracted).toStrictEqual([])
    expect(
      [...proposals.values()].map(({ contract, id, status, derived }) => [contract, id, status, derived]),
    ).toStrictEqual([
      [ballots, '1', 'canceled', true],
      [moved, '2', 'submitted', false],
    ])
    expect([...proposals.values()][0]?.description).toContain(`The registry keeps its ballots at ${moved} now`)
    expect(await reader.readProposal(ballots, '1', fresh())).toBeUndefined()
    await cancel(2n, 0, moved)
    await point('BallotStorage', ballots)
    await poll()
    expect([...proposals.values()][0]).toMatchObject({ contract: ballots, id: '1', status: 'submitted' })

    await point('BallotStorage', moved)
    const { proposals: read } = await poll()
    expect(read.map(({ contract, id, status }) => [contract, id, status])).toStrictEqual([[ballots, '1', 'canceled']])
  })
})

async function voteAt(chain: WemixChain, gov: `0x${string}`, id: bigint, from: `0x${string}`): Promise<void> {
  const data = encodeFunctionData({
    abi: parseAbi(['function vote(uint256 id, bool approval)']),
    functionName: 'vote',
    args: [id, true],
  })
  await transact(chain.client, { from, to: gov, data })
}
