import { ConfigError } from '../domain/errors.js'
import { inspectConfig } from './inspectConfig.js'
import { brokenChecksum } from '../schema/scalars.js'
import { parseConfig } from './parseConfig.js'
import type { Config } from './schema.js'

/** The command line options of a start without a file. */
export interface QuickOptions {
  readonly rpc: string
  readonly governor: string
  readonly home?: string
  readonly profile?: string
  readonly state?: string
}

const options = {
  'chains[0].rpc.urls[0]': '--rpc',
  'chains[0].governance.address': '--governor',
  'chains[0].upgradeInfo.home': '--home',
  'chains[0].upgradeInfo.profile': '--profile',
  state: '--state',
}

/**
 * Creates the configuration of one Governor on a chain named `default`.
 *
 * @throws ConfigError whose paths are the options.
 */
export function quickConfig({ rpc, governor, home, profile, state }: QuickOptions): Config {
  const input = {
    ...(state === undefined ? {} : { state }),
    chains: [
      {
        name: 'default',
        rpc: { urls: [rpc] },
        governance: { system: 'governor', address: governor },
        upgradeInfo: { ...(home === undefined ? {} : { home }), ...(profile === undefined ? {} : { profile }) },
      },
    ],
  }
  const inspection = inspectConfig(input)
  if (inspection.ok) return parseConfig(input)
  const names = new Map(Object.entries(options))
  throw new ConfigError(
    inspection.issues.map(({ path, message }) => {
      const name = names.get(path) ?? path
      // The message differs from that of a file: the shell needs no quotes, and the option takes one address.
      return {
        path: name,
        message:
          name === '--governor' && message !== brokenChecksum ? 'expected a 0x address of 40 hex digits' : message,
      }
    }),
  )
}
