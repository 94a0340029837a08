import type { ResolvedPlanOptions } from './planOptions.js'

/**
 * Where the file of a chain is written, and which process manager reads it. If either changes, another file is needed.
 */
export interface FilePlace {
  readonly path: string
  readonly profile?: string
}

/** The path of the file, or its reader at the same path, has changed since the last reading. */
export interface FileMove {
  readonly what: 'path' | 'profile'
  readonly from: FilePlace
}

/** Returns the configured place of the file; `undefined` if no file is written or its path is not known. */
export function placeOf({
  filePath,
  profile,
  when,
}: Pick<ResolvedPlanOptions, 'filePath' | 'profile' | 'when'>): FilePlace | undefined {
  if (filePath === undefined || when === 'never') return undefined
  return profile === undefined ? { path: filePath } : { path: filePath, profile }
}

/** Returns what has changed, or `undefined` if nothing has or if one of the places is not known. */
export function moveBetween(from: FilePlace | undefined, now: FilePlace | undefined): FileMove | undefined {
  if (from === undefined || now === undefined) return undefined
  if (from.path !== now.path) return { what: 'path', from }
  return from.profile === now.profile ? undefined : { what: 'profile', from }
}
