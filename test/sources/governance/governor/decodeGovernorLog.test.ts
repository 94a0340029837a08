import fc from 'fast-check'
import {
  encodeAbiParameters,
  encodeEventTopics,
  encodeFunctionData,
  getAddress,
  type Hex,
  isHex,
  keccak256,
  parseAbi,
  parseAbiParameters,
} from 'viem'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { describeProposal } from '../../../../src/domain/proposals/describeProposal.js'
import { governorEvents } from '../../../../src/sources/governance/governor/abi.js'
import { decodeAction, type RawAction } from '../../../../src/sources/governance/governor/actions.js'
import {
  decodeGovernorLog,
  type GovernorEvent,
  governorTopics,
} from '../../../../src/sources/governance/governor/decode.js'
import { foldEvents } from '../../../../src/sources/governance/governor/toProposal.js'
import type { GovernorRules } from '../../../../src/sources/governance/governor/context.js'
import { splitOf } from '../../../../src/sources/governance/governor/tally.js'
import type { SourceLog } from '../../../../src/sources/rpc/logs/checkLogs.js'
import { itOnCorpus } from '../../../support/corpus.js'

const governor = '0x00000000000000000000000000000000000000AA'
const timelock = '0x00000000000000000000000000000000000000bB'
const elsewhere = '0x00000000000000000000000000000000000000Cc'
const rules: GovernorRules = {
  address: governor,
  flavour: 'a governor',
  clock: 'block',
  votesFrom: 'logs',
  extendsDeadline: false,
  timelock,
  quorumRule: new Set(['for']),
}
const hash = `0x${'11'.repeat(32)}`
const logOf = (topics: readonly Hex[], data: Hex, index = 0): SourceLog => ({
  address: governor.toLowerCase(),
  topics,
  data,
  block: 7n,
  blockHash: hash,
  index,
})
const fold = (events: readonly GovernorEvent[], one = rules) =>
  foldEvents(new Map(), events, {
    chain: 'local',
    rules: new Map([[one.address.toLowerCase(), one]]),
    describe: (raw) => describeProposal(raw, []),
    withVotes: true,
  })
const decodedOf = (logs: readonly SourceLog[]) =>
  logs.map((log) => decodeGovernorLog(log)).filter((event) => typeof event !== 'string')

const createdParameters = parseAbiParameters(
  'uint256, address, address[], uint256[], string[], bytes[], uint256, uint256, string',
)
const createdTopics = (): Hex[] => [governorTopics[0] ?? '0x']
const voteWithParams = (support: number, weight: bigint, params: Hex): SourceLog => {
  const [topic] = encodeEventTopics({ abi: governorEvents, eventName: 'VoteCastWithParams' })
  return logOf(
    [topic, `0x${elsewhere.slice(2).toLowerCase().padStart(64, '0')}`],
    encodeAbiParameters(parseAbiParameters('uint256, uint8, uint256, string, bytes'), [
      1n,
      support,
      weight,
      'why',
      params,
    ]),
    1,
  )
}

