import type { z } from '@hono/zod-openapi'
import { namesText } from '../domain/text/namesText.js'
import { cleanLine } from '../domain/text/text.js'
import { formatPath } from '../domain/text/formatPath.js'

type Issue = z.core.$ZodIssue

// Maximum number of problems that are listed: a request with hundreds of unknown keys has one mistake.
const mostTold = 5
const mostLetters = 300

/**
 * Describes the problems of a request for people: each place, and what is expected there. `isRepeated` returns true for
 * a key that occurs more than once in the query.
 */
export function wrongParameter(
  target: string,
  issues: readonly Issue[],
  isRepeated: (key: string) => boolean = () => false,
): string {
  const told = issues.flatMap((issue) => {
    const place = issue.path.length === 0 ? target : formatPath(issue.path)
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map(
        (key) => `${formatPath([...issue.path, key])}: ${isOurs(issue) ? ours(issue) : 'unknown key'}`,
      )
    return [`${place}: ${isRepeated(place) ? 'expected once' : expectedBy(issue)}`]
  })
  const more = told.length - mostTold
  return [...told.slice(0, mostTold), ...(more > 0 ? [`and ${more} more`] : [])].join('; ')
}

// The messages of our own schemas, one entry per schema that has its own text.
const ownWords = new Set<string>()

/** Marks a message of a schema as written for people, so that it is shown unchanged. */
export function toldAs(words: string): string {
  ownWords.add(words)
  return words
}

/** Returns true for a message of our own schemas. Those of zod are written for developers. */
function isOurs({ code, message }: Issue): boolean {
  return code === 'custom' || ownWords.has(message)
}

function ours({ message }: Issue): string {
  return cleanLine(message, mostLetters)
}

function expectedBy(issue: Issue): string {
  if (isOurs(issue)) return ours(issue)
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${kinds.get(issue.expected) ?? 'another kind of value'}`
    case 'invalid_value':
      return `expected one of ${namesText(issue.values.map(String))}`
    case 'too_small':
      return `expected ${Number(issue.minimum) <= 1 ? 'a value' : `at least ${issue.minimum}`}`
    case 'too_big':
      return `expected at most ${issue.maximum}${issue.origin === 'string' ? ' characters' : ''}`
    default:
      return ours(issue)
  }
}

const kinds: ReadonlyMap<string, string> = new Map([
  ['string', 'text'],
  ['number', 'a number'],
  ['int', 'a whole number'],
  ['boolean', 'true or false'],
  ['object', 'an object'],
  ['record', 'an object'],
  ['array', 'a list'],
])
