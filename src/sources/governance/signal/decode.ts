import { isJsonObject } from '../../../domain/text/json.js'
import { wholeOf } from '../cosmosSdk/scalars.js'

/** How far a version is signalled, in voting power. */
export interface SignalTally {
  readonly signalled: bigint
  /** As the chain tells it: five sixths of all, rounded up. */
  readonly threshold: bigint
  readonly total: bigint
}

/** The switch that the chain has scheduled. */
export interface ScheduledSwitch {
  readonly version: bigint
  /** The last block of the version before. */
  readonly upgradeHeight: bigint
}

/** Far more than any chain will have. */
const maxVersion = 999_999n

/** A version that a chain can have; `undefined` for anything else. */
export function versionOf(value: unknown): bigint | undefined {
  const version = wholeOf(value)
  return version === undefined || version === 0n || version > maxVersion ? undefined : version
}

/** The tally in an answer; `undefined` where it is none, or one that cannot be. Never throws. */
export function decodeTally(body: unknown): SignalTally | undefined {
  if (!isJsonObject(body)) return undefined
  const [signalled, threshold, total] = [
    wholeOf(body['voting_power']),
    wholeOf(body['threshold_power']),
    wholeOf(body['total_voting_power']),
  ]
  if (signalled === undefined || threshold === undefined || total === undefined) return undefined
  return threshold === 0n || threshold > total || signalled > total ? undefined : { signalled, threshold, total }
}

/**
 * What an answer says is scheduled: `none` where it says that nothing is; `undefined` where it says neither. A chain
 * without a schedule answers `{"upgrade":null}`, or leaves the key out. Never throws.
 */
export function decodeScheduled(body: unknown): ScheduledSwitch | 'none' | undefined {
  if (!isJsonObject(body)) return undefined
  const upgrade = body['upgrade']
  if (upgrade === null || (upgrade === undefined && Object.keys(body).length === 0)) return 'none'
  if (!isJsonObject(upgrade)) return undefined
  const version = versionOf(upgrade['app_version'])
  const upgradeHeight = wholeOf(upgrade['upgrade_height'])
  if (version === undefined || upgradeHeight === undefined) return undefined
  return upgradeHeight === 0n || upgradeHeight >= BigInt(Number.MAX_SAFE_INTEGER)
    ? undefined
    : { version, upgradeHeight }
}
