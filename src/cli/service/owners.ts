import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

export interface Owner {
  readonly uid: number
  /** The user id if it has no name. */
  readonly name: string
}

/** Returns the owner of the first of these paths that exists. */
export function ownerOf(places: readonly string[]): Owner {
  const place = places.find((path) => existsSync(path))
  const { uid } = statSync(place ?? '/')
  const users = existsSync('/etc/passwd') ? readFileSync('/etc/passwd', 'utf8') : ''
  const entry = users.split('\n').find((line) => line.split(':')[2] === String(uid))
  return { uid, name: entry?.split(':')[0] ?? String(uid) }
}

/** Returns true if this user cannot write to the path, even if it were in the group of the path. */
export function cannotWrite(uid: number, path: string): boolean {
  if (uid === 0 || !existsSync(path)) return false
  const { uid: owner, mode } = statSync(path)
  return owner === uid ? (mode & 0o200) === 0 : (mode & 0o022) === 0
}

/** Returns the highest directory above a path that this user may not enter; undefined if there is none. */
export function firstForbiddenAbove(uid: number, path: string): string | undefined {
  const above = dirname(path)
  if (uid === 0 || above === path) return undefined
  return firstForbiddenAbove(uid, above) ?? (cannotEnter(uid, above) ? above : undefined)
}

function cannotEnter(uid: number, directory: string): boolean {
  if (!existsSync(directory)) return false
  const { uid: owner, mode } = statSync(directory)
  // Being in the group may give access.
  return owner === uid ? (mode & 0o100) === 0 : (mode & 0o011) === 0
}
