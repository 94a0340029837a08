import { describe, expect } from 'vitest'
import { type Address, toFunctionSelector } from 'viem'
import { SourceError } from '../../../../src/domain/errors.js'
import { deploy } from '../../../../src/localChain/deploy.js'
import type { Chain } from '../../../support/chain.js'
import type { Behaviour, RpcCall } from '../../../support/servers/countingProxy.js'
import { deployGovBase, followGovBase, readerOf } from './govBaseChain.js'
import { onOwnChain as it } from '../../../support/fixtures.js'

const { signal } = new AbortController()

/** A contract that answers ncpList() with an empty list and has no other function. */
async function ncpAt({ client }: Chain): Promise<Address> {
  const address = '0x0000000000000000000000000000000000001003'
  const selector = toFunctionSelector('ncpList()').slice(2)
  await client.setCode({ address, bytecode: `0x60003560e01c63${selector}1460145760006000fd5b602060005260406000f3` })
  return address
}

const isOwn = ({ method }: RpcCall): boolean => /^(istanbul|admin)_/.test(method)
const nodeInfo = {
  protocols: {
    istanbul: {
      config: { chainId: 8283, londonBlock: 0, applepieBlock: 0, bohoBlock: 14_408_500, boho: { systemContracts: {} } },
    },
  },
}

describe('check', () => {
  it('names each contract, its members, quorum, expiry and validators', async ({ chain }) => {
    const contracts = [
      await deployGovBase(chain, 'GovBaseValidator', { lifetime: 604_800 }),
      await deployGovBase(chain, 'GovBaseMasterMinter'),
      await deployGovBase(chain, 'GovBaseMinter'),
      await deployGovBase(chain, 'GovBaseCouncil', { size: 4, quorum: 2 }),
    ]
    const reports = await readerOf(chain.url, contracts).check(signal)

    expect(reports.map(({ system, contract, summary }) => [system, contract, summary])).toStrictEqual([
      ['gov-base', contracts[0]?.address, 'GovValidator, 5 members, quorum 3, votes end after 7 d, 5 validators'],
      ['gov-base', contracts[1]?.address, 'GovMasterMinter, 5 members, quorum 3, votes end after 16 min 40 s'],
      ['gov-base', contracts[2]?.address, 'GovMinter, 5 members, quorum 3, votes end after 16 min 40 s'],
      ['gov-base', contracts[3]?.address, 'GovCouncil, 4 members, quorum 2, votes end after 16 min 40 s'],
    ])
  })

  it('shows the fork heights in the config of the node if it serves them, but not as proposals', async ({
    chain,
    proxy,
  }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil')
    proxy.behave({ rewrite: (call, answer) => (call.method === 'admin_nodeInfo' ? { result: nodeInfo } : answer) })
    const { reader, poll, proposals } = followGovBase(proxy.url, council)
    const [report] = await reader.check(signal)
    const [parameters] = await reader.readParameters(signal)
    await poll()

    const forks = [
      "fork applepie at block 0, from the node's config",
      "fork boho at block 14408500, from the node's config",
    ]
    expect(report?.summary.endsWith(forks.join(', '))).toBe(true)
    expect(parameters?.details['forks']).toStrictEqual(forks)
    expect(proposals.size).toBe(0)
  })

  it.for<readonly [title: string, addressOf: (at: Chain, from: Address) => Promise<Address>, message: RegExp]>([
    [
      'an address without a contract',
      () => Promise.resolve('0x00000000000000000000000000000000000000Aa'),
      /There is no contract at 0x0+AA on chain local/,
    ],
    [
      'another contract',
      (at, from) => deploy(at.client, from, 'Plain'),
      /is not a contract of the GovBase family: it has no currentProposalId\(\)/,
    ],
    [
      'the GovNCP of another WBFT chain, which is at the address of GovMinter',
      ncpAt,
      /it is the GovNCP of another WBFT chain, which is not supported/,
    ],
    [
      'something that is not an address',
      () => Promise.resolve('0x12'),
      /0x12 is not the address of a contract of local/,
    ],
  ])('refuses %s', async ([_title, addressOf, message], { chain }) => {
    const { stranger } = await deployGovBase(chain, 'GovBaseCouncil')
    const address = await addressOf(chain, stranger)
    const made = async () => readerOf(chain.url, [{ address }]).check(signal)

    await expect(made()).rejects.toThrow(message)
    await expect(made()).rejects.toBeInstanceOf(SourceError)
    await expect(made()).rejects.toHaveProperty('kind', 'permanent')
  })
})

