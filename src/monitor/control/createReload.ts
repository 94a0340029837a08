import { describeDifference } from '../../config/describeDifference.js'
import { type ConfigDifference, differenceOf, isNoDifference } from '../../config/differenceOf.js'
import { requireReloadable } from '../../config/requireReloadable.js'
import type { Config, ConfigInput } from '../../config/schema.js'
import type { LogWriter } from '../../channels/Channel.js'
import type { CurrentSetup } from '../currentSetup.js'
import type { Monitor } from '../Monitor.js'
import { setUp, type SetUpDeps } from '../setUp.js'

export interface ReloadOptions extends Pick<CurrentSetup, 'setup' | 'replace'> {
  readonly setupDeps: SetUpDeps
  readonly log: LogWriter
  /** Throws a `ConfigError`. */
  readonly parse: (config: ConfigInput | Config) => Config
  /** Hides the secrets of this configuration too from now on. */
  readonly cover: (config: Config) => unknown
}

/** Creates `reload` of a monitor: a configuration is applied completely or not at all. */
export function createReload({ setup, replace, setupDeps, log, parse, cover }: ReloadOptions): Monitor['reload'] {
  return (input, { by = 'the application' } = {}): ConfigDifference => {
    const config = parse(input)
    const former = setup()
    const difference = differenceOf(former.config, config)
    requireReloadable(difference)
    if (!isNoDifference(difference)) {
      const next = setUp(config, setupDeps, { setup: former, by })
      cover(config)
      replace(next)
    }
    log.info({ by }, `configuration read again: ${describeDifference(difference)}`)
    return difference
  }
}
