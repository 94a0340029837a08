import { setTimeout as delay } from 'node:timers/promises'

/** One check of a consumer. */
export interface Finding {
  readonly what: string
  readonly isRight: boolean
  readonly detail?: string
}

/** Whether it becomes true within the seconds that a real program may need. */
export async function becomes(isTrue: () => boolean, seconds = 30): Promise<boolean> {
  const end = Date.now() + seconds * 1_000
  while (!isTrue()) {
    if (Date.now() > end) return false
    await delay(20)
  }
  return true
}
