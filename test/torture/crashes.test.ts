import { beforeAll, describe, expect, it } from 'vitest'
import { buildWhereStale } from '../process/buildWhereStale.js'
import { torture } from './torture.js'

beforeAll(() => buildWhereStale(), 180_000)

// So many lives of the program, one after the other; each takes a second, and several on a busy machine.
const manyLivesMs = 600_000

describe('a program that is killed over and over while upgrades pass and are reached', () => {
  it(
    'loses nothing, tells nothing twice, leaves no torn file and writes no wrong one, beside one that is never killed',
    async () => {
      const report = await torture({ seed: 1, kills: 20, chains: 1 })

      expect(report).toMatchObject({ lost: 0, repeated: 0, torn: 0, wrong: 0 })
      // Also right before operations on the file, and there was something to lose.
      expect(report.kills).toBeGreaterThanOrEqual(20)
      expect(report.atOperations).toBeGreaterThanOrEqual(5)
      expect(report.files).toBeGreaterThanOrEqual(1)
    },
    manyLivesMs,
  )
})
