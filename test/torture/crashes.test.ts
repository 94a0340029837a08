import { beforeAll, describe, expect, it } from 'vitest'
import { buildWhereStale } from '../process/buildWhereStale.js'
import { torture } from './torture.js'

beforeAll(() => buildWhereStale(), 180_000)

// The program starts many times in a row; each life takes a second, and several on a busy machine.
const manyLivesMs = 600_000

describe('a program that is killed repeatedly during upgrades', () => {
  it(
    'loses nothing, repeats nothing, and leaves no partial or wrong file',
    async () => {
      const report = await torture({ seed: 1, kills: 20, chains: 1 })

      expect(report).toMatchObject({ lost: 0, repeated: 0, torn: 0, wrong: 0 })
      // Some kills must hit just before an operation on the file, and there must be something to lose.
      expect(report.kills).toBeGreaterThanOrEqual(20)
      expect(report.atOperations).toBeGreaterThanOrEqual(5)
      expect(report.files).toBeGreaterThanOrEqual(1)
    },
    manyLivesMs,
  )
})
