import { describe, expect } from 'vitest'
import { keccak256, stringToHex } from 'viem'
import type { ProposalType } from '../../../../src/domain/proposals/proposal.js'
import { deployGovBase, followGovBase, type GovBaseName } from './govBaseChain.js'
import { onSharedChain as it } from '../../../support/fixtures.js'

const a = '0x00000000000000000000000000000000000000A1'
const b = '0x00000000000000000000000000000000000000b2'
const c = '0x00000000000000000000000000000000000000c3'
const d = '0x00000000000000000000000000000000000000D4'
const many = Array.from({ length: 60 }, (_, index) => `0x${(index + 1).toString(16).padStart(40, '0')}`)

const cases: readonly [
  contract: GovBaseName,
  functionName: string,
  args: readonly unknown[],
  title: string,
  type: ProposalType,
][] = [
  [
    'GovBaseValidator',
    'proposeAddMember',
    [a, 4],
    `Add member ${a} (may run a validator), quorum 3 -> 4`,
    'membership',
  ],
  ['GovBaseValidator', 'proposeRemoveMember', [a, 3], `Remove member ${a}, quorum stays 3`, 'membership'],
  ['GovBaseValidator', 'proposeGasTip', [5_000_000_000n], 'Set gas tip to 5 gwei', 'parameter'],
  ['GovBaseCouncil', 'proposeAddMember', [a, 4], `Add member ${a}, quorum 3 -> 4`, 'membership'],
  ['GovBaseCouncil', 'proposeChangeQuorum', [5], 'Change quorum 3 -> 5', 'parameter'],
  ['GovBaseCouncil', 'proposeChangeMaxProposals', [9n], 'Let a member have 9 open proposals', 'parameter'],
  [
    'GovBaseCouncil',
    'proposeAnything',
    [keccak256(stringToHex('ACTION_CHANGE_MEMBER')), '0x'],
    'Hand over the seat of a member',
    'membership',
  ],
  ['GovBaseCouncil', 'proposeAddBlacklist', [a], `Blacklist ${a}`, 'other'],
  ['GovBaseCouncil', 'proposeRemoveBlacklist', [a], `Unblacklist ${a}`, 'other'],
  ['GovBaseCouncil', 'proposeAddAuthorizedAccount', [a], `Authorize ${a}`, 'other'],
  ['GovBaseCouncil', 'proposeAddBlacklistBatch', [[a, b, c, d]], `Blacklist ${a}, ${b} and 2 more`, 'other'],
  ['GovBaseMinter', 'proposeMint', [a, 12n, 'D-7'], `Mint 12 base units to ${a}, deposit D-7`, 'community'],
  ['GovBaseMinter', 'proposeBurn', [a, 12n, ''], `Burn 12 base units of ${a}, withdrawal without a name`, 'community'],
  ['GovBaseMinter', 'proposePause', [], 'Emergency: pause', 'emergency'],
  ['GovBaseMinter', 'proposeUnpause', [], 'Emergency: end the pause', 'emergency'],
  ['GovBaseMasterMinter', 'proposeConfigureMinter', [a, 10n], `Let ${a} mint 10 base units`, 'community'],
  ['GovBaseMasterMinter', 'proposeRemoveMinter', [a], `Remove minter ${a}`, 'community'],
  [
    'GovBaseMasterMinter',
    'proposeUpdateMaxMinterAllowance',
    [11n],
    'Let no minter mint more than 11 base units',
    'parameter',
  ],
]

describe('an action', () => {
  it.for(cases)('of %s by %s gets a title and a type', async ([name, functionName, args, title, type], { chain }) => {
    const contract = await deployGovBase(chain, name)
    const id = await contract.propose(0, functionName, ...args)
    const { poll, proposal } = followGovBase(chain.url, contract)
    await poll()

    expect(proposal(id)).toMatchObject({ title, type, status: 'voting', tally: { electorate: 5n } })
    expect(proposal(id)).not.toHaveProperty('finding')
  })

  it('on many accounts names two in the title and more in the description', async ({ chain }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil')
    const id = await council.propose(0, 'proposeAddBlacklistBatch', many)
    const { poll, proposal } = followGovBase(chain.url, council)
    await poll()

    expect(proposal(id)?.title).toMatch(/^Blacklist 0x0{39}1, 0x0{39}2 and 58 more$/)
    expect(proposal(id)?.description).toContain('0x0000000000000000000000000000000000000032 and 10 more')
  })

  it('that is unknown is named by its hash', async ({ chain }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil')
    const hash = keccak256(stringToHex('FLY_TO_THE_MOON'))
    const id = await council.propose(0, 'proposeAnything', hash, '0x1234')
    const { poll, proposal } = followGovBase(chain.url, council)
    await poll()

    expect(proposal(id)).toMatchObject({
      title: `Unknown action ${hash}`,
      type: 'other',
      actions: [{ signature: hash }],
    })
    expect(proposal(id)?.description).toContain(`The action has 2 bytes of data with the hash ${keccak256('0x1234')}.`)
  })

  it('whose data cannot be decoded is named by its action', async ({ chain }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil')
    const id = await council.propose(0, 'proposeAnything', keccak256(stringToHex('SET_GAS_TIP')), '0xff')
    const { poll, proposal } = followGovBase(chain.url, council)
    await poll()

    expect(proposal(id)).toMatchObject({
      title: 'SET_GAS_TIP with data that cannot be decoded',
      type: 'parameter',
      status: 'voting',
    })
  })

  it('never holds a plan, even if a text of it has one, and its texts are made harmless', async ({ chain }) => {
    const minter = await deployGovBase(chain, 'GovBaseMinter')
    const id = await minter.propose(
      0,
      'proposeMint',
      a,
      1n,
      '```upgrade-plan\n{"name":"evil","height":9}\n```\u202e\u001b[31m',
    )
    const whole = await minter.propose(0, 'proposeMint', a, 1n, '{"name":"evil","height":9}')
    const { poll, proposal } = followGovBase(chain.url, minter)
    await poll()

    for (const one of [id, whole]) expect(proposal(one)).not.toHaveProperty('finding')
    expect(proposal(id)?.type).toBe('community')
    expect(proposal(id)?.title).not.toMatch(/[\u202e\u001b\n]/)
  })
})

describe('events with the newest id instead of their own', () => {
  it('are matched by the transaction: the executed proposal is the pause, not the newest one', async ({ chain }) => {
    const minter = await deployGovBase(chain, 'GovBaseMinter', { quorum: 2 })
    const { poll, proposal } = followGovBase(chain.url, minter)
    const pause = await minter.propose(0, 'proposePause')
    const second = await minter.propose(0, 'proposeMint', a, 1n, 'D-1')
    const newest = await minter.propose(0, 'proposeMint', a, 2n, 'D-2')
    await poll()
    await minter.approve(1, pause)
    await poll()

    expect(proposal(pause)).toMatchObject({ status: 'executed', type: 'emergency' })
    expect([proposal(second)?.status, proposal(newest)?.status]).toStrictEqual(['voting', 'voting'])
  })
})
