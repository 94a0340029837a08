import { measure } from 'mitata'
import { from, lastValueFrom } from 'rxjs'
import type { ChainState } from '../src/domain/chainState.js'
import { newChain } from '../src/domain/newChain.js'
import { stepLine } from '../test/support/line.js'
import { pipeStages, stagesOf } from '../src/streams/pipeStages.js'
import { watchChain } from '../src/streams/watchChain.js'
import type { Row } from './measure.js'
import { story } from './story.js'

/**
 * Measures the cost of the fold around the stages: the same readings through `watchChain`, and through the stages in a
 * loop.
 */
export async function benchStep(): Promise<readonly Row[]> {
  const readings = story()
  const seed = newChain('bench', 0)
  const stages = pipeStages(stagesOf())
  const step = stepLine()
  const viaRxjs = (): Promise<unknown> =>
    lastValueFrom(from(readings).pipe(watchChain(seed, stages)), { defaultValue: undefined })
  const byHand = (): ChainState =>
    readings.reduce((state, reading) => step(state, { type: 'reading', reading }).state, seed)
  const options = { min_cpu_time: 1_500_000_000, gc: false }
  const ours = await measure(viaRxjs, options)
  const baseline = await measure(byHand, options)
  const perReading = (nanoseconds: number): number => nanoseconds / 1000 / readings.length
  return [
    {
      name: 'one reading of 24 open proposals: watchChain',
      unit: 'µs',
      ours: perReading(ours.p50),
      baseline: perReading(baseline.p50),
      ratio: ours.p50 / baseline.p50,
      details: {
        readings: readings.length,
        samples: ours.samples.length,
        p99: perReading(ours.p99),
        baselineP99: perReading(baseline.p99),
      },
    },
  ]
}
