import { describe, expect, it } from 'vitest'
import { killOnWritePath } from './killOnWritePath.js'

// Some ninety lives; each takes a quarter of a second, and several times that on a busy machine.
const manyLivesMs = 600_000

describe('what commits, writes, archives and tells', () => {
  it(
    'loses nothing, tells nothing twice or too early and leaves no torn or wrong file, whichever of its operations it is killed before',
    async () => {
      const report = await killOnWritePath({ seed: 1, kills: 30, stride: 2 })

      expect(report).toMatchObject({ lost: 0, repeated: 0, torn: 0, wrong: 0 })
      // Before every second operation of an upgrade, and by chance besides.
      expect(report.operations).toBeGreaterThanOrEqual(100)
      expect(report.kills).toBeGreaterThanOrEqual(80)
      expect(report.files).toBeGreaterThanOrEqual(50)
    },
    manyLivesMs,
  )
})
