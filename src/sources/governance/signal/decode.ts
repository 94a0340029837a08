import { isJsonObject } from '../../../domain/text/json.js'
import { integerOf } from '../cosmosSdk/scalars.js'

/** The voting power that signals a version. */
export interface SignalTally {
  readonly signalled: bigint
  /** As the chain reports it: five sixths of the total, rounded up. */
  readonly threshold: bigint
  readonly total: bigint
}

/** The version switch that the chain has scheduled. */
export interface ScheduledSwitch {
  readonly version: bigint
  /** The last block of the previous version. */
  readonly upgradeHeight: bigint
}

/** Far more than any chain will have. */
const maxVersion = 999_999n

/** Parses a version that a chain can have; returns `undefined` for anything else. */
export function versionOf(value: unknown): bigint | undefined {
  const version = integerOf(value)
  return version === undefined || version === 0n || version > maxVersion ? undefined : version
}

/** Decodes the tally in an answer; returns `undefined` if there is none or it is impossible. Never throws. */
export function decodeTally(body: unknown): SignalTally | undefined {
  if (!isJsonObject(body)) return undefined
  const [signalled, threshold, total] = [
    integerOf(body['voting_power']),
    integerOf(body['threshold_power']),
    integerOf(body['total_voting_power']),
  ]
  if (signalled === undefined || threshold === undefined || total === undefined) return undefined
  return threshold === 0n || threshold > total || signalled > total ? undefined : { signalled, threshold, total }
}

/**
 * Decodes what an answer says is scheduled: `none` if it says that nothing is, `undefined` if it is not understood. A
 * chain without a schedule answers `{"upgrade":null}` or omits the key. Never throws.
 */
export function decodeScheduled(body: unknown): ScheduledSwitch | 'none' | undefined {
  if (!isJsonObject(body)) return undefined
  const upgrade = body['upgrade']
  if (upgrade === null || (upgrade === undefined && Object.keys(body).length === 0)) return 'none'
  if (!isJsonObject(upgrade)) return undefined
  const version = versionOf(upgrade['app_version'])
  const upgradeHeight = integerOf(upgrade['upgrade_height'])
  if (version === undefined || upgradeHeight === undefined) return undefined
  return upgradeHeight === 0n || upgradeHeight >= BigInt(Number.MAX_SAFE_INTEGER)
    ? undefined
    : { version, upgradeHeight }
}
