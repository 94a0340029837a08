import { RE2JS, RE2JSSyntaxException } from 're2js'

/** Marks a regular expression where a value may also be an exact text or a glob. */
export const patternMark = 're2:'

/** Returns true if the text contains a match. */
export type Pattern = (text: string) => boolean

/**
 * Compiles an RE2 regular expression. It takes time proportional to the text, whatever the pattern and the text are, so
 * an operator's pattern can be run on text from strangers. It has no look-around and no back-references.
 *
 * @param ignoreCase - Whether `a` also matches `A`. If false, `(?i)` in the pattern has that effect.
 * @throws RE2JSSyntaxException if the pattern is invalid; use `patternProblem` to check it first.
 */
export function compilePattern(source: string, ignoreCase = true): Pattern {
  const pattern = RE2JS.compile(RE2JS.translateRegExp(source), ignoreCase ? RE2JS.CASE_INSENSITIVE : 0)
  return (text) => pattern.matcher(text).find()
}

/** Returns why RE2 rejects a pattern, without the pattern itself; `undefined` if it is valid. */
export function patternProblem(source: string): string | undefined {
  try {
    compilePattern(source)
    return undefined
  } catch (error) {
    return error instanceof RE2JSSyntaxException ? error.getDescription() : 'it cannot be read'
  }
}
