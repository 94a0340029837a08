import fc from 'fast-check'
import { createPublicClient, http, keccak256, toHex } from 'viem'
import { describe, expect } from 'vitest'
import { tallyLine } from '../../../../src/domain/notifications/phrases.js'
import { symbolIn, withUnits } from '../../../../src/sources/governance/governor/tokenUnit.js'
import { answeringContract } from '../../../support/answeringContract.js'
import type { Chain } from '../../../support/chain.js'
import { follow } from './follow.js'
import { onSharedChain as it } from '../../../support/fixtures.js'

const token = '0x0000000000000000000000000000000000000707'
const text = (value: string): readonly bigint[] => [32n, BigInt(value.length), BigInt(toHex(value).padEnd(66, '0'))]

async function unitOf(chain: Chain, answers: Readonly<Record<string, readonly bigint[]>>) {
  await chain.client.setCode({ address: token, bytecode: answeringContract(answers) })
  const rules = {
    address: token,
    flavour: 'x',
    clock: 'block',
    votesFrom: 'logs',
    extendsDeadline: false,
    countedIn: token,
  } as const
  return (await withUnits(createPublicClient({ transport: http(chain.url) }), new Map([['one', rules]]))).get('one')
    ?.unit
}

describe('the unit of the votes', () => {
  it('is that of the token of the governor, from the first reading on', async ({ chain }) => {
    const { governor, actor } = await chain.deploy({
      votingPeriod: 200,
      votesEach: 246_912n * 10n ** 18n,
      quorum: 320_000n * 10n ** 18n,
    })
    const id = await actor.propose({ description: 'One' })
    await actor.toVotingStart(id)
    await actor.vote(id, 1, 0)
    await actor.mine(1)
    const { poll, proposal } = follow({ urls: [chain.url], addresses: [governor] })
    await poll()
    expect(proposal(id)!.tally).toMatchObject({ unit: 'VOTE', decimals: 18 })
    await actor.mine(1)
    await poll()
    const tally = proposal(id)!.tally!
    expect(tallyLine(tally, 'governor')).toBe(
      'For 100 % (246,912 VOTE), against 0 % (0 VOTE), abstain 0 % (0 VOTE), quorum 320,000 VOTE of For and Abstain not reached, 73,088 VOTE missing, turnout 20 %',
    )
  })

  it('is read from old and new tokens, and ignored if it is absurd', async ({ chain }) => {
    expect(await unitOf(chain, { 'decimals()': [18n], 'symbol()': text('AAVE') })).toStrictEqual({
      symbol: 'AAVE',
      decimals: 18,
    })
    expect(
      await unitOf(chain, { 'decimals()': [6n], 'symbol()': [BigInt(toHex('MKR').padEnd(66, '0'))] }),
    ).toStrictEqual({
      symbol: 'MKR',
      decimals: 6,
    })
    expect(await unitOf(chain, { 'decimals()': [18n] })).toStrictEqual({ decimals: 18 })
    expect(await unitOf(chain, { 'symbol()': text('PUNK') })).toStrictEqual({})
    expect(await unitOf(chain, { 'decimals()': [255n], 'symbol()': text('X') })).toStrictEqual({})
    expect(await unitOf(chain, { 'decimals()': [BigInt(keccak256('0x'))], 'symbol()': text('X') })).toStrictEqual({})
  })
})

describe('a symbol', () => {
  it.each([
    ['AAVE', 'AAVE'],
    ['stkAAVE', 'stkAAVE'],
    ['USD₮', 'USD₮'],
    ['$DOGE', '$DOGE'],
    ['A\u202eB\n C\u001b[2J', 'ABC2J'],
    ['A), against 0 % (0', 'Aagainst00'],
    ['1000000', undefined],
    ['', undefined],
    ['\u200b', undefined],
    [42, undefined],
    ['X'.repeat(100_000), `${'X'.repeat(15)}…`],
  ])('%j is shown as %s', (value, shown) => {
    expect(symbolIn(value)).toBe(shown)
  })

  it('of any characters is short and has no space, bracket or comma', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (value) => {
        expect(symbolIn(value) ?? 'none').toMatch(/^[\p{L}\p{N}\p{M}\p{Sc}.…-]{1,16}$/u)
      }),
    )
  })
})
