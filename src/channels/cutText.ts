/** How much of a limit a piece of text takes. The whole takes as much as its code points do one by one. */
export type Measure = (text: string) => number

/** Letters as people count them, more or less: what Discord counts. */
export function codePoints(text: string): number {
  let count = 0
  for (const _ of text) count += 1
  return count
}

/** What JavaScript counts: an emoji is two. */
export function utf16Units(text: string): number {
  return text.length
}

/** Bytes on the wire. */
export function utf8Bytes(text: string): number {
  return Buffer.byteLength(text)
}

/**
 * At most `max` of the measure, the ellipsis included; a letter keeps its marks or goes with them. A text is cut
 * before it is escaped: where the service counts what is written, the measure is that of the escaped text.
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

/** How a list is kept within a limit. */
export interface ListLimit {
  readonly max: number
  /** @defaultValue code points */
  readonly measure?: Measure
  /** What joins two items. @defaultValue a line break */
  readonly separator?: string
  /** @defaultValue no limit */
  readonly maxItems?: number
  /** How many there are besides, and are not in the list. @defaultValue none */
  readonly more?: number
}

/**
 * The first items as they are, as many as fit, and `and 12 more` in the place of the others. The first is cut where it
 * does not fit by itself.
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

/** In the place of what does not fit. */
export function andMore(count: number): string {
  return `and ${count} more`
}
