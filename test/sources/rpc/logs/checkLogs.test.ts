import fc from 'fast-check'
import { numberToHex, type RpcLog } from 'viem'
import { describe, expect, it } from 'vitest'
import { checkLogs, logNumber } from '../../../../src/sources/rpc/logs/checkLogs.js'

const address = '0x00000000000000000000000000000000000000aa'
const hash = (digit: string): `0x${string}` => `0x${digit.repeat(64)}`
const logOf = (
  block: bigint,
  transaction: number,
  log: number,
  blockHash = hash(block.toString(16).slice(-1)),
): RpcLog => ({
  address,
  topics: [],
  data: '0x',
  blockNumber: numberToHex(block),
  blockHash,
  removed: false,
  transactionHash: `0x${transaction.toString(16).padStart(64, '0')}`,
  transactionIndex: numberToHex(transaction),
  logIndex: numberToHex(log),
})
const checked = (logs: readonly RpcLog[]) =>
  checkLogs(logs, { addresses: new Set([address]), from: 0n, to: 100n }, 'node')

describe('logs of a node that numbers them per transaction', () => {
  it('are all kept, in the order of the chain', () => {
    const logs = checked([logOf(7n, 2, 0), logOf(7n, 1, 1), logOf(6n, 9, 4), logOf(7n, 1, 0), logOf(7n, 1, 0)])

    expect(logs.map(({ block, index }) => [block, Math.floor(index / 2 ** 20), logNumber(index)])).toStrictEqual([
      [6n, 9, 4],
      [7n, 1, 0],
      [7n, 1, 1],
      [7n, 2, 0],
    ])
  })

  it('get unique indexes that grow through the block, whichever are requested', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(fc.nat(500), fc.nat(500)), { selector: String }), (places) => {
        const logs = checked(places.map(([transaction, log]) => logOf(3n, transaction, log)))
        expect(logs).toHaveLength(places.length)
        const indexes = logs.map(({ index }) => index)
        expect(new Set(indexes).size).toBe(places.length)
        expect(indexes).toStrictEqual([...indexes].sort((a, b) => a - b))
      }),
    )
  })
})

describe('a log without a transaction', () => {
  it('is placed by its log index', () => {
    const { transactionHash: _hash, transactionIndex: _index, ...log } = logOf(7n, 0, 5)
    expect(checked([{ ...log, transactionHash: null, transactionIndex: null }])).toMatchObject([{ index: 5 }])
  })
})

describe('logs of two blocks with the same number', () => {
  it('are refused, because the chain moved', () => {
    expect(() => checked([logOf(7n, 0, 0), logOf(7n, 1, 1, hash('f'))])).toThrow(/two blocks 7/)
  })
})

describe('a log with a malformed part', () => {
  it.each<[string, Partial<RpcLog>]>([
    ['a topic too short', { topics: [`0x${'1'.repeat(62)}`] }],
    ['a topic too long', { topics: [`0x${'1'.repeat(66)}`] }],
    ['a topic of the right length that is not hexadecimal', { topics: [`0x${'x'.repeat(64)}`] }],
    // Decoded, these digits would be the number 0: an event of a proposal that does not exist.
    ['data that is not hexadecimal', { data: `0x${'0x'.repeat(32)}` }],
    ['data that ends in half a byte', { data: '0x123' }],
  ])('is refused, so that another node is read: %s', (_what, parts) => {
    expect(() => checked([{ ...logOf(7n, 0, 0), ...parts }])).toThrow('a log that cannot be read')
  })
})
