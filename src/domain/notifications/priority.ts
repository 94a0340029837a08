/** The priorities, the least urgent first. */
export const priorities = ['low', 'medium', 'high', 'critical'] as const
export type Priority = (typeof priorities)[number]

/** Returns true if `priority` is at least `least`. */
export function reaches(priority: Priority, least: Priority): boolean {
  return priorities.indexOf(priority) >= priorities.indexOf(least)
}
