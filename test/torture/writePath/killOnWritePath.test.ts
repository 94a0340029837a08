import { describe, expect, it } from 'vitest'
import { killOnWritePath } from './killOnWritePath.js'

// Some hundred and eighty lives; each takes half a second, and several times that on a busy machine.
const manyLivesMs = 600_000

describe('the write path, killed before each of its operations', () => {
  it(
    'loses nothing, sends nothing twice or too early, and leaves no partial or wrong file',
    async () => {
      const report = await killOnWritePath({ seed: 1, kills: 64 })

      expect(report).toMatchObject({ lost: 0, repeated: 0, torn: 0, wrong: 0 })
      // Before every operation of an upgrade, and at random ones: with those of the whole program 200.
      expect(report.operations).toBeGreaterThanOrEqual(100)
      expect(report.kills).toBeGreaterThanOrEqual(180)
      expect(report.files).toBeGreaterThanOrEqual(130)
    },
    manyLivesMs,
  )
})
