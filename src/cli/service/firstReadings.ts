import type { Config } from '../../config/schema.js'
import type { Monitor } from '../../monitor/Monitor.js'

/**
 * Resolves once each chain that is watched was read for the first time, well or not, or the monitor has stopped. Which
 * are watched is asked at each reading: one that leaves under way is not waited for.
 */
export async function firstReadings(
  { health$ }: Pick<Monitor, 'health$'>,
  current: () => Pick<Config, 'chains'>,
): Promise<void> {
  const read = new Set<string>()
  for await (const { chain } of health$) {
    read.add(chain)
    if (current().chains.every(({ name, monitor }) => !monitor.enabled || read.has(name))) return
  }
}
