import { describe, expect, it } from 'vitest'
import type { Cursor } from '../../../../src/sources/governance/cosmos/cursor.js'
import { settledEnd, settledStart } from '../../../../src/sources/governance/cosmos/settlePosition.js'

const position = (parts: Partial<Cursor>): Cursor => ({
  chainId: 'cosmoshub-4',
  head: { number: 1_000n, hash: 'aa', parentHash: 'bb', timestamp: 0n },
  checkpoints: [],
  state: 1_000n,
  lastId: 0n,
  deposits: new Map(),
  pending: [],
  absent: new Map(),
  unread: [],
  ...parts,
})
const placeOf = (cursor: Cursor | undefined): object => ({ lastId: cursor?.lastId, known: cursor?.known })
const upTo =
  (last: number) =>
  (_contract: string, id: string): Promise<boolean> =>
    Promise.resolve(Number(id) <= last)
const silent = (): Promise<undefined> => Promise.resolve(undefined)
const server = { place: 'rest.example of hub' }

describe('the position after a reading', () => {
  it.for([
    ['is the newest id if enough servers know it', position({ lastId: 3n }), upTo(5), { lastId: 5n }],
    ['is the newest one that they know', position({ lastId: 3n }), upTo(4), { lastId: 4n }],
    ['stays if they do not answer', position({ lastId: 3n }), silent, { lastId: 3n }],
    ['is kept apart in a long list', position({ lastId: 3n, next: 'k' }), silent, { lastId: 5n, known: 0n }],
    ['is the newest id if one server is trusted', position({ lastId: 3n }), undefined, { lastId: 5n }],
  ] as const)('%s', async ([_what, before, isKnown, expected]) => {
    const after = await settledEnd(server, before, position({ lastId: 5n }), [4n, 5n], isKnown ? { isKnown } : {})
    expect(placeOf(after)).toStrictEqual({ known: undefined, ...expected })
  })

  it('moves on in a long list that goes on, unless enough servers do not know its end', async () => {
    const before = position({ lastId: 300n, next: 'k', known: 200n })
    const after = position({ lastId: 310n, next: 'l' })
    const ids = Array.from({ length: 10 }, (_, index) => BigInt(301 + index))
    const end = (isKnown: typeof silent): Promise<Cursor> => settledEnd(server, before, after, ids, { isKnown })
    expect(placeOf(await settledEnd(server, before, after, ids, { isKnown: upTo(310) }))).toStrictEqual({
      lastId: 310n,
      known: 310n,
    })
    expect(placeOf(await end(silent))).toStrictEqual({ lastId: 310n, known: 200n })
    await expect(settledEnd(server, before, after, ids, { isKnown: upTo(305) })).rejects.toThrow(
      'rest.example of hub lists proposals up to 310 that the other servers do not know.',
    )
  })
})

describe('the position before a reading', () => {
  it.for([
    ['goes back if enough servers do not know its end', upTo(200), { lastId: 200n, known: undefined }],
    ['is confirmed if they know it', upTo(310), { lastId: 310n, known: undefined }],
    ['stays doubtful if they do not answer', silent, { lastId: 310n, known: 200n }],
  ] as const)('%s', async ([_what, isKnown, expected]) => {
    expect(placeOf(await settledStart(position({ lastId: 310n, known: 200n }), { isKnown }))).toStrictEqual(expected)
  })
})
