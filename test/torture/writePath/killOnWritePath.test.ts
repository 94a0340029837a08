import { describe, expect, it } from 'vitest'
import { killOnWritePath } from './killOnWritePath.js'

// Some hundred and eighty lives; each takes half a second, and several times that on a busy machine.
const manyLivesMs = 600_000

describe('what commits, writes, archives and tells', () => {
  it(
    'loses nothing, tells nothing twice or too early and leaves no torn or wrong file, whichever of its operations it is killed before',
    async () => {
      const report = await killOnWritePath({ seed: 1, kills: 64 })

      expect(report).toMatchObject({ lost: 0, repeated: 0, torn: 0, wrong: 0 })
      // Before every operation of an upgrade, and by chance besides: with those of the whole program 200.
      expect(report.operations).toBeGreaterThanOrEqual(100)
      expect(report.kills).toBeGreaterThanOrEqual(180)
      expect(report.files).toBeGreaterThanOrEqual(130)
    },
    manyLivesMs,
  )
})
