import { statSync } from 'node:fs'
import { platform } from 'node:os'

/** What is wrong with the mode of a state that other users may read or write; `undefined` where nothing is. */
export function permissionProblem(path: string): string | undefined {
  // Windows has no such modes.
  if (path === ':memory:' || platform() === 'win32') return undefined
  const loose = [path, `${path}-wal`, `${path}-shm`].filter(
    (file) => ((statSync(file, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) !== 0,
  )
  if (loose.length === 0) return undefined
  return `Other users of this machine may read the state (${loose.join(', ')}): chmod 600 ${loose.join(' ')}`
}
