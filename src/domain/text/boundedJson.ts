import type { Json } from './json.js'

/** Maximum nesting depth: more than real documents have, and safe for every recursive reader and writer of JSON. */
const maxJsonDepth = 64

/** Parses a JSON text; returns `undefined` if it is not valid. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * Returns a copy of parsed JSON that is safe to store and to write again: at most 64 levels, without `__proto__` keys.
 * Returns `undefined` if the value is nested deeper or is not JSON.
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
