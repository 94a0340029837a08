import type { ConfigIssue } from '../../domain/errors.js'
import type { Environment } from '../environment.js'
import { formatPath } from '../../domain/text/formatPath.js'

export interface Interpolation {
  readonly value: unknown
  /** Variables that are not set, and malformed placeholders. */
  readonly issues: readonly ConfigIssue[]
  /** Paths of values that consist of one variable whose text is a whole number, `true` or `false`. */
  readonly literals: ReadonlySet<string>
  /** Names of the variables that are not set and have no default. */
  readonly unset: ReadonlySet<string>
}

const placeholder = /\$\$\{|\$\{([A-Za-z_]\w*)(?::-([^}]*))?\}|\$\{/g
const literal = /^(?:true|false|-?(?:0|[1-9]\d{0,15}))$/

/**
 * Replaces `${NAME}` and `${NAME:-default}` by variables in every text of a parsed file; `$${` gives a plain `${`. As
 * in a shell, the default is also used if the variable is empty. Replacement happens after parsing, so a value cannot
 * add structure.
 *
 * @param readAs - Paths whose text is parsed as a number or boolean.
 */
export function interpolate(
  input: unknown,
  environment: Environment,
  readAs: ReadonlySet<string> = new Set(),
): Interpolation {
  const issues: ConfigIssue[] = []
  const literals = new Set<string>()
  const unset = new Set<string>()

  function text(source: string, path: string): unknown {
    const filled = source.replaceAll(placeholder, (match, name: string | undefined, fallback: string | undefined) => {
      if (match === '$${') return '${'
      const value = name === undefined ? undefined : environment[name]
      if (value !== undefined && (value !== '' || fallback === undefined)) return value
      if (fallback !== undefined) return fallback
      if (name !== undefined) unset.add(name)
      issues.push({
        path,
        message:
          name === undefined
            ? 'expected ${NAME} or ${NAME:-default}; write $${ for a plain ${'
            : `expected the environment variable ${name}, which is not set`,
      })
      return match
    })
    if (!/^\$\{[^}]*\}$/.test(source) || !literal.test(filled)) return filled
    literals.add(path)
    return readAs.has(path) ? JSON.parse(filled) : filled
  }

  function visit(value: unknown, path: readonly PropertyKey[]): unknown {
    if (typeof value === 'string') return text(value, formatPath(path))
    if (Array.isArray(value)) return value.map((item: unknown, at) => visit(item, [...path, at]))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, visit(item, [...path, key])]))
  }

  return { value: visit(input, []), issues, literals, unset }
}
