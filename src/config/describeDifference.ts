import type { ConfigDifference, NamedDifference } from './differenceOf.js'

/** Describes a difference in words: names and keys, never a value. */
export function describeDifference({ chains, handlers, keys }: ConfigDifference): string {
  const parts = [
    ...describeNamed('chain', chains),
    ...describeNamed('handler', handlers),
    ...(keys.length === 0 ? [] : [`${keys.join(', ')} changed`]),
  ]
  return parts.length === 0 ? 'nothing changed' : parts.join('; ')
}

function describeNamed(noun: string, { added, removed, changed }: NamedDifference): readonly string[] {
  const named = (names: readonly string[], verb: string): readonly string[] =>
    names.length === 0 ? [] : [`${noun}${names.length === 1 ? '' : 's'} ${names.join(', ')} ${verb}`]
  return [
    ...named(added, 'added'),
    ...named(removed, 'removed'),
    ...changed.map(({ name, keys }) => `${noun} ${name} changed (${keys.join(', ')})`),
  ]
}
