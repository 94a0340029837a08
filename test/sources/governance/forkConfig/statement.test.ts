import { expect, it } from 'vitest'
import { countingOf, nextStatement, notAfter } from '../../../../src/sources/governance/forkConfig/statement.js'

const current = { id: '0x00000001', time: 0n }
const next = { id: '0x00000002', time: 90_000n }
const moved = { id: '0x00000003', time: 91_000n }
const headAt = (timestamp: bigint) => ({ number: timestamp, timestamp, hash: '0x1', parentHash: '0x0' })

it('a statement counts after ten minutes, although a head of the far future was given up meanwhile', () => {
  const first = nextStatement({ name: 'a', current }, { name: 'a', current, next }, headAt(80_000n))
  const second = nextStatement(notAfter(first, 1_000n), { name: 'a', current, next: moved }, headAt(1_000n))
  expect(countingOf(second).next).toStrictEqual(next)
  const third = nextStatement(notAfter(second, 1_600n), { name: 'a', current, next: moved }, headAt(1_600n))
  expect(countingOf(third).next).toStrictEqual(moved)
})
