import * as z from 'zod'
import { nearest } from './nearest.js'

/**
 * A mapping with exactly these keys. Each unknown key gives an issue of its own, with one line that names the most
 * similar key.
 *
 * @param refused - Keys that are valid in similar sections but not in this one, each with the message to show.
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

/** Returns one line for each unknown key, in the order of the keys. */
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
