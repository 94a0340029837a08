import type * as z from 'zod'
import type { ConfigIssue } from '../domain/errors.js'
import { formatPath } from '../domain/text/formatPath.js'

type Issue = z.core.$ZodIssue
type Path = readonly PropertyKey[]
/** Where else in the file keys of that name stand; `undefined` where that is nowhere, or not known. */
type PlaceOf = (key: string) => string | undefined

/**
 * zod's issues as lines for people: one a wrong place. They say what was expected and of what kind the value
 * is, never the value itself: it may be a secret.
 */
export function describeIssues(
  issues: readonly Issue[],
  input: unknown,
  placeOf: PlaceOf = () => undefined,
  base: Path = [],
): readonly ConfigIssue[] {
  return issues.flatMap((issue): readonly ConfigIssue[] => {
    const path = [...base, ...issue.path]
    if (issue.code === 'unrecognized_keys') {
      // section() writes one line a key, in the order of the keys.
      const hints = issue.message.split('\n')
      return issue.keys.map((key, index) => ({
        path: formatPath([...path, key]),
        message: placed(key, path, hints[index] ?? 'unknown key', placeOf),
      }))
    }
    // Of a key that is wrong itself zod says only that it is.
    if (issue.code === 'invalid_key')
      return [{ path: formatPath(path), message: issue.issues[0]?.message ?? issue.message }]
    // A list that is wrong in one place is better told by that place than as a whole.
    const within =
      issue.code === 'invalid_union' ? (issue.errors.find(pointsDeeper) ?? issue.errors.find(isOurs)) : undefined
    if (within !== undefined) return describeIssues(within, input, placeOf, path)
    return [
      {
        path: formatPath(path),
        message: issue.message.endsWith('?') ? issue.message : `${issue.message}${found(issue, valueAt(input, path))}`,
      },
    ]
  })
}

/** A key that is none here may be one elsewhere. */
function placed(key: string, path: Path, hint: string, placeOf: PlaceOf): string {
  const place = hint.startsWith('unknown key') ? placeOf(key) : undefined
  // Another of the same place may have it, as another type of handler.
  return place === undefined || place.split(' or ').includes(formatPath(path).replaceAll(/\[\d+\]/g, '[]'))
    ? hint
    : `unknown key here; it belongs into ${place}`
}

/** The form was right, and a check of our own refused what stands there. */
function isOurs(issues: readonly Issue[]): boolean {
  return issues.length > 0 && issues.every(({ code }) => code === 'custom')
}

function pointsDeeper(issues: readonly Issue[]): boolean {
  return issues.length > 0 && issues.every(({ path }) => path.length > 0)
}

function found({ code }: Issue, value: unknown): string {
  if (value === undefined) return ', but it is missing'
  if (value === null) return ', but it is empty'
  if (Array.isArray(value)) return code === 'too_small' || code === 'too_big' ? '' : ', got a list'
  if (typeof value === 'object') return code === 'invalid_type' ? ', got a mapping' : ''
  if (code !== 'invalid_type' && code !== 'invalid_union') return ''
  if (typeof value === 'boolean') return ', got true or false'
  return typeof value === 'number' ? ', got a number' : ', got text'
}

function valueAt(input: unknown, path: Path): unknown {
  let value = input
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = Object.entries(value).find(([key]) => key === String(step))?.[1]
  }
  return value
}
