import type { CompletionEvidence } from './upgrade.js'

/**
 * The version that a node ran before its switch, by what was noted while the upgrade waited. Where it runs what it ran
 * then, or nobody knows what it runs, the switch may have come early: what ran before that one counts, if it was seen.
 */
export function versionBefore(
  { nodeVersion, formerVersion }: Partial<CompletionEvidence> = {},
  now: string | undefined,
): string | undefined {
  if (now === undefined) return formerVersion === undefined ? nodeVersion : undefined
  return now === nodeVersion ? formerVersion : nodeVersion
}
