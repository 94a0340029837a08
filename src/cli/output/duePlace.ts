import { heightText } from '../../domain/notifications/phrases.js'
import type { DueAt } from '../../domain/plans/dueAt.js'
import { timeText } from './times.js'

/** When a plan is due, in a column: its height, or its time where its chain counts in times. */
export function plainPlace({ height, time }: DueAt): string {
  return height === undefined && time !== undefined ? timeText(time) : String(height)
}

/** As {@link plainPlace}, with the commas of a height. */
export function duePlace(due: DueAt): string {
  return due.height === undefined ? plainPlace(due) : heightText(due.height)
}

/** Said of an upgrade that still waits though it is due. */
export function reachedText({ height }: DueAt): string {
  return height === undefined ? 'time reached' : 'height reached'
}
