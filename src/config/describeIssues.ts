import type * as z from 'zod'
import type { ConfigIssue } from '../domain/errors.js'
import { formatPath } from '../domain/text/formatPath.js'

type Issue = z.core.$ZodIssue
type Path = readonly PropertyKey[]
/** Returns where else in the file a key of that name is valid; undefined if nowhere or unknown. */
type PlaceOf = (key: string) => string | undefined

/**
 * Converts zod's issues to lines for people, one for each wrong place. A line says what was expected and the kind of
 * the value, but never the value itself, which may be secret.
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
      // section() writes one line for each key, in the order of the keys.
      const hints = issue.message.split('\n')
      return issue.keys.map((key, index) => ({
        path: formatPath([...path, key]),
        message: placed(key, path, hints[index] ?? 'unknown key', placeOf),
      }))
    }
    // For an invalid key zod says only that it is invalid, so the inner message is used.
    if (issue.code === 'invalid_key')
      return [{ path: formatPath(path), message: issue.issues[0]?.message ?? issue.message }]
    // An error inside a list is reported at that place instead of for the list as a whole.
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

/** Adds where an unknown key belongs, if it is valid elsewhere. */
function placed(key: string, path: Path, hint: string, placeOf: PlaceOf): string {
  const place = hint.startsWith('unknown key') ? placeOf(key) : undefined
  // A similar key of the same place is the better guess than the same key in another part of the file.
  const isFar = !place?.split(' or ').some((one) => one.split(/[.[]/)[0] === String(path[0]))
  if (isFar && hint.includes('did you mean')) return hint
  // The key may be valid in the same place for another type of handler; then the hint stays as it is.
  return place === undefined || place.split(' or ').includes(formatPath(path).replaceAll(/\[\d+\]/g, '[]'))
    ? hint
    : `unknown key here; it belongs into ${place}`
}

/** True if the type was right and a check of our own refused the value. */
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