describe('members', () => {
  it('are those who vote, and the validators of the contract', async ({ chain }) => {
    const validators = await deployGovBase(chain, 'GovBaseValidator', { size: 2, quorum: 2 })
    const members = await readerOf(chain.url, [validators]).readMembers(signal)

    expect(members).toMatchObject([
      { address: validators.members[0], weight: 1n, role: 'member' },
      { address: validators.members[1], role: 'member' },
      { role: 'validator' },
      { role: 'validator' },
    ])
  })

  it('include the current validators of the contract, and those of the consensus', async ({ chain, proxy }) => {
    const validators = await deployGovBase(chain, 'GovBaseValidator', { size: 2, quorum: 2 })
    const inContract = '0x00000000000000000000000000000000000000C1'
    const inNode = '0x00000000000000000000000000000000000000c2'
    await validators.act(0, 'configureValidator', inContract, '0x', '0x')
    proxy.behave({
      rewrite: (call, answer) =>
        call.method === 'istanbul_getValidators' ? { result: [inNode.toLowerCase()] } : answer,
    })
    const reader = readerOf(proxy.url, [validators])
    const found = (await reader.readMembers(signal))
      .filter(({ role }) => role === 'validator')
      .map(({ address }) => address)

    expect(found).toHaveLength(3)
    expect(found).toContain(inContract)
    expect(found).toContain(inNode)
    expect((await reader.readParameters(signal))[0]?.details).toMatchObject({
      validators: 2,
      validatorsOfNode: 1,
      gasTip: '1000000000',
      memberVersion: '1',
      maxAttempts: '3',
    })
  })

  it.for<readonly [title: string, behaviour: Behaviour]>([
    [
      'says so',
      {
        rewrite: (call, answer) =>
          isOwn(call) ? { error: { code: -32601, message: 'the method does not exist/is not available' } } : answer,
      },
    ],
    ['has a gateway that forbids them', { fail: { status: 403 }, failOn: isOwn }],
    ['returns something else', { rewrite: (call, answer) => (isOwn(call) ? { result: 'no' } : answer) }],
  ])(
    "are read without the node's own methods if it lacks them and %s",
    async ([_title, behaviour], { chain, proxy }) => {
      const council = await deployGovBase(chain, 'GovBaseCouncil', { size: 1, quorum: 1 })
      proxy.behave(behaviour)
      const reader = readerOf(proxy.url, [council])

      expect(await reader.readMembers(signal)).toHaveLength(1)
      expect(await reader.check(signal)).toHaveLength(1)
    },
  )
})

describe('a single read', () => {
  it('returns a proposal by id or by status, and nothing for an unknown id', async ({ chain }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil')
    const voting = await council.propose(0, 'proposeAddBlacklist', council.stranger)
    const canceled = await council.propose(0, 'proposeChangeMaxProposals', 9n)
    await council.act(0, 'cancelProposal', canceled)
    await council.approve(2, voting)
    const reader = readerOf(chain.url, [council])

    expect(await reader.readProposal(council.address.toLowerCase(), '1', signal)).toMatchObject({
      id: '1',
      status: 'voting',
      tally: { yes: 2n, electorate: 5n },
    })
    expect(await reader.readProposal(council.address, '02', signal)).toMatchObject({ id: '2', status: 'canceled' })
    for (const id of ['0', '3', '-1', 'x', '9'.repeat(78), ''])
      expect(await reader.readProposal(council.address, id, signal)).toBeUndefined()
    expect(await reader.readProposal(council.stranger, '1', signal)).toBeUndefined()
    expect((await reader.readProposals('canceled', signal)).map(({ id }) => id)).toStrictEqual(['2'])
    expect(await reader.readProposals('executed', signal)).toStrictEqual([])
  })

  it('returns the current state, not that of earlier polls, and does not affect them', async ({ chain }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil')
    const id = await council.propose(0, 'proposeAddBlacklist', council.members[2])
    const { reader, poll, proposal } = followGovBase(chain.url, council)
    await poll()
    await council.act(4, 'changeMember', council.stranger)
    const [now] = await reader.readProposals('voting', signal)
    expect(now?.description).toContain(council.stranger)
    expect((await reader.readProposal(council.address, '1', signal))?.description).toContain(council.stranger)

    await poll()
    expect(proposal(id)?.description).toContain(council.stranger)
    expect(proposal(id)?.description).not.toContain(council.members[4])
  })
})

describe('a node that misbehaves', () => {
  it('fails the reading, changes nothing, and its URL stays secret', async ({ chain, proxy }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil')
    await council.propose(0, 'proposeAddBlacklist', council.stranger)
    const { poll, cursor } = followGovBase(`${proxy.url}/secret-key`, council)
    await poll()
    const before = cursor()
    await chain.client.mine({ blocks: 1 })
    for (const fail of ['drop', { status: 503 }] as const) {
      proxy.behave({ fail })
      const failure = await poll().catch((cause: unknown) => cause)
      expect(failure).toBeInstanceOf(SourceError)
      expect(failure).toHaveProperty('kind', 'transient')
      expect(String(failure)).not.toContain('secret-key')
    }
    expect(cursor()).toStrictEqual(before)
  })

  it('whose contract stops answering keeps what was known, with a warning', async ({ chain }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil')
    const id = await council.propose(0, 'proposeAddBlacklist', council.stranger)
    const { poll, proposal } = followGovBase(chain.url, council)
    await poll()
    await council.approve(1, id)
    const code = (await chain.client.getCode({ address: council.address })) ?? '0x'
    await chain.client.setCode({ address: council.address, bytecode: '0x00' })
    const reading = await poll()

    expect(reading.warnings).toStrictEqual([
      expect.stringMatching(/did not answer at block \d+: its proposals stay as they were/),
    ])
    expect(proposal(id)?.tally?.yes).toBe(1n)
    await chain.client.setCode({ address: council.address, bytecode: code })
    await chain.client.mine({ blocks: 1 })
    await poll()
    expect(proposal(id)?.tally?.yes).toBe(2n)
  })
})
