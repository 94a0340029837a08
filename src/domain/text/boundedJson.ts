import type { Json } from './json.js'

/** Deeper than any honest document, shallow enough for every recursive reader and writer of JSON. */
const maxJsonDepth = 64

/** The value of a JSON text, or `undefined` where it is none. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * A copy of parsed JSON, safe to keep and to write again: at most 64 levels, without
 * `__proto__` keys. `undefined` where it is deeper, or no JSON.
 */
export function boundedJson(value: unknown, depth = maxJsonDepth): Json | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  if (typeof value !== 'object' || depth === 0) return undefined
  if (Array.isArray(value)) {
    const items = value.map((item) => boundedJson(item, depth - 1))
    return items.every((item) => item !== undefined) ? items : undefined
  }
  const entries: [string, Json][] = []
  for (const [key, part] of Object.entries(value)) {
    const copy = boundedJson(part, depth - 1)
    if (copy === undefined) return undefined
    if (key !== '__proto__') entries.push([key, copy])
  }
  return Object.fromEntries(entries)
}
