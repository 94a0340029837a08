import type { Config } from '../../config/schema.js'
import type { Monitor } from '../../monitor/Monitor.js'

/**
 * Resolves once every watched chain has had its first poll, good or failed, or the monitor has stopped. The watched
 * chains are determined at each poll, so that a chain that is removed in the meantime is not waited for.
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
