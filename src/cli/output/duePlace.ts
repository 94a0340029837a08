import { heightText } from '../../domain/notifications/phrases.js'
import type { DueAt } from '../../domain/plans/dueAt.js'
import { timeText } from './times.js'

/** When a plan is due, for a table: its height, or its time if the chain has time-based upgrades. */
export function plainPlace({ height, time }: DueAt): string {
  return height === undefined && time !== undefined ? timeText(time) : String(height)
}

/** As {@link plainPlace}, with a thousands separator in the height. */
export function duePlace(due: DueAt): string {
  return due.height === undefined ? plainPlace(due) : heightText(due.height)
}

/** The text for an upgrade that is due and still waits. */
export function reachedText({ height }: DueAt): string {
  return height === undefined ? 'time reached' : 'height reached'
}
