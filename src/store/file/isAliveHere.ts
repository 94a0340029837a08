import { readFileSync } from 'node:fs'

/** True if a process of this host is alive, regardless of its owner. */
export function isAliveHere(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (cause) {
    // Without the right to signal it, the process exists.
    if (!(cause instanceof Error) || !('code' in cause) || cause.code !== 'EPERM') return false
  }
  return !isZombie(pid)
}

/**
 * True if the process has ended but its parent has not collected it. In a container without init this state may last
 * for ever.
 */
function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The process name before this field may contain anything, including brackets.
    return /^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2))
  } catch {
    return false
  }
}
