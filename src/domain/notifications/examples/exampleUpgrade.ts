import { isoOfMs } from '../../text/time.js'
import type { SwitchData, UpgradeData } from '../events/upgradeData.js'
import { at, type ExampleOptions, examplePlan, height, msToHeight } from './exampleChain.js'

/** An upgrade that never was, with what differs: its height is ahead. */
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

/** The same some blocks after its height, or before it where they are negative. */
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

/** What the node ran before in all examples. */
export const oldVersion = 'v2.0.3' satisfies SwitchData['oldVersion']
