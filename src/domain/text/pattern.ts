import { RE2JS, RE2JSSyntaxException } from 're2js'

/** Whether a text holds what a pattern looks for. */
export type Pattern = (text: string) => boolean

/**
 * A regular expression of RE2: it takes time in proportion to the text, whatever pattern and text are. So a pattern of
 * an operator may be held against a text of a stranger. No look-around, no back-references.
 *
 * @param ignoreCase - Whether `a` also finds `A`, as `(?i)` in the pattern says it otherwise.
 * @throws RE2JSSyntaxException where it is none; `patternProblem` says so beforehand.
 */
export function compilePattern(source: string, ignoreCase = true): Pattern {
  const pattern = RE2JS.compile(RE2JS.translateRegExp(source), ignoreCase ? RE2JS.CASE_INSENSITIVE : 0)
  return (text) => pattern.matcher(text).find()
}

/** Why RE2 does not take a pattern, without the pattern; `undefined` where it does. */
export function patternProblem(source: string): string | undefined {
  try {
    compilePattern(source)
    return undefined
  } catch (error) {
    return error instanceof RE2JSSyntaxException ? error.getDescription() : 'it cannot be read'
  }
}
