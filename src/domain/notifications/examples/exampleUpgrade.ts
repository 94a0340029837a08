import { isoOfMs } from '../../text/time.js'
import type { SwitchData, UpgradeData } from '../events/upgradeData.js'
import { at, type ExampleOptions, examplePlan, height, msToHeight } from './exampleChain.js'

/** A fictitious upgrade with the given changes. Without any, its height is ahead. */
export function exampleUpgrade(options: ExampleOptions, parts: Partial<UpgradeData> = {}): UpgradeData {
  const now = isoOfMs(options.now)
  return {
    ...examplePlan(options),
    kind: 'governance',
    addedBy: null,
    status: 'scheduled',
    origin: 'call',
    info: null,
    reasons: [],
    why: null,
    file: 'none',
    isHeld: false,
    block: at.toString(),
    blocksLeft: (BigInt(height) - at).toString(),
    eta: isoOfMs(options.now + msToHeight),
    scheduledAt: now,
    triggeredAt: null,
    ...parts,
  }
}

/** The same upgrade a number of blocks after its height, or before it if the number is negative. */
export function exampleSwitch(
  options: ExampleOptions,
  blocksAfter: number,
  parts: Partial<UpgradeData> = {},
): UpgradeData {
  return exampleUpgrade(options, {
    status: 'in_progress',
    file: 'written',
    block: String(height + blocksAfter),
    blocksLeft: null,
    eta: null,
    triggeredAt: isoOfMs(options.now),
    ...parts,
  })
}

/** The former version of the node in all examples. */
export const oldVersion = 'v2.0.3' satisfies SwitchData['oldVersion']
