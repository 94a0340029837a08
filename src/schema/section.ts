import * as z from 'zod'
import { nearest } from './nearest.js'

/**
 * A mapping with these keys and no others. An unknown key is an issue of its own, one line a key, that names
 * the key most likely meant.
 *
 * @param refused - Keys that others of its kind have and this one has not, each with what to say about it.
 */
export function section<Shape extends z.ZodRawShape>(
  shape: Shape,
  refused: Readonly<Record<string, string>> = {},
): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape)
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? hintsFor(issue.keys, known, refused)
        : `expected a mapping with the keys ${known.join(', ')}`,
  })
}

/** A line for each unknown key, in their order. */
export function hintsFor(
  keys: readonly string[],
  known: readonly string[],
  refused: Readonly<Record<string, string>> = {},
): string {
  return keys
    .map((key) => {
      const said = Object.hasOwn(refused, key) ? refused[key] : undefined
      if (said !== undefined) return said
      const meant = nearest(key, known)
      return meant === undefined
        ? `unknown key; known here: ${known.join(', ')}`
        : `unknown key; did you mean ${meant}?`
    })
    .join('\n')
}
