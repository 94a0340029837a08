import type { Match } from '../domain/notifications/routing.js'
import { defaultPriorities, priorities, reaches } from '../domain/notifications/notification.js'
import { proposalTypes } from '../domain/proposals/proposal.js'
import { compilePattern, patternMark, patternProblem } from '../domain/text/pattern.js'
import { nearest } from '../schema/nearest.js'
import type { Traits } from './traitsOf.js'

/** The keys of a match, besides `label.NAME`. */
export const matchKeys = ['chain', 'system', 'event', 'type', 'priority', 'title', 'subject'] as const

const label = 'label.'
/** Keys whose values are taken from a fixed list. */
const words: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['event', Object.keys(defaultPriorities)],
  ['type', proposalTypes],
])

/** Returns true if a notification with these traits matches. */
export type Matcher = (traits: Traits) => boolean

/**
 * Compiles a match. A notification matches if it matches every entry; a match without entries matches all. A value is
 * an exact text, a glob in which `*` stands for any text, or `re2:` and a regular expression that is searched for in
 * the text; `priority` is the minimum priority. A trait that the notification does not have matches nothing.
 *
 * @throws RE2JSSyntaxException if a regular expression is invalid; `matchProblem` reports that beforehand.
 */
export function compileMatch(match: Match): Matcher {
  const parts = Object.entries(match).map(([key, value]): Matcher => {
    if (key === 'priority') {
      const least = priorities.find((priority) => priority === value) ?? 'critical'
      return ({ priority }) => reaches(priority, least)
    }
    const fits = compileValue(value)
    return (traits) => valuesOf(traits, key).some(fits)
  })
  return (traits) => parts.every((fits) => fits(traits))
}

/** Says what is wrong with one entry of a match, its key or the form of its value; undefined if nothing is. */
export function matchProblem(key: string, value: string): string | undefined {
  if (!isMatchKey(key)) {
    const meant = nearest(key, matchKeys)
    return meant === undefined
      ? `unknown key; known here: ${matchKeys.join(', ')} and ${label}NAME`
      : `unknown key; did you mean ${meant}?`
  }
  if (key === 'priority')
    return priorities.some((priority) => priority === value)
      ? undefined
      : `expected the least priority, one of ${priorities.join(', ')}`
  if (value.startsWith(patternMark)) {
    const problem = patternProblem(value.slice(patternMark.length))
    if (problem !== undefined) return `expected a regular expression of RE2 after re2:; ${problem}`
  }
  const known = words.get(key)
  if (known === undefined || known.some(compileValue(value))) return undefined
  const meant = nearest(value, known)
  return `expected an ${key === 'event' ? 'event' : 'existing type'} or a pattern that fits one${meant === undefined ? '' : `; did you mean ${meant}?`}`
}

/** Returns true for a value without wildcards, which stands for itself. */
export function isExact(value: string): boolean {
  return !value.startsWith(patternMark) && !value.includes('*')
}

/** Compiles the value of an entry. */
function compileValue(value: string): (text: string) => boolean {
  if (value.startsWith(patternMark)) return compilePattern(value.slice(patternMark.length), false)
  return isExact(value) ? (text) => text === value : compileGlob(value)
}

/** Returns true for a valid key of a match. */
export function isMatchKey(key: string): boolean {
  return matchKeys.some((known) => known === key) || (key.startsWith(label) && key.length > label.length)
}

/** Matches the parts from the left, each at its first occurrence, without backtracking: this takes linear time. */
function compileGlob(glob: string): (text: string) => boolean {
  const [first = '', ...rest] = glob.split('*')
  const last = rest.pop() ?? ''
  return (text) => {
    if (!text.startsWith(first) || !text.endsWith(last)) return false
    const end = text.length - last.length
    let at = first.length
    for (const part of rest) {
      const found = text.indexOf(part, at)
      if (found < 0) return false
      at = found + part.length
    }
    return at <= end
  }
}

function valuesOf(traits: Traits, key: string): readonly string[] {
  if (key === 'title') return traits.titles
  const value = valueOf(traits, key)
  return value === undefined ? [] : [value]
}

/** Returns the trait under the key of a match; of several titles, the notification's own. */
export function valueOf(traits: Traits, key: string): string | undefined {
  switch (key) {
    case 'chain':
    case 'system':
    case 'event':
    case 'type':
    case 'priority':
    case 'subject':
      return traits[key]
    case 'title':
      return traits.titles[0]
    default:
      return Object.hasOwn(traits.labels, key.slice(label.length)) ? traits.labels[key.slice(label.length)] : undefined
  }
}
