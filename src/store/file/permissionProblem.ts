import { statSync } from 'node:fs'
import { platform } from 'node:os'

/** Describes the problem if other users may read or write the state; undefined if there is none. */
export function permissionProblem(path: string): string | undefined {
  // Windows has no such file modes.
  if (path === ':memory:' || platform() === 'win32') return undefined
  const loose = [path, `${path}-wal`, `${path}-shm`].filter((file) => {
    const found = statSync(file, { throwIfNoEntry: false })
    // A directory is no state; a new mode would only do harm.
    return found?.isFile() === true && (found.mode & 0o077) !== 0
  })
  if (loose.length === 0) return undefined
  return `Other users of this machine may read the state (${loose.join(', ')}): chmod 600 ${loose.join(' ')}`
}
