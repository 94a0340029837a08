import type { z } from '@hono/zod-openapi'
import { namesText } from '../domain/text/namesText.js'
import { cleanLine } from '../domain/text/text.js'
import { formatPath } from '../domain/text/formatPath.js'

type Issue = z.core.$ZodIssue

// Whoever sends hundreds of keys has a mistake in one place.
const mostTold = 5
const mostLetters = 300

/**
 * What is wrong with a request, for people: each place, and what is expected there. `isRepeated` tells a key of the
 * query that stands there more than once.
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

// What our schemas say of a wrong value: one entry a schema that has words of its own.
const ownWords = new Set<string>()

/** What a schema says of a wrong value, for people: it is told as it is. */
export function toldAs(words: string): string {
  ownWords.add(words)
  return words
}

/** What our own schemas say is for people; the words of zod are for who writes schemas. */
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
