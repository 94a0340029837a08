import type { SignalState } from '../support/servers/cosmos/signalRoute.js'
import type { Plan } from './story.js'

// What the validators of a Celestia chain signal, and the switches that the chain carries out.

export interface Switch {
  readonly version: number
  /** The block of the transaction that schedules it. */
  readonly asked: number
  /** The last block of the version before. */
  readonly upgradeHeight: number
}

export interface SignalTruth {
  /** From a block on, so much power signals a version, until the next switch. In the order of their blocks. */
  readonly signals: readonly { readonly block: number; readonly version: number; readonly power: number }[]
  /** In the order of their blocks; each is asked for after the one before. */
  readonly switches: readonly Switch[]
}

const firstVersion = 10

/** The version of a block. */
export function versionAt({ switches }: SignalTruth, block: number): number {
  return switches.findLast(({ upgradeHeight }) => upgradeHeight < block)?.version ?? firstVersion
}

/** What x/signal holds after a block: the end of the last block of a version clears everything. */
export function signalsAfter({ signals, switches }: SignalTruth, block: number): SignalState {
  const cleared = switches.findLast(({ upgradeHeight }) => upgradeHeight <= block)?.upgradeHeight ?? 0
  const counting = signals.filter((one) => one.block > cleared && one.block <= block)
  return {
    tallies: new Map(counting.map(({ version, power }) => [version, power])),
    scheduled: switches.find(({ asked, upgradeHeight }) => asked <= block && block < upgradeHeight),
  }
}

/** The plan of a switch: its height is the first block of the new version. */
function planOf({ version, upgradeHeight }: Pick<Switch, 'version' | 'upgradeHeight'>): Plan {
  return { name: `v${version}`, height: upgradeHeight + 1 }
}

/** The chain withdraws no switch. */
export function plansInForce({ switches }: SignalTruth, newest: number): readonly Plan[] {
  return switches.filter(({ asked }) => asked <= newest).map(planOf)
}
