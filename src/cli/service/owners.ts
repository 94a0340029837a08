import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

export interface Owner {
  readonly uid: number
  /** Its number where it has no name. */
  readonly name: string
}

/** The owner of the first of these that is there. */
export function ownerOf(places: readonly string[]): Owner {
  const place = places.find((path) => existsSync(path))
  const { uid } = statSync(place ?? '/')
  const users = existsSync('/etc/passwd') ? readFileSync('/etc/passwd', 'utf8') : ''
  const entry = users.split('\n').find((line) => line.split(':')[2] === String(uid))
  return { uid, name: entry?.split(':')[0] ?? String(uid) }
}

/** True where this user can write only by a group, if at all, and the group may not. */
export function isClosedTo(uid: number, path: string): boolean {
  if (uid === 0 || !existsSync(path)) return false
  const { uid: owner, mode } = statSync(path)
  return owner === uid ? (mode & 0o200) === 0 : (mode & 0o022) === 0
}

/** The highest directory above a path, where there is one, that this user may not go through. */
export function closedTo(uid: number, path: string): string | undefined {
  const above = dirname(path)
  if (uid === 0 || above === path) return undefined
  return closedTo(uid, above) ?? (isShutTo(uid, above) ? above : undefined)
}

function isShutTo(uid: number, directory: string): boolean {
  if (!existsSync(directory)) return false
  const { uid: owner, mode } = statSync(directory)
  // By a group it may.
  return owner === uid ? (mode & 0o100) === 0 : (mode & 0o011) === 0
}