describe('decoding a log', () => {
  // The id is a hash over the bytes on the chain, including those that are not UTF-8.
  it('returns the hash of the raw bytes of the description', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (written) => {
        const description: Hex = `0x${Buffer.from(written).toString('hex')}`
        const data = encodeAbiParameters(
          parseAbiParameters('uint256, address, address[], uint256[], string[], bytes[], uint256, uint256, bytes'),
          [1n, getAddress(elsewhere), [], [], [], [], 1n, 2n, description],
        )
        expect(decodeGovernorLog(logOf(createdTopics(), data))).toMatchObject({
          type: 'created',
          descriptionHash: keccak256(description),
        })
      }),
    )
  })

  it('never throws, whatever the log holds', () => {
    const hex = fc.uint8Array({ maxLength: 400 }).map((bytes): Hex => `0x${Buffer.from(bytes).toString('hex')}`)
    const topic = fc.oneof(
      fc.constantFrom(...governorTopics),
      fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes): Hex => `0x${Buffer.from(bytes).toString('hex')}`),
    )
    fc.assert(
      fc.property(fc.array(topic, { maxLength: 4 }), hex, (topics, data) => {
        const event = decodeGovernorLog(logOf(topics, data))
        if (typeof event === 'string') expect(event).toMatch(/^Log 0 of block 7 of 0x/)
        else expect(event.position.block).toBe(7n)
      }),
    )
  })

  it('says which log cannot be decoded', () => {
    expect(decodeGovernorLog(logOf(createdTopics(), '0x1234'))).toBe(
      `Log 0 of block 7 of ${governor} cannot be decoded and was left out.`,
    )
  })

  it('uses arrays of different lengths as far as they go, and keeps 50 actions and every scheduled upgrade', () => {
    const schedule = encodeFunctionData({
      abi: parseAbi(['function scheduleUpgrade(string, uint256, string)']),
      args: ['v9', 9n, ''],
    })
    const targets = Array.from({ length: 60 }, (): Hex => governor)
    const calldatas = [...Array.from({ length: 59 }, (): Hex => '0x'), schedule]
    const data = encodeAbiParameters(createdParameters, [1n, governor, targets, [5n], [], calldatas, 1n, 2n, 'Hostile'])
    const [proposal] = fold(decodedOf([logOf(createdTopics(), data)])).proposals.values()
    expect(proposal?.actions).toHaveLength(51)
    expect(proposal?.actions[0]).toMatchObject({ value: 5n, effect: 'transfer' })
    expect(proposal?.actions.at(-1)?.schedules).toStrictEqual({ name: 'v9', height: 9n, info: '' })
  })

  it('counts the same proposal once if its log comes twice', () => {
    const data = encodeAbiParameters(createdParameters, [1n, governor, [], [], [], [], 1n, 2n, 'Once'])
    const { proposals } = fold(decodedOf([logOf(createdTopics(), data), logOf(createdTopics(), data, 4)]))
    expect([...proposals.values()].map(({ origin }) => origin?.index)).toStrictEqual([0])
  })

  it('counts a split vote by its parts', () => {
    const created = logOf(
      createdTopics(),
      encodeAbiParameters(createdParameters, [1n, governor, [], [], [], [], 1n, 2n, 'Split']),
    )
    const params: Hex = `0x${[3n, 5n, 2n].map((part) => part.toString(16).padStart(32, '0')).join('')}`
    const { proposals, votes } = fold(decodedOf([created, voteWithParams(255, 10n, params)]))
    expect([...proposals.values()][0]?.tally).toMatchObject({ no: 3n, yes: 5n, abstain: 2n, thresholdMet: true })
    expect(votes).toMatchObject([
      { choice: 'split', weight: 10n, reason: 'why', voter: getAddress(elsewhere.toLowerCase()) },
    ])
  })

  it('does not count an unknown kind of vote', () => {
    expect(splitOf({ support: 255, weight: 1n })).toBeUndefined()
    expect(splitOf({ support: 9, weight: 1n })).toBeUndefined()
  })
})

