import { measure } from 'mitata'
import { from, lastValueFrom } from 'rxjs'
import type { ChainState } from '../src/domain/chainState.js'
import { withDefaults } from '../src/domain/scheduling.js'
import { newChain, stepChain } from '../src/streams/stepChain.js'
import { watchChain } from '../src/streams/watchChain.js'
import type { Row } from './measure.js'
import { story } from './story.js'

/** What RxJS costs around the pure step: the same readings through the operator and through a loop over `stepChain`. */
export async function benchStep(): Promise<readonly Row[]> {
  const readings = story()
  const seed = newChain('bench', 0)
  const settings = { plan: withDefaults({}) }
  const viaRxjs = (): Promise<unknown> =>
    lastValueFrom(from(readings).pipe(watchChain(seed)), { defaultValue: undefined })
  const byHand = (): ChainState =>
    readings.reduce((state, reading) => stepChain(state, { type: 'reading', reading }, settings).state, seed)
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
