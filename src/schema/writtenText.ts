import * as z from 'zod/mini'

/** Said of a name of a chain that is none. */
export const chainName = 'expected a name of lower-case letters, digits and dashes'

/** What YAML reads as a number, true or false is a text only in quotes. */
export function quoted(expected: string): (issue: { readonly input?: unknown }) => string {
  return ({ input }) => (typeof input === 'number' || typeof input === 'boolean' ? `${expected}, in quotes` : expected)
}

/** What is true of a text, and what is said where it is not. */
interface Rule {
  readonly holds: (written: string) => boolean
  readonly error: string
}

/** A value in the place of a variable that only a shell would put there. */
export const dollarName = /^\$[A-Za-z_]/

/**
 * Rules of a file or directory. A shell puts the home in the place of `~`, and a value in that of `$NAME`; nobody does
 * so here.
 */
export const pathRules: readonly Rule[] = [
  {
    holds: (written) => !written.startsWith('~'),
    error: 'expected a path without ~, which only a shell understands: write "${HOME}/…", or the whole path',
  },
  {
    holds: (written) => !dollarName.test(written),
    error: 'expected a variable in braces and quotes, as "${HOME}/…": only a shell understands $NAME',
  },
]

/** Said of what is no state file. */
export const statePath = 'expected a file, or :memory:'

/** A text that is not empty and keeps to these rules, in the small zod: what commands that only look wait for. */
export function writtenText(expected: string, rules: readonly Rule[] = []): z.ZodMiniString {
  return z
    .string({ error: quoted(expected) })
    .check(z.minLength(1, { error: expected }), ...rules.map(({ holds, error }) => z.refine<string>(holds, { error })))
}
