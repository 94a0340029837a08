import type { ResolvedPlanOptions } from './planOptions.js'

/** Where the file of a chain is written, and for whom. Another place, or another reader, needs another file. */
export interface FilePlace {
  readonly path: string
  readonly profile?: string
}

/** Since the last reading the file has another path, or another reader at the same path. */
export interface FileMove {
  readonly what: 'path' | 'profile'
  readonly from: FilePlace
}

/** Where files are written by configuration; undefined where none are, or where it is not told. */
export function placeOf({
  filePath,
  profile,
  when,
}: Pick<ResolvedPlanOptions, 'filePath' | 'profile' | 'when'>): FilePlace | undefined {
  if (filePath === undefined || when === 'never') return undefined
  return profile === undefined ? { path: filePath } : { path: filePath, profile }
}

/** What is different; nothing where one of the places is not known, for then nothing speaks against the file. */
export function moveBetween(from: FilePlace | undefined, now: FilePlace | undefined): FileMove | undefined {
  if (from === undefined || now === undefined) return undefined
  if (from.path !== now.path) return { what: 'path', from }
  return from.profile === now.profile ? undefined : { what: 'profile', from }
}
