import type { CompletionEvidence } from './upgrade.js'

/**
 * Returns the version that a node ran before its switch, from what was recorded while the upgrade waited. If the node
 * runs the recorded version now, it may have been switched early, and the former version is returned, if one was seen.
 * If it is not known what the node runs now, the recorded version is returned unless there is a former one, because
 * then the switch may have come early or not.
 */
export function versionBefore(
  { nodeVersion, formerVersion }: Partial<CompletionEvidence> = {},
  now: string | undefined,
): string | undefined {
  if (now === undefined) return formerVersion === undefined ? nodeVersion : undefined
  return now === nodeVersion ? formerVersion : nodeVersion
}
