import { z } from 'zod'
import { nearest } from './nearest.js'

/**
 * A mapping with these keys and no others. An unknown key is an issue of its own, one line a key, that names
 * the key most likely meant.
 */
export function section<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape)
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? hintsFor(issue.keys, known)
        : `expected a mapping with the keys ${known.join(', ')}`,
  })
}

/** A line for each unknown key, in their order. */
export function hintsFor(keys: readonly string[], known: readonly string[]): string {
  return keys.map((key) => {
    const meant = nearest(key, known)
    return meant === undefined ? `unknown key; known here: ${known.join(', ')}` : `unknown key; did you mean ${meant}?`
  }).join('\n')
}
