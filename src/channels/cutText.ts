import { countText } from '../domain/notifications/phrases.js'

/** Measures a text in the unit of a limit. The size of a text is the sum of the sizes of its code points. */
export type Measure = (text: string) => number

/** Counts code points, which are roughly the letters that people count. Discord counts these. */
export function codePoints(text: string): number {
  let count = 0
  for (const _ of text) count += 1
  return count
}

/** Counts UTF-16 code units, as JavaScript does: an emoji counts as two. */
export function utf16Units(text: string): number {
  return text.length
}

/** Counts bytes in UTF-8. */
export function utf8Bytes(text: string): number {
  return Buffer.byteLength(text)
}

/**
 * Cuts a text to at most `max` units of `measure`, the ellipsis included. A letter keeps its combining marks or is cut
 * off with them. Cut a text before you escape it; if the service counts the escaped text, `measure` must do so too.
 */
export function cutText(text: string, max: number, measure: Measure = codePoints): string {
  if (measure(text) <= max) return text
  const room = max - measure('…')
  if (room < 0) return ''
  let kept = 0
  let end = 0
  let size = 0
  for (const point of text) {
    if (!/^[\p{M}\p{Emoji_Modifier}]/u.test(point)) kept = end
    size += measure(point)
    if (size > room) break
    end += point.length
  }
  return `${text.slice(0, kept).trimEnd()}…`
}

/** The limits of a list. */
export interface ListLimit {
  readonly max: number
  /** @defaultValue code points */
  readonly measure?: Measure
  /** Text between two items. @defaultValue a line break */
  readonly separator?: string
  /** @defaultValue no limit */
  readonly maxItems?: number
  /** Number of further items that are not in the list. @defaultValue none */
  readonly more?: number
}

/**
 * Returns the first items unchanged, as many as fit, and `and 12 more` in place of the others. The first item is cut if
 * it does not fit by itself.
 */
export function fitList(
  items: readonly string[],
  { max, measure = codePoints, separator = '\n', maxItems = Infinity, more = 0 }: ListLimit,
): readonly string[] {
  const joint = measure(separator)
  const all = items.reduce((sum, item) => sum + measure(item) + joint, -joint)
  if (more === 0 && items.length <= maxItems && all <= max) return items
  const [first = '', ...others] = items
  const most = others.length + more
  const room = max - (most === 0 ? 0 : measure(andMore(most)) + joint)
  const kept = [cutText(first, room, measure)]
  let size = measure(kept.join(''))
  for (const item of others) {
    size += measure(item) + joint
    if (size > room || kept.length + 2 > maxItems) break
    kept.push(item)
  }
  const left = items.length - kept.length + more
  return left === 0 ? kept : [...kept, andMore(left)]
}

/** The text in place of items that do not fit. */
export function andMore(count: number): string {
  return `and ${countText(BigInt(count))} more`
}
