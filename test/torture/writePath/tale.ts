import type { GoodReading } from '../../../src/domain/reading.js'
import { block, proposal, reading } from '../../support/builders.js'

/** An upgrade is proposed, passes, is reached and completed. */
export const stepsOfAWave = 4

/** The plan of a wave, higher than all before it. */
export function planOf(wave: number): { readonly name: string; readonly height: number } {
  return { name: `v${wave + 1}`, height: 105 + 10 * wave }
}

/** The reading of a chain at this step, the same each time. */
export function readingAt(chain: string, step: number): GoodReading {
  const wave = Math.floor(step / stepsOfAWave)
  const plan = planOf(wave)
  const [status, ahead] = (
    [
      ['voting', -4],
      ['passed', -3],
      ['passed', 0],
      ['executed', 3],
    ] as const
  )[step % stepsOfAWave]!
  const height = plan.height + ahead
  const upgrade = proposal(String(wave + 1), {
    ...{ chain, status, type: 'upgrade', readAt: BigInt(height) },
    finding: { plan: { ...plan, info: { notes: 'faster' } }, origin: 'call', problems: [] },
  })
  return reading(height, [upgrade], { chain, head: block(height), cursor: { step } })
}
