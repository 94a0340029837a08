import type { ConfigIssue } from '../domain/errors.js'
import { isJsonObject } from '../domain/text/json.js'
import { formatPath } from '../domain/text/formatPath.js'

export function issue(path: readonly PropertyKey[], message: string): readonly ConfigIssue[] {
  return [{ path: formatPath(path), message }]
}

/** The items of a list; an empty list for any other value. */
export function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

export function field(value: unknown, key: string): unknown {
  return isJsonObject(value) ? value[key] : undefined
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

export function systemOf(chain: unknown): string | undefined {
  return text(field(field(chain, 'governance'), 'system'))
}
