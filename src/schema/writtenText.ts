import * as z from 'zod/mini'

/** The message for an invalid chain name. */
export const chainName = 'expected a name of lower-case letters, digits and dashes'

/** Adds that quotes are needed if YAML parsed the value as a number or a boolean. */
export function quoted(expected: string): (issue: { readonly input?: unknown }) => string {
  return ({ input }) => (typeof input === 'number' || typeof input === 'boolean' ? `${expected}, in quotes` : expected)
}

/** A check of a text, and the message if it fails. */
interface Rule {
  readonly holds: (written: string) => boolean
  readonly error: string
}

/** Matches a shell variable such as `$HOME`, which is not expanded here. */
export const dollarName = /^\$[A-Za-z_]/

/** Rules for the path of a file or directory. A shell expands `~` and `$NAME`, but govstream does not. */
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

/** The message for an invalid state file. */
export const statePath = 'expected a file, or :memory:'

/** A non-empty text that follows the rules, in the small build of zod so that read-only commands start fast. */
export function writtenText(expected: string, rules: readonly Rule[] = []): z.ZodMiniString {
  return z
    .string({ error: quoted(expected) })
    .check(z.minLength(1, { error: expected }), ...rules.map(({ holds, error }) => z.refine<string>(holds, { error })))
}
