import { describe, expect } from 'vitest'
import {
  decodeAbiParameters,
  encodeAbiParameters,
  encodeFunctionData,
  isHex,
  numberToHex,
  parseAbi,
  parseAbiParameters,
  parseEther,
} from 'viem'
import { transact } from '../../../../src/localChain/transact.js'
import { boundedJson, parsedJson } from '../../../../src/domain/text/boundedJson.js'
import { SourceError } from '../../../../src/domain/errors.js'
import type { CountingProxy, RpcCall } from '../../../support/countingProxy.js'
import { follow, readerOf } from './follow.js'
import { day, type WemixChain } from './wemixChain.js'
import { onWemix as it } from './onWemix.js'

const fresh = (): AbortSignal => new AbortController().signal

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
    'is found as the nodes find it, deployed with nonce %i by the miner of block 0',
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

  it('is missing on a private chain: that is said, with what to do', async ({ chain, proxy }) => {
    const { registry } = await chain.wemix({
      deployer: await founder(chain, '0x00000000000000000000000000000000000aF00d', 10),
    })
    minedBy(proxy, '0x00000000000000000000000000000000000af00d')
    const found = readerOf({ urls: [proxy.url] }).check(fresh())
    await expect(found).rejects.toMatchObject({
      name: 'SourceError',
      kind: 'permanent',
      message:
        'No WEMIX registry was found on local: none of the first 10 contracts of the miner of block 0 answers to magic(). Set governance.address to the registry.',
    })
    expect(await readerOf({ urls: [proxy.url], registry }).check(fresh())).toHaveLength(1)
  })

  it('is not just any contract', async ({ chain }) => {
    const { gov } = await chain.wemix()
    await expect(follow({ urls: [chain.url], registry: gov }).poll()).rejects.toThrow(
      `${gov} on local is no WEMIX registry`,
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

  it('that names something else for governance is an error', async ({ chain }) => {
    const { registry, env, point } = await chain.wemix()
    await point('GovernanceContract', env)
    await expect(follow({ urls: [chain.url], registry }).poll()).rejects.toThrow(
      `${env}, which the registry of local names as GovernanceContract, is no governance of WEMIX: it has no ballotLength().`,
    )
  })

  it('that is pointed at a new governance is followed, also in the middle of a vote, whose weights change with the members', async ({
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

  it('that is pointed at a new ballot storage is followed: what cannot be decided any more is canceled, old ballots are no news', async ({
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

    proposals.clear()
    await point('BallotStorage', moved)
    await poll()
    expect([...proposals.values()].map(({ contract, id, status }) => [contract, id, status])).toStrictEqual([
      [ballots, '1', 'canceled'],
    ])
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

describe('a count of many more ballots than there are', () => {
  it('is not followed to its end: the reading has failed after a portion of nothing', async ({ chain, proxy }) => {
    const { registry, gov, changeEnv } = await chain.wemix()
    await changeEnv('blocksPer', [2n])
    await chain.client.setStorageAt({ address: gov, index: 3, value: numberToHex(3_000n, { size: 32 }) })
    await chain.client.mine({ blocks: 1 })
    proxy.reset()
    await expect(follow({ urls: [proxy.url], registry }).poll()).rejects.toThrow(
      /says that there are 3000 ballots, and none of those from \d+ on is there\.$/,
    )
    expect(proxy.requests.length).toBeLessThan(10)
  })
})

describe('the block tags of WEMIX nodes', () => {
  it('do not know `safe`: that is said, with what to do', async ({ chain, proxy }) => {
    const { registry } = await chain.wemix()
    proxy.behave({
      rewrite: (call, answer) =>
        call.params?.[0] === 'safe'
          ? { error: { code: -32602, message: 'invalid argument 0: hex string without 0x prefix' } }
          : answer,
    })
    await expect(follow({ urls: [proxy.url], registry, finality: 'safe' }).poll()).rejects.toThrow(
      /does not know the block tag .*: set finality to latest or to a number of confirmations\.$/,
    )
  })

  it('take `finalized` for the latest block', async ({ chain, proxy }) => {
    const { registry, changeEnv } = await chain.wemix()
    let latest: Readonly<Record<string, unknown>> = {}
    proxy.behave({
      rewrite: (call, answer) => {
        if (call.params?.[0] === 'latest') latest = answer
        return call.params?.[0] === 'finalized' ? latest : answer
      },
    })
    const { poll, proposal } = follow({ urls: [proxy.url], registry, finality: 'finalized' })
    const id = await changeEnv('blocksPer', [2n])
    const { head, at } = await poll()
    expect(at).toStrictEqual(head)
    expect(proposal(id)).toMatchObject({ status: 'submitted' })
  })

  it('are never used for logs, because none are read, nor for state, because that is pinned to a number', async ({
    chain,
    proxy,
  }) => {
    const { registry, changeEnv, vote } = await chain.wemix()
    const { poll } = follow({ urls: [proxy.url], registry })
    await poll()
    const id = await changeEnv('blocksPer', [2n])
    await vote(id, true, 0)
    proxy.reset()
    await poll()
    await poll()
    expect(proxy.methods()).not.toContain('eth_getLogs')
    const blocks = proxy.requests
      .flat()
      .filter(({ method }) => method === 'eth_call')
      .map(({ params }) => params?.[1])
    expect(new Set(blocks)).toStrictEqual(new Set([blocks[0]]))
    expect(blocks[0]).toMatch(/^0x[0-9a-f]+$/)
  })
})

/** A multicall without a contract answers with the code of one: geth holds it to the size of code, anvil does not. */
const withCodeLimit = ({ method, params }: RpcCall, answer: Readonly<Record<string, unknown>>) =>
  method === 'eth_call' && !('to' in Object(params?.[0])) && String(answer['result']).length > 2 * 24_576
    ? { error: { code: -32000, message: 'max code size exceeded' } }
    : answer

const results = parseAbiParameters('(bool success, bytes returnData)[]')
/** Lets all but the first view of a multicall over so many new ballots run out of gas. */
const starvedBallots =
  (ballots: number) =>
  ({ method, params }: RpcCall, answer: Readonly<Record<string, unknown>>) => {
    const { result } = answer
    if (method !== 'eth_call' || 'to' in Object(params?.[0]) || !isHex(result)) return answer
    const [views] = decodeAbiParameters(results, result)
    if (views.length !== ballots * 5) return answer
    return {
      result: encodeAbiParameters(results, [
        views.map((view, index) => (index === 0 ? view : { success: false, returnData: '0x' as const })),
      ]),
    }
  }

describe('a memo', () => {
  it.for([
    ['nothing', '0x', ''],
    ['bytes that are no UTF-8', '0xff48656c6c6ffe', '\ufffdHello\ufffd'],
    ['NUL', '0x4865006c6c6f0000', 'Hello'],
    ['terminal commands and text that runs backwards', '0x1b5b33316d48656c6c6fe280ae', 'Hello'],
  ] as const)('of %s is shown for what it is worth', async ([_what, memo, shown], { chain }) => {
    const { registry, changeEnv } = await chain.wemix()
    const { poll, proposal } = follow({ urls: [chain.url], registry })
    const id = await changeEnv('blocksPer', [2n], { memo })
    await poll()
    expect(proposal(id)?.description).toBe(
      `Changes the variable blocksPer to 2.\nThe first vote starts it; until then it has no deadline.${shown === '' ? '' : `\n\n${shown}`}`,
    )
  })

  it('longer than a multicall can answer is read all the same, again and again, and capped', async ({
    chain,
    proxy,
  }) => {
    const { registry, changeEnv, editMemo } = await chain.wemix()
    const { poll, proposal, proposals } = follow({ urls: [proxy.url], registry })
    const others = [await changeEnv('blocksPer', [2n]), await changeEnv('blocksPer', [3n])]
    const id = await changeEnv('blocksPer', [4n], { memo: 'x'.repeat(18_000) })
    // In two steps, because a block holds no more.
    await editMemo(id, 'x'.repeat(30_000))
    proxy.behave({ rewrite: withCodeLimit })
    await poll()
    expect(proposal(id)?.description).toHaveLength(20_000)
    expect(proposals.size).toBe(3)
    await chain.mine()
    proxy.reset()
    await poll()
    expect(proxy.requests).toHaveLength(2)
    expect(others.map((other) => proposal(other)?.readAt)).toStrictEqual([proposal(id)?.readAt, proposal(id)?.readAt])
  })

  it('that leaves the views beside it without gas does not hide what they tell', async ({ chain, proxy }) => {
    const { registry, changeEnv } = await chain.wemix()
    await changeEnv('blocksPer', [2n], { memo: 'x'.repeat(1_000) })
    await changeEnv('blocksPer', [3n])
    proxy.behave({ rewrite: starvedBallots(2) })
    const { poll, proposals } = follow({ urls: [proxy.url], registry })
    await poll()
    expect([...proposals.values()].map(({ title }) => title)).toStrictEqual([
      'Change blocksPer to 2',
      'Change blocksPer to 3',
    ])
  })

  it('can still be changed after votes, not once the ballot is final, and for ever on a canceled one', async ({
    chain,
  }) => {
    const { registry, changeEnv, vote, editMemo, cancel } = await chain.wemix()
    const { poll, proposal } = follow({ urls: [chain.url], registry })
    const id = await changeEnv('blocksPer', [2n], { memo: 'first' })
    await vote(id, true, 0)
    await poll()
    await editMemo(id, 'second')
    await poll()
    expect(proposal(id)?.description).toContain('second')
    await vote(id, true, 1)
    await expect(editMemo(id, 'third')).rejects.toThrow('already finalized')
    await poll()
    expect(proposal(id)).toMatchObject({ status: 'executed' })

    const other = await changeEnv('blocksPer', [2n], { memo: 'first' })
    await cancel(other)
    await editMemo(other, 'after the end')
    await poll()
    expect(proposal(other)).toMatchObject({ status: 'canceled' })
  })
})

describe('what does not exist', () => {
  it('reads as zeros, or reverts, and is neither a ballot nor a vote', async ({ chain }) => {
    const { registry, changeEnv } = await chain.wemix()
    const { poll, proposals } = follow({ urls: [chain.url], registry })
    expect(await poll()).toMatchObject({ proposals: [], votes: [], warnings: [] })
    await changeEnv('blocksPer', [2n])
    expect(await poll()).toMatchObject({ votes: [], warnings: [] })
    expect([...proposals.values()].map(({ id }) => id)).toStrictEqual(['1'])
  })
})

describe('what cannot be read', () => {
  it('is a node that answers for another chain, or not at all', async ({ chain, proxy }) => {
    const { registry } = await chain.wemix()
    await expect(follow({ urls: [chain.url], registry, chainId: 1111 }).poll()).rejects.toThrow(
      'stands on chain 31337, expected 1111',
    )
    proxy.behave({ fail: { status: 503, body: 'Service Unavailable' } })
    const { poll } = follow({ urls: [proxy.url], registry })
    await expect(poll()).rejects.toMatchObject({ kind: 'transient' })
    await expect(poll()).rejects.toBeInstanceOf(SourceError)
  })

  it('is a place in the history that another system wrote', async ({ chain }) => {
    const { registry } = await chain.wemix()
    const { poll, cursor } = follow({ urls: [chain.url], registry })
    await poll()
    await chain.mine()
    const theirs =
      boundedJson(
        parsedJson(JSON.stringify(cursor(), (key, value: unknown) => (key === 'counts' ? undefined : value))),
      ) ?? null
    await expect(
      readerOf({ urls: [chain.url], registry }).read({ cursor: theirs, open: [], signal: fresh() }),
    ).rejects.toThrow('is that of another governance system')
  })

  it.for([1, 2])(
    'is not a block that is another one at the %i. look, where a second try finds it as it is',
    async (look, { chain, proxy }) => {
      const { registry, changeEnv } = await chain.wemix()
      const { poll, proposals } = follow({ urls: [proxy.url], registry })
      await poll()
      await changeEnv('blocksPer', [2n])
      const head = `0x${(await chain.client.getBlockNumber()).toString(16)}`
      let looks = 0
      proxy.behave({
        rewrite: (call, answer) =>
          call.method === 'eth_getBlockByNumber' && call.params?.[0] === head && ++looks === look
            ? { result: { ...Object(answer['result']), hash: `0x${'ab'.repeat(32)}` } }
            : answer,
      })
      expect((await poll()).head.hash).toBe((await chain.client.getBlock()).hash)
      expect(looks).toBeGreaterThanOrEqual(look)
      expect([...proposals.values()]).toMatchObject([{ id: '1', status: 'submitted' }])
    },
  )

  it.for([3, 4])(
    'is a block that is another one at the %i. look during one reading',
    async (look, { chain, proxy }) => {
      const { registry, changeEnv } = await chain.wemix()
      const { poll, cursor, proposals } = follow({ urls: [proxy.url], registry })
      await poll()
      const before = cursor()
      await changeEnv('blocksPer', [2n])
      const head = `0x${(await chain.client.getBlockNumber()).toString(16)}`
      let looks = 0
      proxy.behave({
        rewrite: (call, answer) =>
          call.method === 'eth_getBlockByNumber' && call.params?.[0] === head && ++looks === look
            ? { result: { ...Object(answer['result']), hash: `0x${'ab'.repeat(32)}` } }
            : answer,
      })
      await expect(poll()).rejects.toMatchObject({ kind: 'transient' })
      expect(cursor()).toStrictEqual(before)
      proxy.behave({})
      await poll()
      expect(proposals.size).toBe(1)
    },
  )

  it('does not retract anything where a call fails', async ({ chain, proxy }) => {
    const { registry, changeEnv } = await chain.wemix()
    const { poll, proposal } = follow({ urls: [proxy.url], registry })
    const id = await changeEnv('blocksPer', [2n], { duration: day })
    await poll()
    for (const error of [
      { code: -32603, message: 'Internal error' },
      { code: -32000, message: 'missing trie node ab' },
      { code: 3, message: 'execution reverted' },
    ]) {
      await chain.mine()
      proxy.behave({ rewrite: (call, answer) => (call.method === 'eth_call' ? { error } : answer) })
      await expect(poll()).rejects.toBeInstanceOf(SourceError)
    }
    proxy.behave({})
    expect((await poll()).retracted).toStrictEqual([])
    expect(proposal(id)).toMatchObject({ status: 'submitted' })
  })
})

describe('a node with the admin API', () => {
  it('tells of the others; what it says is cleaned, and what is no such answer is passed over', async ({
    chain,
    proxy,
  }) => {
    const { registry } = await chain.wemix()
    const nodesOf = async (result: unknown): Promise<unknown> => {
      proxy.behave({ rewrite: (call, answer) => (call.method === 'admin_wemixInfo' ? { result } : answer) })
      const [parameters] = await readerOf({ urls: [proxy.url], registry }).readParameters(fresh())
      return parameters?.details['nodes']
    }
    expect(
      await nodesOf({
        nodes: [{ name: 'seoul\u202e', status: 'up', miner: true, addr: someAddress }, { name: 'busan' }],
        maxIdle: 1e21,
      }),
    ).toStrictEqual([{ name: 'seoul', status: 'up', miner: true }, { name: 'busan' }])
    expect(await nodesOf('')).toBeUndefined()
    expect(await nodesOf({ nodes: 'none' })).toBeUndefined()
    proxy.behave({})
    const [parameters] = await readerOf({ urls: [proxy.url], registry }).readParameters(fresh())
    expect(parameters?.details).not.toHaveProperty('nodes')
  })
})

const someAddress = '0x00000000000000000000000000000000000000A1'

describe('a contract that says it has more ballots than there can be', () => {
  it('is not read for ever', async ({ chain }) => {
    const { registry, gov } = await chain.wemix()
    // The fourth variable of the contract is ballotLength.
    await chain.client.setStorageAt({ address: gov, index: 3, value: `0x${'ff'.repeat(32)}` })
    await expect(follow({ urls: [chain.url], registry }).poll()).rejects.toThrow(
      /says it has \d+ ballots, more than any chain could hold/,
    )
  })
})
