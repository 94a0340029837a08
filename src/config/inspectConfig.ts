import type { ConfigIssue } from '../domain/errors.js'
import { describeIssues } from './describeIssues.js'
import { type ConflictOptions, findConflicts } from './findConflicts.js'
import { locateKey } from './file/locateKey.js'
import { type Config, configSchema } from './schema.js'

export type Inspection =
  { readonly ok: true; readonly config: Config } | { readonly ok: false; readonly issues: readonly ConfigIssue[] }

/** Checks a configuration and returns all its problems. Never throws. */
export function inspectConfig(input: unknown, options: ConflictOptions = {}): Inspection {
  const parsed = configSchema.safeParse(input)
  const conflicts = findConflicts(input, options)
  if (parsed.success && conflicts.length === 0) return { ok: true, config: parsed.data }
  const issues = parsed.success ? [] : describeIssues(parsed.error.issues, input, locateKey)
  return { ok: false, issues: [...issues, ...conflicts] }
}
