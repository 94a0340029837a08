import { parseDuration } from '../text/duration.js'

/** When to announce a scheduled upgrade again. `text` is the configured text, which also identifies the reminder. */
export type Reminder =
  | { readonly kind: 'time'; readonly text: string; readonly ms: number }
  | { readonly kind: 'blocks'; readonly text: string; readonly blocks: number }

/**
 * Parses a reminder written as a duration (`24h`) or as `100 blocks`. Returns `undefined` for anything else and for
 * zero.
 */
export function parseReminder(text: string): Reminder | undefined {
  const digits = /^(\d{1,12}) blocks?$/.exec(text)?.[1]
  const blocks = Number(digits)
  if (digits !== undefined) return blocks > 0 ? { kind: 'blocks', text, blocks } : undefined
  const ms = parseDuration(text)
  return ms === undefined || ms === 0 ? undefined : { kind: 'time', text, ms }
}