describe('an action', () => {
  const ours = new Set([governor, timelock].map((address) => address.toLowerCase()))
  const action = (raw: Partial<RawAction>) =>
    decodeAction({ target: elsewhere, value: 0n, signature: '', calldata: '0x', ...raw }, ours)

  it.each<readonly [string, string, Partial<RawAction>]>([
    ['none', 'it sends nothing and calls nothing', {}],
    ['none', 'it calls no function of the governor', { target: governor }],
    [
      'none',
      'it calls the zero address, which has no code',
      { target: '0x0000000000000000000000000000000000000000', calldata: '0x12345678' },
    ],
    ['transfer', 'it sends native value', { value: 1n }],
    ['transfer', 'its calldata is a transfer of tokens', { calldata: `0xa9059cbb${'00'.repeat(64)}` }],
    [
      'transfer',
      'its signature is that of a transfer of tokens',
      { signature: 'transfer(address,uint256)', calldata: `0x${'00'.repeat(64)}` },
    ],
    ['governance', 'it calls the timelock', { target: timelock, calldata: '0x12345678' }],
    [
      'governance',
      'it calls the governor, whatever the function',
      { target: governor, calldata: `0xa9059cbb${'00'.repeat(64)}` },
    ],
    ['call', 'it calls any other contract', { calldata: '0x12345678' }],
    ['call', 'its calldata is too short for a function', { calldata: '0x12' }],
  ])('has the effect %s if %s', (effect, _where, raw) => {
    expect(action(raw).effect).toBe(effect)
  })

  it('of Bravo gets the selector of its signature', () => {
    const calldata = encodeAbiParameters(parseAbiParameters('string, uint256, string'), ['v3', 30n, 'x'])
    expect(action({ signature: 'scheduleUpgrade(string,uint256,string)', calldata })).toMatchObject({
      signature: 'scheduleUpgrade(string,uint256,string)',
      schedules: { name: 'v3', height: 30n, info: 'x' },
    })
    expect(action({ signature: 'not ( a signature \u202e' }).signature).toBe('not ( a signature ')
  })
})

const hexText = z.string().refine((text): text is Hex => isHex(text))
const corpusLogs = z.object({
  logs: z.array(
    z.looseObject({
      address: z.string(),
      topics: z.array(hexText),
      data: hexText,
      blockNumber: z.string(),
      logIndex: z.string(),
    }),
  ),
})
const sourceLogs = ({ logs }: z.infer<typeof corpusLogs>): readonly SourceLog[] =>
  logs.map(({ address, topics, data, blockNumber, logIndex }) => ({
    address: address.toLowerCase(),
    topics,
    data,
    block: BigInt(blockNumber),
    blockHash: hash,
    index: Number(logIndex),
  }))

describe('real logs', () => {
  itOnCorpus(
    'of Uniswap contain 83 proposals and the tally of #83',
    { path: 'evm/uniswap-governor-bravo.logs.json', schema: corpusLogs, cases: 435 },
    (data) => {
      const logs = sourceLogs(data)
      const one: GovernorRules = { ...rules, address: '0x408ED6354d4973f66138C91495F2f2FCbd8724C3' }
      const { proposals, votes } = fold(decodedOf(logs), one)
      expect(decodedOf(logs)).toHaveLength(435)
      expect(proposals.size).toBe(83)
      expect(votes).toHaveLength(352)
      const byId = (id: string) => [...proposals.values()].find((proposal) => proposal.id === id)
      expect(byId('83')?.tally).toMatchObject({
        yes: 60410651581027066697650760n,
        no: 4405600689481310079197606n,
        abstain: 5795658915470619580362791n,
      })
      expect(byId('82')?.actions.every(({ signature, selector }) => signature !== undefined && selector !== '0x')).toBe(
        true,
      )
    },
  )

  itOnCorpus(
    'of Seamless contain 26 proposals in 29 logs',
    { path: 'evm/seamless-oz-governor.rawlogs.json', schema: corpusLogs, cases: 29 },
    (data) => {
      const logs = sourceLogs(data)
      const addresses = [...new Set(logs.map(({ address }) => address))]
      const book = new Map(
        addresses.map((address): [string, GovernorRules] => [
          address,
          { ...rules, clock: 'timestamp', address: `0x${address.slice(2)}` },
        ]),
      )
      const { proposals } = foldEvents(new Map(), decodedOf(logs), {
        chain: 'local',
        rules: book,
        describe: (raw) => describeProposal(raw, []),
        withVotes: false,
      })
      expect(proposals.size).toBe(26)
      expect(
        [...proposals.values()].every(
          ({ votingStartsAt, title }) => (votingStartsAt ?? 0n) > 1_700_000_000n && title !== '',
        ),
      ).toBe(true)
    },
  )
})
