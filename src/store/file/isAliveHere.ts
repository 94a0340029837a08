import { readFileSync } from 'node:fs'

/** Whether a process of this host lives, whoever owns it. */
export function isAliveHere(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (cause) {
    // No right to signal it: then it is there.
    if (!(cause instanceof Error) || !('code' in cause) || cause.code !== 'EPERM') return false
  }
  return !isZombie(pid)
}

/** It has ended, and only its parent has not asked how: where nobody does, as in a container without init, for ever. */
function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name before it is the process's own choice, brackets included.
    return /^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2))
  } catch {
    return false
  }
}
