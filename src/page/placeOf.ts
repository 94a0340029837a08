import { numberText, timeText } from './format.js'
import type { ShownUpgrade } from './state.js'

/** Returns the height of an upgrade, or its time if the chain has time-based upgrades. */
export function placeOf({ height, time }: ShownUpgrade): string | undefined {
  if (height !== null) return numberText(height)
  return time === null ? undefined : timeText(time)
}
